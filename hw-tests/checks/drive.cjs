const { expect, equal, answerOf } = require('./expect.cjs')

/** What holds of every optical drive, with a medium or without. */
module.exports = [
  {
    title: 'INQUIRY: an optical drive that says its name',
    async run({ library, drive }) {
      const reply = await drive.send(library.inquiry)
      equal(reply.peripheralDeviceType, 5, 'Peripheral Device Type')
      expect(/\S/.test(reply.vendorIdentification ?? ''), 'the vendor identification is empty')
      return `${reply.vendorIdentification} ${reply.productIdentification} ${reply.productRevisionLevel}`
    },
  },
  {
    title: 'INQUIRY: a shorter allocation length gives the beginning of the same reply',
    async run({ library, drive }) {
      const whole = library.bytesOf(await drive.send(library.inquiry, { allocationLength: 36 }))
      const part = library.bytesOf(await drive.send(library.inquiry, { allocationLength: 8 }))
      equal(library.hex(part), library.hex(whole.subarray(0, 8)), 'the first 8 bytes')
    },
  },
  {
    title: 'REQUEST SENSE: sense data that can be decoded',
    async run({ library, drive }) {
      const sense = library.decodeSense(library.bytesOf(await drive.send(library.requestSense)))
      expect(sense !== undefined, 'these are no sense data')
      return sense.text
    },
  },
  {
    title: 'GET CONFIGURATION: features in ascending order, within the announced length',
    async run({ library, drive }) {
      const reply = await drive.send(library.getConfiguration, { requestedType: 'all' })
      const codes = (reply.featureDescriptors ?? []).map(feature => feature.featureCode)
      expect(codes.length > 0, 'there are no features')
      equal(
        codes,
        [...new Set(codes)].sort((a, b) => a - b),
        'the feature codes',
      )
      return `${codes.length} features`
    },
  },
  {
    title: 'GET CONFIGURATION: the current features are those of the whole list that are marked so',
    async run({ library, drive }) {
      const all = await drive.send(library.getConfiguration, { requestedType: 'all' })
      const current = await drive.send(library.getConfiguration, { requestedType: 'current' })
      const marked = all.featureDescriptors.filter(feature => feature.current).map(feature => feature.featureCode)
      equal(
        current.featureDescriptors.map(feature => feature.featureCode),
        marked,
        'the current features',
      )
    },
  },
  {
    title: 'GET CONFIGURATION: each feature by itself is what the list says',
    async run({ library, drive }) {
      const all = await drive.send(library.getConfiguration, { requestedType: 'all' })
      for (const feature of all.featureDescriptors) {
        const startingFeatureNumber = feature.featureCode
        const reply = await drive.send(library.getConfiguration, { requestedType: 'one', startingFeatureNumber })
        const alone = reply.featureDescriptors?.find(each => each.featureCode === feature.featureCode)
        const name = `feature ${startingFeatureNumber.toString(16).padStart(4, '0')}h`
        expect(alone !== undefined, `${name} is not given by itself`)
        equal(library.hex(library.bytesOf(alone)), library.hex(library.bytesOf(feature)), name)
      }
    },
  },
  {
    title: 'MODE SENSE(10): every page that is listed can be asked for by itself',
    async run({ library, drive }) {
      const asking = drive.send(library.modeSense10, { pageCode: 0x3f, disableBlockDescriptors: true })
      const pages = library.decodeModePages(await answerOf(library, asking, 'MODE SENSE(10) of all pages'))
      for (const { code, bytes } of pages) {
        const reply = await drive.send(library.modeSense10, { pageCode: code, disableBlockDescriptors: true })
        const alone = library.decodeModePages(reply).find(page => page.code === code)
        expect(alone !== undefined, `page ${code.toString(16)}h is not given by itself`)
        equal(alone.bytes.length, bytes.length, `the length of page ${code.toString(16)}h`)
      }
      return `${pages.length} pages`
    },
  },
  {
    title: 'GET EVENT STATUS NOTIFICATION: media',
    async run({ library, drive }) {
      const asking = drive.send(library.getMediaEvent)
      return JSON.stringify(await answerOf(library, asking, 'GET EVENT STATUS NOTIFICATION'))
    },
  },
  {
    title: 'MECHANISM STATUS',
    async run({ library, drive }) {
      return JSON.stringify(await answerOf(library, drive.send(library.mechanismStatus), 'MECHANISM STATUS'))
    },
  },
  {
    title: 'whatever writes is refused by the library before it is sent',
    async run({ library, drive, sent }) {
      for (const command of library.COMMANDS.filter(({ access }) => access === 'write')) {
        const before = sent()
        const cdb = new Uint8Array(library.cdbLength(command.opcode))
        cdb[0] = command.opcode
        const error = await drive.sendRaw(cdb).catch(thrown => thrown)
        equal(error?.code, 'USAGE_READ_ONLY', command.name)
        equal(sent(), before, `commands sent by ${command.name}`)
      }
    },
  },
]

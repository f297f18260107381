const { expect, equal, notApplicable } = require('./expect.cjs')

const BLOCK_BYTES = 2048
/** Small enough for many runs on one disc, and more than one transfer. */
const IMAGE_BLOCKS = 640

/** An image whose every block says which it is, and of which recording. */
function numberedImage(startAddress, mark) {
  return {
    startAddress,
    totalBlocks: IMAGE_BLOCKS,
    async *stream(range = { start: startAddress, blocks: IMAGE_BLOCKS }) {
      for (let lba = range.start; lba < range.start + range.blocks; lba++) {
        const block = Buffer.alloc(BLOCK_BYTES, mark)
        block.writeUInt32BE(lba)
        yield block
      }
    },
  }
}

async function mediumOf({ drive }) {
  return (await drive.readMedium()) ?? notApplicable('there is no medium')
}

const startOf = medium => (medium.isOverwritable ? 0 : (medium.nextWritableAddress ?? 0))

/** Records one session, and has it read back. */
async function recordOne(context, mark, options = {}) {
  const { library, drive } = context
  const before = await mediumOf(context)
  if (!before.isAppendable && !before.isBlank && !before.isOverwritable) notApplicable(`the disc is ${before.state}`)
  const report = await library.record(drive, numberedImage(startOf(before), mark), { overwrite: true, ...options })
  const verification = await library.verifyRecording(drive, report)
  equal(verification.differences, [], 'what differs')
  equal(verification.unreadable, [], 'what cannot be read')
  equal(verification.comparedBlocks >= IMAGE_BLOCKS, true, 'all compared')
  const warnings = report.warnings.length > 0 ? `; ${report.warnings.join(' ')}` : ''
  return { before, report, says: `${Math.round(report.averageKBps)} kB/s, ${report.underruns} underruns${warnings}` }
}

/** The door can be opened: what must hold however a recording ended. */
async function expectUnlocked({ library, drive }) {
  await library.ejectMedium(drive)
  await library.loadMedium(drive)
}

/** What may be done with the medium once it was allowed: each check works on what the one before has left. */
module.exports = [
  {
    title: 'a rehearsal sends nothing that writes, and the medium stays as it was',
    async run(context) {
      const { library, drive } = context
      const before = await mediumOf(context)
      const rehearsed = []
      const rehearsal = library.rehearsal({
        isHarmless: cdb => library.accessOf(cdb) === 'read',
        onHeldBack: ({ cdb }) => rehearsed.push(cdb),
      })
      const rehearsing = new library.Drive(rehearsal(drive.transport), { access: 'write' })
      await library.record(rehearsing, numberedImage(startOf(before), 1), { overwrite: true, dryRun: true })
      expect(rehearsed.length > 0, 'nothing was rehearsed')
      equal((await mediumOf(context)).state, before.state, 'the state')
      return `${rehearsed.length} commands`
    },
  },
  {
    title: 'test writing leaves the medium as it was',
    async run(context) {
      const before = await mediumOf(context)
      if (!/^(cd-rw?|dvd-rw?)$/.test(before.family)) notApplicable(`a ${before.family} knows no test writing`)
      const image = numberedImage(startOf(before), 2)
      await context.library.record(context.drive, image, { simulate: true })
      const after = await mediumOf(context)
      equal([after.state, after.nextWritableAddress], [before.state, before.nextWritableAddress], 'state and address')
    },
  },
  {
    title: 'a session is recorded, and reads back',
    async run(context) {
      const { report, says } = await recordOne(context, 3)
      equal(report.mediumAfter.isBlank, false, 'blank')
      return says
    },
  },
  {
    title: 'the same after eject and load, which finds the door unlocked',
    async run(context) {
      const before = await mediumOf(context)
      await expectUnlocked(context)
      const after = await mediumOf(context)
      const claims = ({ family, state, sessionCount, nextWritableAddress }) => [
        family,
        state,
        sessionCount,
        nextWritableAddress,
      ]
      equal(claims(after), claims(before), 'family, state, sessions, next writable address')
    },
  },
  {
    title: 'another session is recorded behind it, and reads back',
    async run(context) {
      const { before, report, says } = await recordOne(context, 4)
      if (!before.isOverwritable) {
        expect(
          report.mediumAfter.nextWritableAddress > before.nextWritableAddress,
          `the next writable address is still LBA ${report.mediumAfter.nextWritableAddress}`,
        )
      }
      return says
    },
  },
  {
    title: 'a recording that is interrupted leaves what it says, and the disc goes on',
    async run(context) {
      const { library, drive } = context
      const medium = await mediumOf(context)
      const interruption = new AbortController()
      const image = numberedImage(startOf(medium), 5)
      let pieces = 0
      const stopping = {
        ...image,
        async *stream(range) {
          for await (const block of image.stream(range)) {
            if (++pieces === IMAGE_BLOCKS / 2) interruption.abort()
            yield block
          }
        },
      }
      const options = { overwrite: true, bufferBytes: 131_072, signal: interruption.signal }
      const error = await library.record(drive, stopping, options).then(
        () => undefined,
        thrown => thrown,
      )
      equal(error?.code, 'MEDIUM_RECORDING_ABORTED', 'how it ended')
      const { mediumAfter } = error.report
      const now = await mediumOf(context)
      equal(
        [now.state, now.nextWritableAddress],
        [mediumAfter.state, mediumAfter.nextWritableAddress],
        'what the report says',
      )
      const { says } = await recordOne(context, 6)
      return `${error.hint} ${says}`
    },
  },
  {
    title: 'closed for good: nothing can be appended',
    async run(context) {
      if (!context.closeForGood) notApplicable('it was not asked for (--close)')
      const medium = await mediumOf(context)
      if (medium.isOverwritable) notApplicable(`a ${medium.family} stays writable`)
      const { report } = await recordOne(context, 7, { close: true })
      equal(report.mediumAfter.isAppendable, false, 'appendable')
    },
  },
]

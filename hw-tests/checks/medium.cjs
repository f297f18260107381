const { expect, equal, answerOf, notApplicable } = require('./expect.cjs')

const CLAIMS = [
  'profile',
  'family',
  'state',
  'isBlank',
  'isAppendable',
  'isOverwritable',
  'isErasable',
  'sessionCount',
  'lastSessionState',
  'lastSessionStart',
  'nextWritableAddress',
  'freeBlocks',
  'capacityBlocks',
  'tracks',
]

/** What holds of every medium that the drive knows. */
module.exports = [
  {
    title: 'the state of the medium: every claim has its evidence',
    async run(context) {
      const medium = present(context)
      for (const claim of CLAIMS) {
        expect(
          medium.evidence.some(each => each.claim === claim),
          `nothing supports ${claim}`,
        )
      }
      return `${medium.family}, ${medium.state}`
    },
  },
  {
    title: 'the state of the medium: the same when asked again',
    async run(context) {
      equal(await context.drive.readMedium(), present(context), 'the second time')
    },
  },
  {
    title: 'where the drive contradicts itself',
    async run(context) {
      const { warnings } = present(context)
      return warnings.length === 0 ? 'nowhere' : { noted: warnings.join(' ') }
    },
  },
  {
    title: 'what is recorded and what is free fit the capacity',
    async run(context) {
      const { nextWritableAddress, freeBlocks, capacityBlocks } = present(context)
      if (nextWritableAddress === null || freeBlocks === null || capacityBlocks === null) notApplicable('it is closed')
      expect(
        nextWritableAddress + freeBlocks <= capacityBlocks,
        `${nextWritableAddress} + ${freeBlocks} > ${capacityBlocks}`,
      )
    },
  },
  {
    title: 'tracks follow each other without overlap',
    async run(context) {
      const { tracks } = present(context)
      tracks.slice(1).forEach((track, index) => {
        const before = tracks[index]
        expect(track.start >= before.start, `track ${track.number} begins before track ${before.number}`)
      })
      return `${tracks.length} tracks`
    },
  },
  {
    title: 'READ TOC/PMA/ATIP: the last session as READ TRACK INFORMATION has it',
    async run(context) {
      const { library, drive } = context
      const medium = present(context)
      if (medium.lastSessionStart === null) notApplicable('no session is complete')
      const asking = drive.send(library.readMultiSessionInformation)
      const reply = await answerOf(library, asking, 'READ TOC/PMA/ATIP format 1')
      equal(reply.startAddressOfFirstTrackInLastCompleteSession, medium.lastSessionStart, 'the start by format 1')
    },
  },
  {
    title: 'READ DISC STRUCTURE: each format of the list that can be read is given',
    async run(context) {
      const { library, drive } = context
      const mediaType = /^bd/.test(present(context).family) ? 'bd' : 'dvd'
      const asking = drive.send(library.readDiscStructure, { mediaType, format: 0xff })
      const { structureData = new Uint8Array() } = await answerOf(library, asking, 'READ DISC STRUCTURE format FFh')
      const given = []
      for (let at = 0; at + 4 <= structureData.length; at += 4) {
        const [format, flags] = [structureData[at], structureData[at + 1]]
        if (!(flags & 0x40) || format === 0xff) continue
        const answered = await drive.send(library.readDiscStructure, { mediaType, format }).then(
          () => true,
          error => {
            if (!(error instanceof library.ScsiError)) throw error
            return false
          },
        )
        given.push(`${format.toString(16).toUpperCase().padStart(2, '0')}h ${answered ? 'given' : 'refused'}`)
      }
      return given.join(', ')
    },
  },
  {
    title: 'put_MultisessionInterfaces: a result of the table, the same for the same choice',
    async run(context) {
      const { library, drive } = context
      const results = []
      for (const use of ['none', 'sequential', 'random-write']) {
        const { result } = await library.evaluateMultisession(drive, { use })
        results.push(`${use}: ${result.name}`)
      }
      return results.join(', ')
    },
  },
]

function present({ medium }) {
  return medium ?? notApplicable('there is no medium')
}

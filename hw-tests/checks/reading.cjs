const { expect, equal, answerOf, notApplicable, refusalOf } = require('./expect.cjs')

const BLOCK_BYTES = 2048
const BLOCKS_AT_ONCE = 16

/** Reading blocks: the same bytes whichever way they are asked for. */
module.exports = [
  {
    title: 'READ(10): blocks together are the blocks one by one',
    async run(context) {
      const { read, start } = await readable(context)
      const together = await read(start, BLOCKS_AT_ONCE)
      for (let index = 0; index < BLOCKS_AT_ONCE; index++) {
        const alone = await read(start + index, 1)
        const part = together.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES)
        expect(Buffer.from(part).equals(alone), `block ${start + index} differs`)
      }
    },
  },
  {
    title: 'READ(12): the same blocks as READ(10)',
    async run(context) {
      const { library, drive } = context
      const { read, start } = await readable(context)
      const asking = drive.send(library.read12, { logicalBlockAddress: start, transferLength: BLOCKS_AT_ONCE })
      const data = await answerOf(library, asking, 'READ(12)')
      expect(Buffer.from(data).equals(await read(start, BLOCKS_AT_ONCE)), 'the data differ')
    },
  },
  {
    title: 'READ(10) of no block: good, and nothing comes',
    async run({ library, drive, medium }) {
      if (!medium) notApplicable('there is no medium')
      const asking = drive.send(library.read10, { logicalBlockAddress: 0, transferLength: 0 })
      const data = await answerOf(library, asking, 'READ(10) of no block')
      equal(data.length, 0, 'bytes')
    },
  },
  {
    title: 'READ(10) behind the last block: refused with sense data',
    async run({ library, drive, medium }) {
      if (!medium) notApplicable('there is no medium')
      const { logicalBlockAddress: last } = await answerOf(library, drive.send(library.readCapacity), 'READ CAPACITY')
      const beyond = drive.send(library.read10, { logicalBlockAddress: last + 1000, transferLength: 1 })
      const refusal = await refusalOf(library, beyond)
      if (!refusal && medium.state === 'unformatted') notApplicable('an unformatted medium has no last block')
      expect(refusal !== undefined, `block ${last + 1000} is read, though ${last} is the last one`)
      return refusal.sense?.text ?? 'no sense data'
    },
  },
  {
    title: 'how fast it reads (told, not judged)',
    async run(context) {
      const { read, start, end } = await readable(context)
      const began = process.hrtime.bigint()
      let blocks = 0
      for (; blocks < 128 && start + blocks + BLOCKS_AT_ONCE <= end; blocks += BLOCKS_AT_ONCE) {
        await read(start + blocks, BLOCKS_AT_ONCE)
      }
      const seconds = Number(process.hrtime.bigint() - began) / 1e9
      return `${Math.round((blocks * BLOCK_BYTES) / 1000 / seconds)} kB/s over ${blocks} blocks from ${start} on`
    },
  },
]

/** Where there are blocks to read, and how they are read. */
async function readable({ library, drive, medium }) {
  const start = medium?.lastSessionStart
  if (start === undefined || start === null) notApplicable('nothing is recorded')
  const track = medium.tracks.find(each => each.start <= start && start < each.start + each.size)
  if (track && !track.isData) notApplicable('the last session is audio')
  if (track && track.size < BLOCKS_AT_ONCE) notApplicable('the last session is too short')
  // The last two blocks of a CD track written at once are its run-out, which cannot be read.
  const end = (medium.lastRecordedAddress ?? start + BLOCKS_AT_ONCE - 1) + 1 - 2
  const read = async (logicalBlockAddress, transferLength) =>
    Buffer.from(await drive.send(library.read10, { logicalBlockAddress, transferLength }))
  await answerOf(library, read(start, 1), `block ${start}`)
  return { read, start, end }
}

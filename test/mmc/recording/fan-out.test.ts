import type { Recordable } from '../../../src/mmc'
import { fanOut } from '../../../src/mmc/recording/fan-out'

function counted(chunks: number): { image: Recordable; reads: () => number } {
  let reads = 0
  const image: Recordable = {
    startAddress: 0,
    totalBlocks: chunks,
    async *stream() {
      for (let index = 0; index < chunks; index++) {
        reads++
        yield new Uint8Array(2048).fill(index)
      }
    },
  }
  return { image, reads: () => reads }
}

async function drain(image: Recordable, napMs = 0): Promise<number[]> {
  const seen: number[] = []
  for await (const chunk of image.stream()) {
    seen.push(chunk[0]!)
    if (napMs > 0 && seen.length % 16 === 0) await new Promise(resolve => setTimeout(resolve, napMs))
  }
  return seen
}

test('three consumers get every chunk, the source is read once, the fast one waits for the slow one', async () => {
  const { image, reads } = counted(200)
  const [first, second, third] = fanOut(image, 3)
  const expected = Array.from({ length: 200 }, (_, index) => index)
  expect(await Promise.all([drain(first!), drain(second!, 2), drain(third!)])).toEqual([expected, expected, expected])
  expect(reads()).toBe(200)
})

test('who never comes, or leaves in the middle, does not hold up the others', async () => {
  const { image } = counted(200)
  const [first, second, third] = fanOut(image, 3)
  const whole = drain(first!)
  const leaving = (async () => {
    for await (const _chunk of second!.stream()) break
  })()
  third!.abandon()
  await leaving
  expect(await whole).toHaveLength(200)
})

test('a source that fails fails for all', async () => {
  const image: Recordable = {
    startAddress: 0,
    totalBlocks: 2,
    async *stream() {
      yield new Uint8Array(2048)
      throw new Error('gone')
    },
  }
  const [first, second] = fanOut(image, 2)
  const outcomes = await Promise.allSettled([drain(first!), drain(second!)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

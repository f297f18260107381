import fc from 'fast-check'
import { ReadAhead } from '../../../src/mmc/recording/read-ahead'

async function* chunks(sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let next = 0
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ & 0xff)
}

async function drain(buffer: ReadAhead): Promise<number[]> {
  const bytes: number[] = []
  for (let piece = await buffer.take(); piece; piece = await buffer.take()) bytes.push(...piece)
  return bytes
}

test('every byte comes out once and in order, whatever the sizes of chunks, pieces and buffer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(50), { maxLength: 20 }),
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 1, max: 64 }),
      async (sizes, piece, capacity) => {
        const total = sizes.reduce((sum, size) => sum + size, 0)
        const bytes = await drain(new ReadAhead(chunks(sizes), piece, capacity))
        expect(bytes).toEqual(Array.from({ length: total }, (_, index) => index & 0xff))
      },
    ),
  )
})

test('it reads no further ahead than its capacity', async () => {
  let given = 0
  async function* source() {
    for (; given < 100; given++) yield new Uint8Array(10)
  }
  const buffer = new ReadAhead(source(), 10, 50)
  await buffer.filled()
  await new Promise(resolve => setImmediate(resolve))
  expect(buffer.fill).toBe(1)
  expect(given).toBeLessThanOrEqual(6)
  await buffer.stop()
})

test('whole pieces that came before the source failed are handed out, then its error', async () => {
  async function* source() {
    yield new Uint8Array(25)
    throw new Error('the file vanished')
  }
  const buffer = new ReadAhead(source(), 10, 100)
  expect((await buffer.take())?.length).toBe(10)
  expect((await buffer.take())?.length).toBe(10)
  await expect(buffer.take()).rejects.toThrow('the file vanished')
})

test('stopping lets the source clean up', async () => {
  let cleanedUp = false
  async function* source() {
    try {
      for (;;) yield new Uint8Array(10)
    } finally {
      cleanedUp = true
    }
  }
  const buffer = new ReadAhead(source(), 10, 20)
  await buffer.take()
  await buffer.stop()
  expect(cleanedUp).toBe(true)
})

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import fc from 'fast-check'
import { BlockStore } from '../../src/virtual/disc/block-store'
import { addExtent, covers, type Extents, touches } from '../../src/virtual/disc/extents'

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'virtual-disc-'))
afterAll(() => fs.rmSync(directory, { recursive: true }))

const BLOCK = 16
const BLOCKS = 64

describe('blocks', () => {
  const place = { block: fc.nat(BLOCKS - 1), count: fc.integer({ min: 1, max: 8 }) }
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('write' as const), ...place, mark: fc.integer({ min: 1, max: 255 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), ...place }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('synchronise' as const, 'erase' as const, 'reopen' as const) }),
    },
  )

  test('whatever the order, a read sees all writes before it', async () => {
    let files = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const file = path.join(directory, `blocks-${files++}`)
        let store = new BlockStore(file, BLOCK, true)
        const expected = Buffer.alloc((BLOCKS + 8) * BLOCK)
        for (const each of steps) {
          if (each.kind === 'write') {
            const bytes = Buffer.alloc(each.count * BLOCK, each.mark)
            bytes.copy(expected, each.block * BLOCK)
            await store.write(each.block, bytes)
            bytes.fill(0xee)
          } else if (each.kind === 'read') {
            const into = Buffer.alloc(each.count * BLOCK, 0xdd)
            await store.read(each.block, into)
            const from = each.block * BLOCK
            expect(into.equals(expected.subarray(from, from + into.length))).toBe(true)
          } else if (each.kind === 'synchronise') await store.synchronise()
          else if (each.kind === 'erase') {
            await store.erase()
            expected.fill(0)
          } else {
            await store.close()
            store = new BlockStore(file, BLOCK, true)
          }
        }
        await store.close()
        fs.rmSync(file, { force: true })
      }),
      { numRuns: 150 },
    )
  })

  test('a sequence of reads is served from what was read ahead, and sees later writes', async () => {
    const store = new BlockStore(path.join(directory, 'ahead'), 2048, true)
    await store.write(0, Buffer.alloc(2048 * 100, 1))
    const block = Buffer.alloc(2048)
    for (let index = 0; index < 3; index++) await store.read(index, block)
    await store.write(3, Buffer.alloc(2048, 2))
    await store.read(3, block)
    expect(block[0]).toBe(2)
    await store.read(4, block)
    expect(block[0]).toBe(1)
    await store.read(500, block)
    expect(block[0]).toBe(0)
    await store.close()
  })
})

describe('extents', () => {
  const range = fc.record({ start: fc.nat(60), length: fc.integer({ min: 1, max: 10 }) })

  test('are what the ranges that were added cover, in order and apart', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), range, (ranges, asked) => {
        const extents: Extents = []
        const blocks = new Set<number>()
        for (const { start, length } of ranges) {
          addExtent(extents, start, start + length)
          for (let block = start; block < start + length; block++) blocks.add(block)
        }
        for (const [index, [start, end]] of extents.entries()) {
          expect(end).toBeGreaterThan(start)
          if (index > 0) expect(start).toBeGreaterThan(extents[index - 1]![1])
        }
        const within = Array.from({ length: asked.length }, (_, index) => blocks.has(asked.start + index))
        expect(covers(extents, asked.start, asked.start + asked.length)).toBe(within.every(Boolean))
        expect(touches(extents, asked.start, asked.start + asked.length)).toBe(within.some(Boolean))
      }),
    )
  })
})

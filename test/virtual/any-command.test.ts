import { COMMANDS, cdbLength } from '../../src/mmc'
import { MEDIA_TYPES } from '../../src/virtual'
import { COMMAND_TABLE } from '../../src/virtual/command-table'
import { drive } from './drive-with-disc'

/** A generator of whole numbers below a limit, the same at each run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const COMMANDS_OF_EACH_MEDIUM = 100
const opcodes = [...COMMAND_TABLE.keys()]

test.each(MEDIA_TYPES)('a drive with a %s survives any command', async media => {
  const target = await drive({ media, capacity: 20_000 })
  const below = numbers(MEDIA_TYPES.indexOf(media) + 1)
  for (let count = 0; count < COMMANDS_OF_EACH_MEDIUM; count++) {
    const opcode = below(20) === 0 ? below(256) : opcodes[below(opcodes.length)]!
    const cdb = Uint8Array.from({ length: cdbLength(opcode) }, () => (below(3) === 0 ? below(256) : below(3)))
    cdb[0] = opcode
    const direction = (['in', 'out', 'none'] as const)[below(3)]!
    const data = Uint8Array.from({ length: direction === 'none' ? 0 : below(3000) }, () =>
      below(4) === 0 ? below(256) : 0,
    )
    const answer = await target.transport.execute({ cdb, direction, data, timeoutMs: 10_000 })
    expect([0, 2]).toContain(answer.status)
    expect(answer.sense).toHaveLength(answer.status === 0 ? 0 : 18)
    expect(answer.transferredBytes).toBeLessThanOrEqual(data.length)
  }
  await target.close()
})

test('each command of the drive is one that the library knows, with the same opcode', () => {
  const known = new Set(COMMANDS.map(({ opcode }) => opcode))
  expect(opcodes.filter(opcode => !known.has(opcode))).toEqual([])
  for (const [opcode, rule] of COMMAND_TABLE) expect(rule.command.opcode).toBe(opcode)
})

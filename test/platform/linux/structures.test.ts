import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataModelOf } from '../../../src/platform/ffi'
import { flock, SG_GET_RESERVED_SIZE, SG_GET_VERSION_NUM, SG_IO, sgIoHdr } from '../../../src/platform/linux/sg-io-hdr'
import recorded from './structures.json'

type Printed = Readonly<Record<string, { size: number; members: Record<string, [offset: number, bytes: number]> }>>

/** What this machine's own compiler says; where there is none, what was recorded (by structures.c). */
function printedHere(): unknown {
  if (process.platform !== 'linux' || spawnSync('cc', ['--version']).status !== 0) return recorded[64]
  const folder = mkdtempSync(join(tmpdir(), 'structures-'))
  try {
    const program = join(folder, 'structures')
    const compiled = spawnSync('cc', ['-o', program, join(__dirname, 'structures.c')])
    // A compiler without the C library's headers can say nothing.
    return compiled.status === 0 ? JSON.parse(execFileSync(program, { encoding: 'utf8' })) : recorded[64]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe.each([
  ['64-bit', recorded[64], 'x64'],
  ['32-bit', recorded[32], 'ia32'],
] as const)('structures of %s Linux', (_width, printed, arch) => {
  const model = dataModelOf('linux', arch)

  it.each([sgIoHdr, flock])('$name', structure => {
    const { size, members } = (printed as unknown as Printed)[structure.name]!
    expect(structure.size(model)).toBe(size)
    expect(structure.offsets(model)).toEqual(
      Object.fromEntries(Object.entries(members).map(([name, [offset]]) => [name, offset])),
    )
    for (const [member, [, bytes]] of Object.entries(members)) {
      // All ones fill the member and nothing beside it.
      const filled = new Uint8Array(size)
      structure.set(filled, { [member]: (1n << BigInt(8 * bytes)) - 1n }, model)
      expect(filled.filter(byte => byte === 0xff)).toHaveLength(bytes)
    }
  })
})

it('is what the compiler of this machine says', () => {
  const here = printedHere() as { numbers: unknown }
  expect(here).toEqual(recorded[process.arch === 'ia32' ? 32 : 64])
  expect(here.numbers).toEqual({ SG_IO, SG_GET_VERSION_NUM, SG_GET_RESERVED_SIZE, F_OFD_SETLK: 37 })
})

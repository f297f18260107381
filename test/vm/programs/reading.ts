/** Has the programs of Debian look at discs of every kind in every state: the other side of `./agent`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { MEDIA_TYPES, type VirtualDiscState } from '../../../src/virtual'
import { type ServedDrive, ServedDrives } from './drives'
import { complaints, READS_OF_NOTHING } from './kernel-log'
import { Machine } from './machine'
import { READING_PROGRAMS } from './reading-programs'
import { type Cell, Results } from './results'

const folder = process.argv[2]!
const SHELLS = 4
/** Four of a BD-R, where nothing lies between them, are more than the 1440 KiB that blkid takes for a floppy disk. */
const SESSIONS = 4
/** Kinds of media and programs, as regular expressions, for whoever repeats a part. */
const types = new RegExp(process.env['PROGRAMS_TYPES'] ?? '.')
const kinds = MEDIA_TYPES.filter(type => types.test(type))
const names = new RegExp(process.env['PROGRAMS_WAYS'] ?? '.')

function statesOf(type: string): readonly VirtualDiscState[] {
  if (type.endsWith('-rom')) return ['complete']
  return ['dvd+rw', 'dvd-ram', 'bd-re'].includes(type)
    ? ['unformatted', 'blank', 'appendable']
    : ['blank', 'appendable', 'complete']
}

/** What each program has said wrong of the discs of one kind of medium. */
export async function looked(machine: Pick<Machine, 'run'>, served: ServedDrive): Promise<Map<string, Cell>> {
  const cells = new Map<string, Cell>()
  let log = ''
  for (const state of statesOf(served.type)) {
    const empty = state === 'blank' || state === 'unformatted'
    const sessions = empty ? 0 : served.type === 'dvd-rom' || served.type === 'bd-rom' ? 1 : SESSIONS
    await served.insert(empty ? { state } : { state, sessions })
    const disc = { type: served.type, state, sessions }
    const outputs: { name: string; status: number; output: string }[] = []
    const programs = READING_PROGRAMS.filter(({ name, types }) => types(served.type) && names.test(name))
    for (const { name, command } of programs) {
      outputs.push({ name, ...(await machine.run(command(served.block))) })
    }
    const medium = await served.drive.readMedium()
    log += `== ${state}\n${JSON.stringify({ ...medium, evidence: undefined })}\n`
    for (const [i, { name, said, status = () => 0, refuses }] of programs.entries()) {
      const seen = outputs[i]!
      log += `$ ${name} -> ${seen.status}\n${seen.output}`
      const words = refuses?.(served.type, seen.output)
      if (words !== undefined) {
        cells.set(name, { result: 'refused', words })
        continue
      }
      const wrong = said(seen.output, medium!, disc)
        .filter(([, says, right]) => !isDeepStrictEqual(says, right))
        .map(([what, says, right]) => `${state}: ${what} ${says}, not ${right}`)
      if (seen.status !== status(medium!, disc)) wrong.push(`${state}: status ${seen.status}`)
      const before = cells.get(name)?.words
      if (wrong.length > 0)
        cells.set(name, { result: 'failed', words: [...(before ? [before] : []), ...wrong].join('; ') })
      else if (!cells.has(name)) cells.set(name, { result: 'ok' })
    }
  }
  writeFileSync(join(folder, `${served.type} reading.log`), log)
  return cells
}

async function main(): Promise<void> {
  const machine = await Machine.arrive(folder, SHELLS)
  const results = new Results('reading')
  try {
    const drives = await ServedDrives.attach(machine, folder, process.env['PROGRAMS_TRACES'], kinds)
    await machine.run('dmesg -C')
    const waiting = [...drives.all]
    await Promise.all(
      Array.from({ length: SHELLS }, async () => {
        for (let served = waiting.shift(); served; served = waiting.shift()) {
          for (const [name, cell] of await looked(machine, served)) {
            results.set(name, served.type, cell)
            machine.print(`${cell.result}: ${name}, ${served.type}${cell.words ? `: ${cell.words}` : ''}`)
          }
        }
      }),
    )
    const log = complaints((await machine.run('dmesg')).output, READS_OF_NOTHING)
    machine.print(
      log.length === 0 ? 'ok: the kernel has nothing to complain of' : `FAILED: the kernel:\n${log.join('\n')}`,
    )
    results.document()
    machine.print(
      `${results.passed + Number(log.length === 0)} passed, ${results.failed + Number(log.length > 0)} failed`,
    )
    machine.end()
    await drives.close()
  } catch (error) {
    machine.print(`FAILED: ${(error as Error).stack}\n0 passed, 1 failed`)
    machine.end()
  }
}

if (require.main === module) void main()

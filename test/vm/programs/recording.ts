/** Records discs of every kind with the programs of Debian: `recording FOLDER`, the other side of `./agent`. */
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MEDIA_TYPES } from '../../../src/virtual'
import { disagreements } from './agreement'
import { newDisc, type ServedDrive, ServedDrives } from './drives'
import { complaints } from './kernel-log'
import { Machine } from './machine'
import { RECORDING_WAYS, type RecordingWay, type Sources } from './recording-programs'
import { type Cell, Results } from './results'

const folder = process.argv[2]!
const SHELLS = 4
/** Kinds of media and ways to record, as regular expressions, for whoever repeats a part. */
const types = new RegExp(process.env['PROGRAMS_TYPES'] ?? '.')
const kinds = MEDIA_TYPES.filter(type => types.test(type))
const ways = new RegExp(process.env['PROGRAMS_WAYS'] ?? '.')
/** Only what has not succeeded before. */
const again = process.env['PROGRAMS_AGAIN'] !== undefined

const sources: Sources = {
  tree: number => join(folder, `tree${number}`),
  image: number => join(folder, `image${number}.iso`),
  imageBlocks: number => statSync(join(folder, `image${number}.iso`)).size / 2048,
}

/** The line of a program's output that a pattern is found in. */
function saying(output: string, pattern: RegExp | undefined): string | undefined {
  const line = pattern && output.split(/[\r\n]/).find(candidate => pattern.test(candidate))
  return line?.trim()
}

/** Tries one way on one kind of medium; the whole output is left in the folder. */
async function tried(machine: Machine, served: ServedDrive, way: RecordingWay): Promise<Cell> {
  const { drive, block, type } = served
  await served.insert(way.disc?.(type) ?? newDisc(type))
  let log = ''
  try {
    for (const { line, files, states } of way.steps(block, type, sources)) {
      const { status, output } = await machine.run(line)
      log += `$ ${line}\n${output}status ${status}\n`
      const words = saying(output, way.refuses?.[type])
      if (words !== undefined) return { result: 'refused', words }
      if (status !== 0) {
        return { result: 'failed', words: output.trim().split('\n').slice(-2).join(' ').slice(-200) }
      }
      const medium = await drive.readMedium()
      log += `${JSON.stringify({ ...medium, evidence: undefined })}\n`
      if (!medium || !states.includes(medium.state)) return { result: 'failed', words: `the disc is ${medium?.state}` }
      if (files.length > 0) {
        const mounted = await machine.run(mountAndCompare(served, files))
        log += `mount: ${mounted.output}status ${mounted.status}\n`
        if (mounted.status !== 0) return { result: 'failed', words: `mount: ${mounted.output.trim().slice(-200)}` }
      }
      const wrong = await disagreements(machine, served, medium, files)
      if (wrong.length > 0) return { result: 'failed', words: wrong.join('; ') }
    }
    return { result: 'ok' }
  } catch (error) {
    return { result: 'failed', words: (error as Error).message }
  } finally {
    writeFileSync(join(folder, `${type} ${way.name.replace(/\W+/g, '-')}.log`), log)
  }
}

/** The kernel learns of what was recorded when a disc comes into the tray: programs that do not eject it leave that to us. */
function mountAndCompare({ block, generic }: ServedDrive, files: readonly number[]): string {
  const at = `/run/mounted-${block.slice(5)}`
  const compare = files.map(n => `cmp ${sources.tree(n)}/file${n}.txt ${at}/file${n}.txt`).join(' && ')
  const mounted = `{ ${compare}; status=$?; umount ${at}; exit $status; }`
  return `sg_start --eject ${generic} && sg_start --load ${generic} && mkdir -p ${at} && mount -o ro -t iso9660 ${block} ${at} && ${mounted}`
}

async function main(): Promise<void> {
  const machine = await Machine.arrive(folder, SHELLS)
  const results = new Results('recording')
  try {
    const drives = await ServedDrives.attach(machine, folder, process.env['PROGRAMS_TRACES'], kinds)
    await machine.run('dmesg -C')
    const waiting = [...drives.all]
    const one = async (served: ServedDrive) => {
      for (const way of RECORDING_WAYS) {
        if (!way.types.includes(served.type) || !ways.test(way.name)) continue
        if (again && results.succeeded(way.name, served.type)) continue
        const cell = await tried(machine, served, way)
        results.set(way.name, served.type, cell)
        machine.print(`${cell.result}: ${way.name}, ${served.type}${cell.words ? `: ${cell.words}` : ''}`)
      }
    }
    await Promise.all(
      Array.from({ length: SHELLS }, async () => {
        for (let served = waiting.shift(); served; served = waiting.shift()) await one(served)
      }),
    )
    const log = complaints((await machine.run('dmesg')).output)
    machine.print(
      log.length === 0 ? 'ok: the kernel has nothing to complain of' : `FAILED: the kernel:\n${log.join('\n')}`,
    )
    results.document()
    const [passed, failed] =
      log.length === 0 ? [results.passed + 1, results.failed] : [results.passed, results.failed + 1]
    machine.print(`${passed} passed, ${failed} failed`)
    machine.end()
    await drives.close()
  } catch (error) {
    machine.print(`FAILED: ${(error as Error).stack}\n0 passed, 1 failed`)
    machine.end()
  }
}

void main()

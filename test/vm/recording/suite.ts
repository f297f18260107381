import type { MediaType } from '../../../src/virtual'
import { ServedDrives } from '../programs/drives'
import { complaints } from '../programs/kernel-log'
import { Machine } from '../programs/machine'
import { Checks } from './checks'
import { KernelRecorder } from './kernel-recorder'

/** What a suite of recordings is given. */
export interface SuiteContext {
  readonly machine: Machine
  readonly drives: ServedDrives
  /** The library in the machine. */
  readonly recorder: KernelRecorder
  readonly checks: Checks
  /** Folder of a transcript for each drive, `<type>.jsonl`. */
  readonly traces: string
}

/**
 * Runs a suite as the other side of `../programs/agent`, and prints its count. In the end the kernel must have had
 * nothing to complain of.
 *
 * @param folder  seen by the machine; holds what is recorded
 * @param types  kinds of media, a drive for each
 */
export async function inMachine(
  folder: string,
  shells: number,
  types: readonly MediaType[],
  run: (context: SuiteContext) => Promise<void>,
): Promise<void> {
  const machine = await Machine.arrive(folder, shells)
  const checks = new Checks(line => machine.print(line))
  const traces = process.env['RECORDING_TRACES'] ?? folder
  try {
    const drives = await ServedDrives.attach(machine, folder, traces, types)
    const recorder = await KernelRecorder.start(machine)
    await machine.run('dmesg -C')
    await run({ machine, drives, recorder, checks, traces })
    await checks.that('the kernel has nothing to complain of', async () => {
      const log = complaints((await machine.run('dmesg')).output)
      if (log.length > 0) throw new Error(log.join('\n'))
      return ''
    })
    machine.print(checks.count())
    recorder.end()
    machine.end()
    await drives.close()
  } catch (error) {
    machine.print(`FAILED: ${(error as Error).stack}\n0 passed, 1 failed`)
    machine.end()
  }
}

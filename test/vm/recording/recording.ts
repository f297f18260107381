/** Records discs of every kind through the kernel, session after session: the other side of ../programs/agent. */
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Medium } from '../../../src'
import { MEDIA_TYPES, type MediaType } from '../../../src/virtual'
import { newDisc, type ServedDrive } from '../programs/drives'
import type { Machine } from '../programs/machine'
import { type DiscOnTest, READING_PROGRAMS } from '../programs/reading-programs'
import type { Checks } from './checks'
import type { KernelRecorder } from './kernel-recorder'
import { mountAndCompare, mountSession } from './mounted'
import { inMachine, type SuiteContext } from './suite'
import { recordOnTgt } from './tgt'

const folder = process.argv[2]!
const SHELLS = 4
const SESSIONS = 6
/** Kinds of media. */
const types = new RegExp(process.argv[3] ?? '.')
const OVERWRITABLE: readonly MediaType[] = ['dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re']
const NEVER_CLOSED: readonly MediaType[] = ['dvd-rw-ro', 'dvd-ram', 'bd-re']
const HARDWARE_CHECKED: readonly MediaType[] = ['cd-rw', 'dvd+rw', 'bd-re']
/** They must say of what we have recorded what we say ourselves. */
const WITNESSES = READING_PROGRAMS.filter(({ name }) =>
  ['dvd+rw-mediainfo', 'xorriso -toc', 'cdrskin -minfo'].includes(name),
)

const tree = (number: number) => join(folder, `tree${number}`)
const trees = (last: number) => Array.from({ length: last }, (_, index) => tree(index + 1))

class DiscUnderTest {
  private readonly served: ServedDrive
  private readonly machine: Machine
  private readonly recorder: KernelRecorder
  private readonly checks: Checks
  /** Where the image of each session begins (LBA); sessions of an overwritable disc are not found by address. */
  private readonly starts: number[] = []

  constructor(served: ServedDrive, machine: Machine, recorder: KernelRecorder, checks: Checks) {
    this.served = served
    this.machine = machine
    this.recorder = recorder
    this.checks = checks
  }

  /** @param device  the node of the kernel's that we record by */
  async run(device: string): Promise<void> {
    const { served, recorder, checks } = this
    await served.insert(newDisc(served.type))
    const isCd = served.type.startsWith('cd-')
    const open = isCd ? SESSIONS - 1 : SESSIONS
    for (let session = 1; session <= open; session++) if (!(await this.recorded(device, session))) return
    await this.looked(OVERWRITABLE.includes(served.type) ? 'overwritable' : 'appendable')
    if (NEVER_CLOSED.includes(served.type)) return
    if (isCd) await this.recorded(device, SESSIONS, { close: true })
    else {
      await checks.that(`${served.type}: closed for good`, async () => {
        await recorder.do({ device, operation: 'close', options: { close: true } })
        return ''
      })
    }
    await this.looked(OVERWRITABLE.includes(served.type) ? 'overwritable' : 'complete')
  }

  private recorded(device: string, session: number, options: { readonly close?: boolean } = {}): Promise<boolean> {
    const { served, recorder, checks } = this
    const operation = session === 1 ? 'burn' : 'append'
    return checks.that(`${served.type}: session ${session} on ${device}`, async () => {
      const report = await recorder.do({ device, operation, sources: [tree(session)], options })
      this.starts.push(report.start)
      return `${report.mediumAfter?.state}, ${report.verification?.comparedBlocks} blocks verified`
    })
  }

  /** The kernel mounts each session with every byte, and other programs say of the disc what we say. */
  private async looked(state: Medium['state']): Promise<void> {
    const { served, machine, recorder, checks, starts } = this
    const { type, block } = served
    const count = starts.length
    await checks.that(`${type}: the kernel mounts what is ${state}`, async () => {
      await recorder.do({ device: block, operation: 'reload' })
      const said = (await served.drive.readMedium())?.state
      if (said !== state) throw new Error(`the medium is ${said}`)
      await mountAndCompare(machine, block, trees(count))
      // A volume that grows begins at the same block each time.
      if (new Set(starts).size < count) return 'every file'
      for (const [index, start] of starts.entries()) await mountSession(machine, block, start, trees(index + 1))
      return `each of ${count} sessions, every file`
    })
    const medium = await served.drive.readMedium()
    const sessions = type === 'bd-r-pow' ? 1 : count
    for (const witness of WITNESSES.filter(({ types: covers }) => covers(type))) {
      await checks.that(`${type}: ${witness.name} reads what is ${state} as we do`, () =>
        this.agreed(witness, medium!, { type, state, sessions }),
      )
    }
  }

  private async agreed(
    { command, refuses, said, status = () => 0 }: (typeof READING_PROGRAMS)[number],
    medium: Medium,
    disc: DiscOnTest,
  ): Promise<string> {
    const seen = await this.machine.run(command(this.served.block))
    const refusal = refuses?.(disc.type, seen.output)
    if (refusal !== undefined) return `itself: ${refusal}`
    const claims = said(seen.output, medium, disc)
    const wrong = claims
      .filter(([, says, right]) => !isDeepStrictEqual(says, right))
      .map(([what, says, right]) => `${what} ${says}, not ${right}`)
    if (seen.status !== status(medium, disc)) wrong.push(`status ${seen.status}`)
    if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\n${seen.output}`)
    return claims.map(([what, says]) => `${what} ${says}`).join(', ')
  }
}

/** A disc that is mounted is nobody's to write on, whichever node the drive is reached by. */
async function whileMounted({ machine, drives, recorder, checks }: SuiteContext): Promise<void> {
  const served = drives.all.at(-1)!
  const { type, block } = served
  await checks.that(`${type}: while it is mounted nothing is recorded`, async () => {
    await served.insert({ state: 'appendable', sessions: 1 })
    const before = await served.drive.readMedium()
    const mounted = await machine.run(`mkdir -p /run/held && mount -t iso9660 -o ro ${block} /run/held`)
    if (mounted.status !== 0) throw new Error(mounted.output)
    const refusals: string[] = []
    for (const device of [block, served.generic]) {
      const said = await recorder.do({ device, operation: 'append', sources: [tree(1)] }).then(
        () => 'nothing',
        (error: Error) => error.message,
      )
      if (!/ mounted at \/run\/held/.test(said)) throw new Error(`${device} said: ${said}`)
      refusals.push(said)
    }
    await machine.run('umount /run/held')
    const after = await served.drive.readMedium()
    if (!isDeepStrictEqual(after?.nextWritableAddress, before?.nextWritableAddress)) throw new Error('it has changed')
    return `${refusals.length} ways`
  })
}

async function run(context: SuiteContext): Promise<void> {
  const { machine, drives, recorder, checks } = context
  // tgt knows media that are written once. What the kernel thinks of its drive is not asked in the end.
  if (types.test('dvd+r')) await recordOnTgt(machine, recorder, checks, tree(1))
  await machine.run('dmesg -C')
  const waiting = [...drives.all.entries()]
  await Promise.all(
    Array.from({ length: SHELLS - 1 }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, served] = next
        // Every other one by way of the generic device.
        const device = index % 2 === 0 ? served.block : served.generic
        await new DiscUnderTest(served, machine, recorder, checks).run(device)
      }
    }),
  )
  for (const served of drives.all.filter(({ type }) => HARDWARE_CHECKED.includes(type))) {
    await checks.that(`${served.type}: the checks for a bench, writing included`, async () => {
      await served.insert(newDisc(served.type))
      const { code, text } = await recorder.checkHardware(served.block, served.type)
      const failed = text.match(/^failed.*$/gm) ?? []
      if (code !== 0 || failed.length > 0) throw new Error(`status ${code}\n${text}`)
      return `${text.match(/^passed/gm)?.length} passed`
    })
  }
  await whileMounted(context)
}

void inMachine(
  folder,
  SHELLS,
  MEDIA_TYPES.filter(type => !type.endsWith('-rom') && types.test(type)),
  run,
)

import { CheckCondition, encodeFixedSense, invalidOpcode, NO_SENSE, type SenseData } from './check-condition'
import type { CommandHandler, CommandRule } from './command-rule'
import type { Disc } from './disc/disc'
import { EventStatus } from './event-status'
import { LongOperation } from './long-operation'
import { mediumOf } from './media'
import type { Medium, Operation } from './media/medium'
import { ModePages } from './mode-pages'
import type { VirtualDriveOptions } from './options'
import { type PowerCondition, PowerConditions } from './power-conditions'
import type { Quirk } from './quirks'
import { WriteBuffer } from './write-buffer'

/** NOT READY: there is no medium, and the tray says why. */
const noMedium = (trayOpen: boolean) => new CheckCondition(2, 0x3a, trayOpen ? 2 : 1)
const MEDIUM_MAY_HAVE_CHANGED: SenseData = { key: 6, asc: 0x28, ascq: 0 }
const INTERNAL_TARGET_FAILURE: SenseData = { key: 4, asc: 0x44, ascq: 0 }
const RECOVERED_ERROR = 1
const RESET_OCCURRED: SenseData = { key: 6, asc: 0x29, ascq: 2 }
const POWER_ON: SenseData = { key: 6, asc: 0x29, ascq: 0 }
/** CDB byte 1 bits 7 to 5 once held the LUN; programs of that time still fill them in. */
const WITHOUT_LUN = 0x1f

/** What one command gives back: its status, its sense, and how many bytes of the answer are in `data`. */
export interface Outcome {
  readonly status: number
  readonly sense: Uint8Array
  readonly bytes: number
}

const TEST_UNIT_READY = 0x00
const GOOD = 0x00
const CHECK_CONDITION = 0x02

/** The logical unit of a virtual drive: tray, medium, mode pages, pending conditions, and the rules all commands obey. */
export class LogicalUnit {
  /** May be changed at any time: the next command sees it. */
  options: VirtualDriveOptions
  readonly modePages: ModePages
  readonly buffer: WriteBuffer
  private readonly rules: ReadonlyMap<number, CommandRule>
  private disc: Disc | undefined
  private loaded: Medium | undefined
  private attentions: SenseData[] = []
  /** What happened that nobody has asked for yet. */
  readonly events = new EventStatus()
  readonly power = new PowerConditions()
  trayOpen = false
  prevented = false
  persistentlyPrevented = false
  /** What REQUEST SENSE tells when nothing goes on. */
  private lastSense: SenseData = NO_SENSE
  operation: LongOperation | undefined
  private closing = false
  /** Speeds that the host has set, kB/s; undefined is the best. They outlast the medium, not a reset. */
  readSpeedKBps: number | undefined
  writeSpeedKBps: number | undefined

  constructor(disc: Disc | undefined, options: VirtualDriveOptions, rules: ReadonlyMap<number, CommandRule>) {
    this.options = options
    this.rules = rules
    this.disc = disc
    this.modePages = new ModePages()
    this.buffer = new WriteBuffer(options)
    if (disc) this.takeIn()
    if (options.powerOnAttention) this.attentions.push(POWER_ON)
    this.events.begin(this)
  }

  has(quirk: Quirk): boolean {
    return this.options.quirks?.includes(quirk) === true
  }

  /** The medium in the closed tray. */
  get medium(): Medium | undefined {
    return this.trayOpen ? undefined : this.loaded
  }

  /** The medium, for commands that are only let through where there is one. */
  get requiredMedium(): Medium {
    const { medium } = this
    if (!medium) throw noMedium(this.trayOpen)
    return medium
  }

  /** The power state; whatever goes on keeps the drive active. */
  get powerCondition(): PowerCondition {
    return this.operation ? 'active' : this.power.current(this.modePages.powerTimers)
  }

  /** Reads the disc anew: formatting and blanking make another kind of medium of it. */
  refreshMedium(): void {
    if (this.disc) this.loaded = mediumOf(this.disc)
  }

  private takeIn(): void {
    this.refreshMedium()
    if (!this.disc!.writtenElsewhere) this.loaded!.recover()
    this.modePages.mediumChanged(this.loaded)
    this.writeTypeSelected()
  }

  /** The write parameters say how a blank disc is going to be recorded. */
  writeTypeSelected(): void {
    this.loaded?.selectWriteType(this.modePages.writeParameters.writeType)
    this.refreshMedium()
  }

  /** Puts another disc into the tray, or takes it out; the one that was there is given back. */
  exchange(disc: Disc | undefined): Disc | undefined {
    const before = this.disc
    this.disc = disc
    this.loaded = undefined
    if (disc) this.mediumArrived()
    else if (before) this.events.happened('media-removal')
    return before
  }

  private mediumArrived(): void {
    this.takeIn()
    this.attentions.push(MEDIUM_MAY_HAVE_CHANGED)
    this.events.happened('new-media')
  }

  /** The button at the front: opens and closes the tray; where removal is prevented, it is the host's to open it. */
  pressEject(): void {
    if (this.trayOpen) this.closeTray()
    else if (this.prevented || this.persistentlyPrevented || this.operation) this.events.happened('eject-request')
    else this.openTray()
  }

  openTray(): void {
    if (this.trayOpen) return
    this.trayOpen = true
    if (this.disc) this.events.happened('media-removal')
  }

  closeTray(): void {
    if (!this.trayOpen) return
    this.trayOpen = false
    if (this.disc) this.mediumArrived()
  }

  /**
   * Begins a long operation; resolves at once where it goes on behind the command (`immediate`), else when it is over.
   *
   * @param atLeastMs  how long it takes even where operations take no time: a buffer has to be emptied
   */
  async start(operation: Operation, immediate: boolean, atLeastMs = 0): Promise<void> {
    const { operationMs = 0 } = this.options
    const durationMs = Math.max(atLeastMs, operationMs === 'rated' ? operation.seconds * 1000 : operationMs)
    if (operation.stopsBackground) await this.stopBackground()
    const running = new LongOperation(operation, durationMs)
    this.operation = running
    if (running.background && operation.restarted) this.events.happened('background-format-restarted')
    const ended = running.done.then(
      () => {
        this.operationEnded(running)
        const { next } = operation
        return next && !this.closing ? this.start(next, true) : undefined
      },
      error => {
        this.operationEnded(running)
        throw error
      },
    )
    if (!immediate || durationMs === 0) return ended
    ended.catch((error: unknown) => this.defer(error))
  }

  /** Ends what goes on in the background. */
  async stopBackground(): Promise<void> {
    const { operation } = this
    if (!operation?.background) return
    await operation.stop()
    if (this.operation === operation) this.operation = undefined
  }

  private operationEnded(running: LongOperation): void {
    if (this.operation === running) this.operation = undefined
    if (running.background && !running.stopped) this.events.happened('background-format-completed')
    const before = this.loaded?.profile
    this.refreshMedium()
    // What was set for the medium as it was is of no use to what a format has made of it.
    if (this.loaded?.profile !== before) this.modePages.mediumChanged(this.loaded)
  }

  /** An error of an operation whose command has ended long ago: the next command is told. */
  private defer(error: unknown): void {
    this.attentions.push(senseOf(error))
  }

  /** Sense for REQUEST SENSE: a pending unit attention, an operation's progress, else the last command's. */
  takeSense(): SenseData {
    const attention = this.attentions.shift()
    if (attention) return attention
    const { operation } = this
    if (operation) return { ...operation.sense, ...(operation.background ? { key: 0 } : {}) }
    const sense = this.lastSense
    this.lastSense = NO_SENSE
    return sense
  }

  /**
   * Carries out one command.
   *
   * The order is SAM's and MMC's: a unit attention comes first, then what keeps the medium from being accessed, then a
   * long operation, and only then the command itself.
   */
  async perform(given: Uint8Array, data: Uint8Array): Promise<Outcome> {
    const cdb = Uint8Array.from(given)
    cdb[1]! &= WITHOUT_LUN
    try {
      const rule = this.rules.get(cdb[0]!)
      this.assertAllowed(rule)
      if (rule.medium === 'needed' && rule.command.opcode !== TEST_UNIT_READY) this.power.wake()
      const answer = await rule.handler({ unit: this, cdb, data, medium: this.medium })
      if (rule.attention !== 'kept-with-sense') this.lastSense = NO_SENSE
      return { status: GOOD, sense: new Uint8Array(), bytes: deliver(answer, cdb, rule, data) }
    } catch (error) {
      this.lastSense = senseOf(error)
      const bytes = this.lastSense.key === RECOVERED_ERROR ? data.length : 0
      return { status: CHECK_CONDITION, sense: encodeFixedSense(this.lastSense), bytes }
    }
  }

  private assertAllowed(rule: CommandRule | undefined): asserts rule is CommandRule {
    if (!rule || rule.attention === 'reported') {
      const attention = this.attentions.shift()
      if (attention) throw CheckCondition.of(attention)
    }
    if (!rule) throw invalidOpcode()
    if (rule.medium === 'needed' && !this.medium && !this.operation?.loading) throw noMedium(this.trayOpen)
    const { operation } = this
    if (operation && !operation.background && rule.duringOperation === 'waits') {
      const early = this.has('close-answers-early') && rule.command.opcode === TEST_UNIT_READY
      if (!early) throw CheckCondition.of(operation.sense)
    }
  }

  /** A reset of the bus or of the drive: what the host had set is lost, what is on the disc is not. */
  reset(): void {
    this.prevented = false
    this.persistentlyPrevented = false
    this.readSpeedKBps = undefined
    this.writeSpeedKBps = undefined
    this.modePages.reset()
    this.writeTypeSelected()
    this.power.wake()
    this.events.reset()
    this.attentions = [RESET_OCCURRED]
    this.lastSense = NO_SENSE
  }

  /** Ends what goes on and notes it on the disc. */
  async close(): Promise<void> {
    this.closing = true
    try {
      await this.finishOperation()
      // Switched off in order, not cut off: what is in the buffer goes to the disc.
      if (this.disc?.writable) await this.loaded!.synchronize(this.modePages.writeParameters)
    } finally {
      await this.disc?.close()
    }
  }

  private async finishOperation(): Promise<void> {
    try {
      await this.operation?.finish()
    } catch (error) {
      // Sense of a command that was answered long ago has nobody left to go to.
      if (!(error instanceof CheckCondition)) throw error
    }
  }
}

/**
 * The sense of what ended a command. Where the disc's own files fail (no room, no permission), the drive has failed.
 */
function senseOf(error: unknown): SenseData {
  if (error instanceof CheckCondition) return error.sense
  if ((error as NodeJS.ErrnoException).syscall !== undefined) return INTERNAL_TARGET_FAILURE
  throw error
}

/** Cuts an answer to what was asked for: the allocation length, and the room that there is. */
function deliver(answer: Awaited<ReturnType<CommandHandler>>, cdb: Uint8Array, rule: CommandRule, data: Uint8Array) {
  if (answer === undefined) return 0
  if (typeof answer === 'number') return answer
  const { allocationLength } = rule.command.cdbLayout.decode(cdb) as { allocationLength?: number }
  const bytes = Math.min(answer.length, allocationLength ?? data.length, data.length)
  data.set(answer.subarray(0, bytes))
  return bytes
}

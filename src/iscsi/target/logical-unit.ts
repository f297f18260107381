import { asError } from '../../errors'
import { accessOf, commandsOf, decodeSense } from '../../mmc'
import { SAM_STATUS, type ScsiResponse, type Transport, TransportError, type TransportErrorCode } from '../../platform'
import type { BufferPool } from './buffer-pool'
import {
  type Answer,
  answerInquiry,
  answerReportLuns,
  checkCondition,
  encodeSense,
  good,
  SENSE,
  type SenseCode,
  status,
} from './housekeeping'
import type { Task } from './task'
import { cdbTransfer } from './transfer-length'

/** One initiator's session, as a logical unit sees it (SAM-5: I_T nexus). */
export interface Nexus {
  readonly name: string
  /** True while so many answers wait for its network that no more should be made. */
  readonly congested: boolean
}

interface NexusState {
  readonly attentions: SenseCode[]
  preventsRemoval: boolean
}

const MINUTE = 60_000
/** For commands that nobody here knows: the initiator aborts them when it has waited enough. */
const UNKNOWN_COMMAND_TIMEOUT_MS = 10 * MINUTE
const MAXIMUM_ATTENTIONS = 4

const OP = {
  testUnitReady: 0x00,
  requestSense: 0x03,
  inquiry: 0x12,
  reserve: 0x16,
  release: 0x17,
  preventAllow: 0x1e,
  getConfiguration: 0x46,
  getEventStatus: 0x4a,
  persistentReserveIn: 0x5e,
  persistentReserveOut: 0x5f,
  reportLuns: 0xa0,
} as const

const UNIT_ATTENTION = 6
/** ASC of all that a reset is told by. */
const RESET_OCCURRED = 0x29
/** Commands that neither report nor clear a unit attention (SPC-4 5.14, MMC-6 for the two last). */
const WITHOUT_UNIT_ATTENTION: ReadonlySet<number> = new Set([
  OP.inquiry,
  OP.reportLuns,
  OP.requestSense,
  OP.getConfiguration,
  OP.getEventStatus,
])
/** Commands that another initiator's reservation lets through (SPC-2 table 9). */
const DESPITE_RESERVATION: ReadonlySet<number> = new Set([OP.inquiry, OP.reportLuns, OP.requestSense, OP.release])

/** Reads, whose buffer the drive fills wholly: no leftovers of others have to be wiped from it. */
const FILLS_ITS_BUFFER: ReadonlySet<number> = new Set([0x28, 0xa8])

const SENSE_OF_FAILURE: Readonly<Partial<Record<TransportErrorCode, SenseCode>>> = {
  TRANSPORT_TIMEOUT: SENSE.communicationTimeOut,
  TRANSPORT_TOO_LARGE: SENSE.invalidFieldInCdb,
  TRANSPORT_OPCODE_REFUSED: SENSE.invalidOpcode,
  TRANSPORT_DEVICE_GONE: SENSE.communicationFailure,
  TRANSPORT_NO_SUCH_DEVICE: SENSE.communicationFailure,
  TRANSPORT_CLOSED: SENSE.communicationFailure,
}

/**
 * One drive behind a target, with the queue of all sessions' commands. The drive itself sees one initiator and one command
 * at a time; what SCSI keeps apart for each initiator (unit attentions, reservation, prevention of medium removal) is kept
 * here.
 */
export class LogicalUnit {
  readonly number: number
  readonly transport: Transport
  private readonly access: 'read' | 'write'
  private readonly pool: BufferPool
  private readonly luns: readonly number[]
  private readonly queue: Task[] = []
  private readonly nexuses = new Map<Nexus, NexusState>()
  private reservedBy: Nexus | undefined
  private running: Task | undefined
  private idle: (() => void)[] = []

  constructor(unit: {
    number: number
    transport: Transport
    access: 'read' | 'write'
    pool: BufferPool
    luns: readonly number[]
  }) {
    this.number = unit.number
    this.transport = unit.transport
    this.access = unit.access
    this.pool = unit.pool
    this.luns = unit.luns
  }

  /** A new session. It is told of everything that it may have missed. */
  attach(nexus: Nexus, attention: SenseCode = SENSE.powerOn): void {
    this.nexuses.set(nexus, { attentions: [attention], preventsRemoval: false })
  }

  /** A session that is over: its commands, its reservation and its prevention of removal go with it. */
  async detach(nexus: Nexus): Promise<void> {
    if (this.reservedBy === nexus) this.reservedBy = undefined
    const state = this.nexuses.get(nexus)
    this.nexuses.delete(nexus)
    const unlocked = state?.preventsRemoval ? this.allowRemoval() : undefined
    await this.abort(task => task.nexus === nexus)
    await unlocked
  }

  /** Queues a command, which runs when its turn comes and its data are there. */
  submit(task: Task): void {
    if (task.headOfQueue) this.queue.unshift(task)
    else this.queue.push(task)
    this.next()
  }

  /** To be called whenever a task may have become ready, or a session may no longer be congested. */
  next(): void {
    while (!this.running) {
      const task = this.eligible()
      if (!task) return
      this.queue.splice(this.queue.indexOf(task), 1)
      const answer = this.answerAtOnce(task)
      if (!answer) {
        this.run(task)
        return
      }
      task.releaseData()
      task.complete(answer)
    }
  }

  /**
   * Aborts commands. Resolves when none of them can touch the drive any more: what the drive has begun cannot be taken
   * back, only waited for.
   *
   * @returns the aborted ones
   */
  async abort(which: (task: Task) => boolean): Promise<Task[]> {
    const { running } = this
    const aborted = this.take(which)
    if (running && which(running)) {
      running.abort()
      aborted.push(running)
      await new Promise<void>(resolve => this.idle.push(resolve))
    }
    this.next()
    return aborted
  }

  /** CLEAR TASK SET (SAM-5 7.5): aborts the commands of all sessions, of which the others are told. */
  async clear(by: Nexus): Promise<void> {
    for (const { nexus } of await this.abort(() => true)) {
      const state = this.nexuses.get(nexus)
      if (state && nexus !== by) remember(state, SENSE.commandsCleared)
    }
  }

  /** LOGICAL UNIT RESET (SAM-5 6.3.3). The bus of a drive that is somebody else's, too, is left alone. */
  async reset(): Promise<Task[]> {
    const aborted = await this.abort(() => true)
    this.reservedBy = undefined
    const prevented = [...this.nexuses.values()].some(({ preventsRemoval }) => preventsRemoval)
    for (const state of this.nexuses.values()) {
      state.preventsRemoval = false
      remember(state, SENSE.deviceReset)
    }
    await this.resetTransport()
    if (prevented) await this.allowRemoval()
    return aborted
  }

  /** The drive's own unit attention is taken off here: each session has been told of the reset by then. */
  private async resetTransport(): Promise<void> {
    if (!this.transport.reset) return
    await this.transport.reset()
    const cdb = Uint8Array.of(OP.testUnitReady, 0, 0, 0, 0, 0)
    const request = { cdb, direction: 'none', data: new Uint8Array(), timeoutMs: MINUTE } as const
    const response = await this.transport.execute(request).catch(asError)
    const sense = 'sense' in response ? decodeSense(response.sense) : undefined
    if (sense?.key !== UNIT_ATTENTION || sense.asc === RESET_OCCURRED) return
    for (const state of this.nexuses.values()) remember(state, [UNIT_ATTENTION, sense.asc, sense.ascq])
  }

  private take(which: (task: Task) => boolean): Task[] {
    const taken = this.queue.filter(which)
    this.queue.splice(0, this.queue.length, ...this.queue.filter(task => !which(task)))
    for (const task of taken) {
      task.abort()
      task.releaseData()
    }
    return taken
  }

  /** The first command of a session that can go: a session's order is kept, a slow session holds up nobody else. */
  private eligible(): Task | undefined {
    const waiting = new Set<Nexus>()
    for (const task of this.queue) {
      if (waiting.has(task.nexus)) continue
      if (task.ready && !task.nexus.congested) return task
      waiting.add(task.nexus)
    }
    return undefined
  }

  private answerAtOnce(task: Task): Answer | undefined {
    const { cdb, nexus } = task
    if (task.refusal) return task.refusal
    const opcode = cdb[0]!
    const state = this.nexuses.get(nexus)
    if (!state) return checkCondition(SENSE.nexusLoss)
    const allow = opcode === OP.preventAllow && (cdb[4]! & 1) === 0
    if (this.reservedBy && this.reservedBy !== nexus && !DESPITE_RESERVATION.has(opcode) && !allow) {
      return status(SAM_STATUS.reservationConflict)
    }
    if (!WITHOUT_UNIT_ATTENTION.has(opcode)) {
      const attention = state.attentions.shift()
      if (attention) return checkCondition(attention)
    }
    switch (opcode) {
      case OP.reportLuns:
        return answerReportLuns(cdb, this.luns)
      case OP.requestSense: {
        const attention = state.attentions.shift()
        return attention && good(encodeSense(attention).subarray(0, cdb[4]))
      }
      case OP.reserve:
        if ((cdb[1]! & 1) !== 0) return checkCondition(SENSE.invalidFieldInCdb)
        this.reservedBy = nexus
        return good()
      case OP.release:
        if (this.reservedBy === nexus) this.reservedBy = undefined
        return good()
      case OP.persistentReserveIn:
      case OP.persistentReserveOut:
        return checkCondition(SENSE.invalidOpcode)
      case OP.preventAllow:
        return this.preventOrAllow(state, cdb)
      default:
        return this.gate(cdb)
    }
  }

  /** The drive is locked while any session wants it so: an ALLOW among others' PREVENTs goes no further. */
  private preventOrAllow(state: NexusState, cdb: Uint8Array): Answer | undefined {
    state.preventsRemoval = (cdb[4]! & 1) !== 0
    if (state.preventsRemoval) return undefined
    return [...this.nexuses.values()].some(({ preventsRemoval }) => preventsRemoval) ? good() : undefined
  }

  private gate(cdb: Uint8Array): Answer | undefined {
    if (this.access === 'write') return undefined
    const access = accessOf(cdb)
    if (access === 'read' || cdb[0] === OP.inquiry || cdb[0] === OP.getEventStatus) return undefined
    return checkCondition(access === 'write' ? SENSE.writeProtected : SENSE.invalidOpcode)
  }

  private run(task: Task): void {
    this.running = task
    this.execute(task).then(
      ([answer, release]) => this.finish(task, answer, release),
      error => this.finish(task, answerToFailure(error)),
    )
  }

  private finish(task: Task, answer: Answer, release?: () => void): void {
    this.running = undefined
    task.releaseData()
    this.spread(task.nexus, answer)
    if (task.aborted) release?.()
    else task.complete(answer, release)
    const waiting = this.idle
    this.idle = []
    for (const resolve of waiting) resolve()
    this.next()
  }

  /** Bytes of a command's data that are worth asking the initiator for: none where the command will be refused. */
  writeLength(cdb: Uint8Array, expectedLength: number): number {
    if (expectedLength > this.transport.limits.maximumTransferBytes) return 0
    const transfer = cdbTransfer(cdb, expectedLength, 'out')
    if (!transfer) return expectedLength
    return transfer.direction === 'in' || transfer.bytes > expectedLength ? 0 : transfer.bytes
  }

  private async execute(task: Task): Promise<[Answer, (() => void)?]> {
    const { cdb, expectedLength } = task
    const { maximumTransferBytes } = this.transport.limits
    const transfer = cdbTransfer(cdb, expectedLength, task.write ? 'out' : task.read ? 'in' : 'none')
    const timeoutMs = timeoutOf(cdb)
    if (transfer?.direction === 'out' && transfer.bytes > (task.write ? expectedLength : 0)) {
      // Half of what a WRITE wants would be a ruined disc: such a command never reaches the drive.
      return [checkCondition(SENSE.invalidFieldInInformationUnit)]
    }
    if (task.write && transfer?.direction !== 'in') {
      if (expectedLength > maximumTransferBytes) return [checkCondition(SENSE.invalidFieldInCdb)]
      const { data } = task
      return [toAnswer(await this.transport.execute({ cdb, direction: 'out', data, timeoutMs }))]
    }
    const length = Math.max(task.read ? expectedLength : 0, transfer?.bytes ?? 0)
    if (length === 0) {
      const response = await this.transport.execute({ cdb, direction: 'none', data: new Uint8Array(), timeoutMs })
      return [toAnswer(response)]
    }
    if (transfer && FILLS_ITS_BUFFER.has(cdb[0]!) && transfer.bytes > maximumTransferBytes) {
      return [checkCondition(SENSE.invalidFieldInCdb)]
    }
    return this.read(cdb, Math.min(length, maximumTransferBytes), timeoutMs)
  }

  private async read(cdb: Uint8Array, length: number, timeoutMs: number): Promise<[Answer, (() => void)?]> {
    const data = this.pool.take(length)
    if (!FILLS_ITS_BUFFER.has(cdb[0]!)) data.fill(0)
    const release = () => this.pool.give(data)
    const response = await this.transport.execute({ cdb, direction: 'in', data, timeoutMs })
    const answer = toAnswer(response, data.subarray(0, Math.min(response.transferredBytes, length)))
    if (cdb[0] === OP.inquiry && isInvalidOpcode(answer)) {
      release()
      return [answerInquiry(cdb, true)]
    }
    return [answer, release]
  }

  /** What one session learns of the medium or of a reset, all others have to learn, too. */
  private spread(from: Nexus, answer: Answer): void {
    if (answer.status !== SAM_STATUS.checkCondition) return
    const sense = decodeSense(answer.sense)
    if (sense?.key !== 6) return
    for (const [nexus, state] of this.nexuses) {
      if (nexus !== from) remember(state, [6, sense.asc, sense.ascq])
    }
  }

  private async allowRemoval(): Promise<void> {
    if ([...this.nexuses.values()].some(({ preventsRemoval }) => preventsRemoval)) return
    const cdb = Uint8Array.of(OP.preventAllow, 0, 0, 0, 0, 0)
    const request = { cdb, direction: 'none', data: new Uint8Array(), timeoutMs: MINUTE } as const
    // A drive that has gone meanwhile needs no unlocking, and nobody is left to be told.
    await this.transport.execute(request).catch(asError)
  }
}

function remember(state: NexusState, attention: SenseCode): void {
  if (state.attentions.some(([, asc, ascq]) => asc === attention[1] && ascq === attention[2])) return
  if (state.attentions.length < MAXIMUM_ATTENTIONS) state.attentions.push(attention)
}

function timeoutOf(cdb: Uint8Array): number {
  const known = commandsOf(cdb)[0]?.timeoutMs
  return known === undefined ? UNKNOWN_COMMAND_TIMEOUT_MS : Math.max(known, MINUTE)
}

function toAnswer(response: ScsiResponse, data: Uint8Array = new Uint8Array()): Answer {
  return { status: response.status, sense: response.sense, data }
}

function isInvalidOpcode(answer: Answer): boolean {
  if (answer.status !== SAM_STATUS.checkCondition) return false
  const sense = decodeSense(answer.sense)
  return sense?.key === 5 && sense.asc === 0x20
}

function answerToFailure(error: unknown): Answer {
  if (!(error instanceof TransportError)) return checkCondition(SENSE.internalTargetFailure)
  if (error.code === 'TRANSPORT_BUSY') return status(SAM_STATUS.busy)
  return checkCondition(SENSE_OF_FAILURE[error.code] ?? SENSE.internalTargetFailure)
}

import { SAM_STATUS } from '../../platform'
import { decodeLun } from '../lun'
import {
  dataInPdu,
  dataOutPdu,
  NO_TAG,
  OPCODE,
  readyToTransferPdu,
  rejectPdu,
  scsiCommandPdu,
  scsiResponsePdu,
} from '../pdu'
import type { PduWriter } from '../pdu-writer'
import type { BufferPool } from './buffer-pool'
import { type Answer, answerForMissingUnit, checkCondition, SENSE, type SenseCode } from './housekeeping'
import type { LogicalUnit } from './logical-unit'
import type { LoginResult } from './login'
import { ScsiTask, type TaskOwner } from './scsi-task'
import { COMMAND_WINDOW, type Sequence } from './sequence'

/** Answers that wait for a slow network: beyond it the session's next commands wait, too. */
const CONGESTION_BYTES = 4 * 1024 * 1024
/** Room for data that one session writes. */
const WRITE_BUDGET_BYTES = 16 * 1024 * 1024
/** Immediate commands take no place of the window: those beyond it by that many are rejected. */
const IMMEDIATE_TASKS = 16
const NOTHING = new Uint8Array()

/** Reasons for a Reject PDU (RFC 7143 11.17.1). */
export const REJECT = {
  dataDigestError: 0x02,
  protocolError: 0x04,
  commandNotSupported: 0x05,
  tooManyImmediateCommands: 0x06,
  taskInProgress: 0x07,
  invalidPduField: 0x09,
} as const

/** What a session shares with its connection and its target. */
export interface SessionContext {
  readonly login: LoginResult
  readonly tsih: number
  readonly sequence: Sequence
  readonly writer: PduWriter
  readonly pool: BufferPool
  readonly units: ReadonlyMap<number, LogicalUnit>
}

/** The SCSI side of a session in full feature phase: commands in, data both ways, status out. */
export class Session implements TaskOwner {
  readonly name: string
  readonly context: SessionContext
  readonly maxBurstLength: number
  readonly firstBurstLength: number
  readonly tasks = new Map<number, ScsiTask>()
  private ending: Promise<void> | undefined
  private nextTransferTag = 1
  private writeBytes = 0
  /** The longest data segment that the initiator takes. */
  segmentBytes: number
  /** The buffer that the data segment of the PDU being received goes to. */
  private arriving: Uint8Array | undefined

  constructor(context: SessionContext) {
    this.context = context
    const { initiatorName, isid, parameters } = context.login
    this.name = `${initiatorName},${isid}`
    this.maxBurstLength = parameters.maxBurstLength
    this.firstBurstLength = parameters.firstBurstLength
    this.segmentBytes = context.login.peerMaxRecvDataSegmentLength
  }

  get congested(): boolean {
    return this.context.writer.pendingBytes > CONGESTION_BYTES
  }

  /** Shows the session to all logical units. */
  begin(attention: SenseCode): void {
    for (const unit of this.context.units.values()) unit.attach(this, attention)
  }

  /**
   * Ends the session: its commands are aborted, its reservations and preventions dropped. Resolves when the drives are
   * through with what they had begun.
   */
  end(): Promise<void> {
    this.ending ??= Promise.all(Array.from(this.context.units.values(), unit => unit.detach(this))).then(() => {})
    return this.ending
  }

  private get ended(): boolean {
    return this.ending !== undefined
  }

  /** Where the data segment of a SCSI Command or Data-Out PDU goes. */
  destination(header: Uint8Array, length: number): Uint8Array | undefined {
    this.arriving = undefined
    if ((header[0]! & 0x3f) === OPCODE.dataOut) {
      const pdu = dataOutPdu.decodeComplete(header)!
      const task = this.tasks.get(pdu.initiatorTaskTag)
      return task && !task.ready ? task.destination(pdu.bufferOffset, length) : undefined
    }
    const pdu = scsiCommandPdu.decodeComplete(header)!
    const expected = pdu.expectedDataTransferLength
    if (!pdu.write || length > expected || !this.hasRoom(expected)) return undefined
    if (!pdu.immediate && pdu.cmdSN !== this.context.sequence.expCmdSN) return undefined
    const unit = this.context.units.get(decodeLun(pdu.lun) ?? -1)
    if (unit?.writeLength(pdu.cdb, expected) !== expected) return undefined
    this.arriving = this.context.pool.take(expected)
    return this.arriving
  }

  /** Gives up a SCSI Command PDU whose number has not been admitted. */
  ignoreCommand(): void {
    if (this.arriving) this.context.pool.give(this.arriving)
    this.arriving = undefined
  }

  /** Takes a SCSI Command PDU whose number has been admitted. */
  takeCommand(header: Uint8Array, data: Uint8Array): void {
    const pdu = scsiCommandPdu.decodeComplete(header)!
    const crowded = pdu.immediate && this.tasks.size >= COMMAND_WINDOW + IMMEDIATE_TASKS
    if (crowded || this.tasks.has(pdu.initiatorTaskTag)) {
      this.ignoreCommand()
      this.reject(crowded ? REJECT.tooManyImmediateCommands : REJECT.taskInProgress, header)
      return
    }
    const { arriving } = this
    this.arriving = undefined
    const unit = this.context.units.get(decodeLun(pdu.lun) ?? -1)
    const writeLength = unit && pdu.write ? unit.writeLength(pdu.cdb, pdu.expectedDataTransferLength) : 0
    const task = new ScsiTask(this, pdu, writeLength)
    this.tasks.set(pdu.initiatorTaskTag, task)
    if (!task.immediate) this.context.sequence.occupy()
    if (!unit) {
      task.complete(answerForMissingUnit(task.cdb, [...this.context.units.keys()]))
      return
    }
    if ((pdu.read && pdu.write) || header.length > 48) task.refusal = checkCondition(SENSE.invalidOpcode)
    this.provideFor(task, arriving, data)
    unit.submit(task)
  }

  /** Takes a Data-Out PDU; those of tasks that are no more are swallowed. */
  takeData(header: Uint8Array, data: Uint8Array): void {
    const pdu = dataOutPdu.decodeComplete(header)!
    this.tasks.get(pdu.initiatorTaskTag)?.takeData(pdu, data)
  }

  requestData(task: ScsiTask, bufferOffset: number, length: number, r2tSN: number): number {
    const targetTransferTag = this.nextTransferTag
    this.nextTransferTag = targetTransferTag >= NO_TAG - 1 ? 1 : targetTransferTag + 1
    this.context.writer.write(
      readyToTransferPdu.encode({
        opcode: OPCODE.readyToTransfer,
        final: true,
        lun: task.lun,
        initiatorTaskTag: task.initiatorTaskTag,
        targetTransferTag,
        ...this.context.sequence.withoutStatus(),
        r2tSN,
        bufferOffset,
        desiredDataTransferLength: length,
      }),
    )
    return targetTransferTag
  }

  becameReady(task: ScsiTask): void {
    this.context.units.get(decodeLun(task.lun) ?? -1)?.next()
  }

  left(task: ScsiTask): void {
    if (!this.tasks.delete(task.initiatorTaskTag)) return
    if (!task.immediate) this.context.sequence.vacate()
  }

  releasedData(bytes: Uint8Array): void {
    this.writeBytes -= bytes.length
    this.context.pool.give(bytes)
    for (const task of this.tasks.values()) {
      if (!task.waitsForRoom) continue
      if (!this.hasRoom(task.writeLength)) return
      task.provide(this.takeRoom(task.writeLength))
    }
  }

  /** Sends data and status of a command. */
  answered(task: ScsiTask, answer: Answer, release?: () => void): void {
    if (this.ended) {
      release?.()
      return
    }
    const sent = () => {
      release?.()
      if (!this.ended) for (const unit of this.context.units.values()) unit.next()
    }
    const data = task.read ? answer.data.subarray(0, task.expectedLength) : NOTHING
    const moved = task.write ? task.writeLength : answer.data.length
    const residual = {
      residualOverflow: moved > task.expectedLength,
      residualUnderflow: moved < task.expectedLength,
      residualCount: Math.abs(moved - task.expectedLength),
    }
    // Status may ride on the last Data-In PDU where nothing else has to be said (RFC 7143 11.7.3).
    const collapses = answer.status === SAM_STATUS.good && answer.sense.length === 0 && data.length > 0
    const count = this.sendData(task, data, collapses ? { residual, sent } : undefined)
    if (collapses) return
    const sense = answer.sense.length > 0 ? withLength(answer.sense) : NOTHING
    this.context.writer.write(
      scsiResponsePdu.encode({
        opcode: OPCODE.scsiResponse,
        final: true,
        ...residual,
        status: answer.status,
        initiatorTaskTag: task.initiatorTaskTag,
        ...this.context.sequence.withStatus(),
        expDataSN: count + task.r2tCount,
      }),
      sense,
      sent,
    )
  }

  reject(reason: number, header: Uint8Array): void {
    this.context.writer.write(
      rejectPdu.encode({
        opcode: OPCODE.reject,
        final: true,
        reason,
        initiatorTaskTag: NO_TAG,
        ...this.context.sequence.withStatus(),
      }),
      Uint8Array.from(header.subarray(0, 48)),
    )
  }

  private sendData(
    task: ScsiTask,
    data: Uint8Array,
    status: { residual: object; sent: () => void } | undefined,
  ): number {
    const { sequence, writer } = this.context
    let dataSN = 0
    let left = this.maxBurstLength
    for (let offset = 0; offset < data.length; dataSN++) {
      const piece = data.subarray(offset, offset + Math.min(this.segmentBytes, left))
      const last = offset + piece.length === data.length
      left -= piece.length
      const withStatus = last ? status : undefined
      writer.write(
        dataInPdu.encode({
          opcode: OPCODE.dataIn,
          final: last || left === 0,
          initiatorTaskTag: task.initiatorTaskTag,
          targetTransferTag: NO_TAG,
          ...(withStatus
            ? { statusPresent: true, ...withStatus.residual, ...sequence.withStatus() }
            : { expCmdSN: sequence.expCmdSN, maxCmdSN: sequence.maxCmdSN }),
          dataSN,
          bufferOffset: offset,
        }),
        piece,
        withStatus?.sent,
      )
      offset += piece.length
      if (left === 0) left = this.maxBurstLength
    }
    return dataSN
  }

  private hasRoom(bytes: number): boolean {
    return this.writeBytes === 0 || this.writeBytes + bytes <= WRITE_BUDGET_BYTES
  }

  private takeRoom(bytes: number): Uint8Array {
    this.writeBytes += bytes
    return this.context.pool.take(bytes)
  }

  private provideFor(task: ScsiTask, arriving: Uint8Array | undefined, data: Uint8Array): void {
    if (arriving) this.writeBytes += arriving.length
    const waiting = [...this.tasks.values()].some(other => other !== task && other.waitsForRoom)
    // Data that come unasked have to be put somewhere at once.
    const fits = task.expectsUnsolicitedData || (!waiting && this.hasRoom(task.writeLength))
    task.begin(arriving ?? (task.writeLength > 0 && fits ? this.takeRoom(task.writeLength) : undefined), data)
  }
}

function withLength(sense: Uint8Array): Uint8Array {
  const data = new Uint8Array(2 + sense.length)
  data[0] = sense.length >> 8
  data[1] = sense.length & 0xff
  data.set(sense, 2)
  return data
}

import type { Complete } from '../../layout'
import { type dataOutPdu, NO_TAG } from '../pdu'
import { type Answer, checkCondition, SENSE } from './housekeeping'
import type { Nexus } from './logical-unit'
import type { Task } from './task'

/** What a task needs of its session. */
export interface TaskOwner extends Nexus {
  readonly maxBurstLength: number
  readonly firstBurstLength: number
  /** Asks for data; returns the Target Transfer Tag given out. */
  requestData(task: ScsiTask, offset: number, length: number, r2tSN: number): number
  /** All data of a task are there, or none are wanted any more. */
  becameReady(task: ScsiTask): void
  answered(task: ScsiTask, answer: Answer, release?: () => void): void
  /** The task has ended in one way or another. */
  left(task: ScsiTask): void
  /** The buffer of written data is free again. */
  releasedData(bytes: Uint8Array): void
}

const NOTHING = new Uint8Array()

/** A SCSI command from its PDU on: data that are written are gathered by R2Ts, one at a time, in order. */
export class ScsiTask implements Task {
  readonly nexus: TaskOwner
  readonly initiatorTaskTag: number
  readonly lun: Uint8Array
  readonly cdb: Uint8Array
  readonly read: boolean
  readonly write: boolean
  readonly expectedLength: number
  readonly headOfQueue: boolean
  readonly immediate: boolean
  /** Bytes that are to be gathered. */
  readonly writeLength: number
  refusal: Answer | undefined
  ready = false
  aborted = false
  data: Uint8Array = NOTHING
  /** Immediate data of a command whose buffer has to wait for room. */
  parked: Uint8Array | undefined
  /** R2Ts so far. */
  r2tCount = 0
  private received = 0
  private unsolicited: boolean
  private burst = { targetTransferTag: NO_TAG, end: 0, dataSN: 0 }

  constructor(
    nexus: TaskOwner,
    command: {
      initiatorTaskTag: number
      lun: Uint8Array
      cdb: Uint8Array
      read: boolean
      write: boolean
      expectedDataTransferLength: number
      attribute: number
      immediate: boolean
      final: boolean
    },
    writeLength: number,
  ) {
    this.nexus = nexus
    this.initiatorTaskTag = command.initiatorTaskTag
    this.lun = Uint8Array.from(command.lun)
    this.cdb = Uint8Array.from(command.cdb)
    this.read = command.read && command.expectedDataTransferLength > 0
    this.write = command.write && command.expectedDataTransferLength > 0
    this.expectedLength = this.read || this.write ? command.expectedDataTransferLength : 0
    this.headOfQueue = command.attribute === 3
    this.immediate = command.immediate
    this.writeLength = this.write ? writeLength : 0
    this.unsolicited = this.write && !command.final
    this.burst.end = Math.min(nexus.firstBurstLength, this.expectedLength)
  }

  get waitsForRoom(): boolean {
    return !this.ready && !this.aborted && this.writeLength > 0 && this.data.length === 0
  }

  get expectsUnsolicitedData(): boolean {
    return this.unsolicited
  }

  /**
   * Begins to gather.
   *
   * @param buffer         where the data go, `writeLength` bytes; undefined while there is no room
   * @param immediateData  what came with the command, in that buffer already or elsewhere
   */
  begin(buffer: Uint8Array | undefined, immediateData: Uint8Array): void {
    if (immediateData.length > this.burst.end) this.fail(checkCondition(SENSE.unexpectedUnsolicitedData))
    this.received = Math.min(immediateData.length, this.burst.end)
    if (buffer) this.provide(buffer, immediateData)
    else if (this.writeLength > 0) this.parked = Uint8Array.from(immediateData)
    else if (!this.unsolicited) this.becomeReady()
  }

  /** Gives a task its buffer. */
  provide(buffer: Uint8Array, immediateData: Uint8Array = this.parked ?? NOTHING): void {
    this.parked = undefined
    this.data = buffer
    if (immediateData.byteOffset !== buffer.byteOffset || immediateData.buffer !== buffer.buffer) {
      buffer.set(immediateData.subarray(0, Math.min(buffer.length, this.received)))
    }
    this.proceed()
  }

  /** Where the data of a Data-Out PDU go; undefined where they are swallowed. */
  destination(offset: number, length: number): Uint8Array | undefined {
    if (offset !== this.received || length > this.burst.end - offset || offset + length > this.data.length) {
      return undefined
    }
    return this.data.subarray(offset, offset + length)
  }

  /** Takes a Data-Out PDU. */
  takeData(pdu: Complete<typeof dataOutPdu.fields>, data: Uint8Array): void {
    if (this.ready) return
    const { burst } = this
    const legal =
      pdu.targetTransferTag === burst.targetTransferTag &&
      (this.unsolicited || burst.targetTransferTag !== NO_TAG) &&
      pdu.dataSN === burst.dataSN &&
      pdu.bufferOffset === this.received &&
      data.length <= burst.end - this.received
    if (!legal) {
      this.fail(checkCondition(SENSE.unexpectedUnsolicitedData))
      return
    }
    burst.dataSN++
    const room = Math.max(0, this.data.length - this.received)
    const target = this.data.subarray(this.received, this.received + Math.min(room, data.length))
    if (target.length > 0 && (target.byteOffset !== data.byteOffset || target.buffer !== data.buffer)) {
      target.set(data.subarray(0, target.length))
    }
    this.received += data.length
    if (!pdu.final) return
    if (!this.unsolicited && this.received !== burst.end) {
      this.fail(checkCondition(SENSE.notEnoughUnsolicitedData))
      return
    }
    this.unsolicited = false
    if (!this.waitsForRoom) this.proceed()
  }

  fail(answer: Answer): void {
    this.refusal ??= answer
    this.becomeReady()
  }

  abort(): void {
    if (this.aborted) return
    this.aborted = true
    this.nexus.left(this)
  }

  complete(answer: Answer, release?: () => void): void {
    this.nexus.left(this)
    this.nexus.answered(this, answer, release)
  }

  releaseData(): void {
    const { data } = this
    if (data.length === 0) return
    this.nexus.releasedData(data)
  }

  private proceed(): void {
    if (this.unsolicited || this.ready || this.aborted) return
    if (this.received >= this.writeLength) {
      this.becomeReady()
      return
    }
    const length = Math.min(this.writeLength - this.received, this.nexus.maxBurstLength)
    const targetTransferTag = this.nexus.requestData(this, this.received, length, this.r2tCount++)
    this.burst = { targetTransferTag, end: this.received + length, dataSN: 0 }
  }

  private becomeReady(): void {
    if (this.ready) return
    this.ready = true
    this.nexus.becameReady(this)
  }
}

import type { Complete } from '../../layout'
import type { ScsiRequest, ScsiResponse } from '../../platform'
import type { OperationalParameters } from '../operational-keys'
import { dataInPdu, dataOutPdu, NO_TAG, OPCODE, type readyToTransferPdu, type scsiResponsePdu } from '../pdu'
import type { PduWriter } from '../pdu-writer'

/** The target has broken the protocol: the connection is of no use any more. */
export class ProtocolFault extends Error {}

/** What an exchange needs of its connection. */
export interface ExchangeContext {
  readonly writer: PduWriter
  readonly parameters: Readonly<OperationalParameters>
  /** The longest data segment that the target takes. */
  readonly peerMaxRecvDataSegmentLength: number
  expStatSN(): number
}

/** One SCSI command on its way through a connection: data both ways, then the status. */
export class ScsiExchange {
  readonly request: ScsiRequest
  readonly initiatorTaskTag: number
  readonly cmdSN: number
  readonly lun: Uint8Array
  private readonly context: ExchangeContext
  private readonly resolve: (response: ScsiResponse) => void
  private readonly begun = process.hrtime.bigint()
  private received = 0
  private dataSN = 0
  private r2tSN = 0
  private unsent = 0
  private outcome: ScsiResponse | undefined

  constructor(
    context: ExchangeContext,
    command: { request: ScsiRequest; initiatorTaskTag: number; cmdSN: number; lun: Uint8Array },
    resolve: (response: ScsiResponse) => void,
  ) {
    this.context = context
    this.request = command.request
    this.initiatorTaskTag = command.initiatorTaskTag
    this.cmdSN = command.cmdSN
    this.lun = command.lun
    this.resolve = resolve
  }

  /** Bytes that are sent with the command, and those that follow it unasked. */
  get firstBurst(): { immediate: number; unsolicited: number } {
    const { parameters, peerMaxRecvDataSegmentLength } = this.context
    if (this.request.direction !== 'out') return { immediate: 0, unsolicited: 0 }
    const burst = Math.min(this.request.data.length, parameters.firstBurstLength)
    const immediate = parameters.immediateData ? Math.min(burst, peerMaxRecvDataSegmentLength) : 0
    return { immediate, unsolicited: parameters.initialR2T ? 0 : burst - immediate }
  }

  /** Sends what follows the command unasked. */
  sendUnsolicited(): void {
    const { immediate, unsolicited } = this.firstBurst
    if (unsolicited > 0) this.sendData(immediate, unsolicited, NO_TAG)
  }

  /** Writes one PDU whose data are the caller's: the command is not over before they have left. */
  write(header: Uint8Array, data?: Uint8Array): void {
    this.unsent++
    this.context.writer.write(header, data, () => {
      this.unsent--
      this.settle()
    })
  }

  /** Where the data of a Data-In PDU go. */
  destination(header: Uint8Array, length: number): Uint8Array | undefined {
    const { bufferOffset } = dataInPdu.decodeComplete(header)!
    const { direction, data } = this.request
    if (direction !== 'in' || bufferOffset > data.length || length > data.length - bufferOffset) return undefined
    return data.subarray(bufferOffset, bufferOffset + length)
  }

  /**
   * Takes a Data-In PDU.
   *
   * @throws {ProtocolFault} for data out of order or beyond what was asked for
   */
  takeData(pdu: Complete<typeof dataInPdu.fields>, length: number): void {
    const { direction, data } = this.request
    if (direction !== 'in') throw new ProtocolFault('data for a command that reads none')
    if (pdu.bufferOffset !== this.received || length > data.length - this.received) {
      throw new ProtocolFault('data out of order or beyond what was asked for')
    }
    if (pdu.dataSN !== this.dataSN) throw new ProtocolFault('a piece of data is missing')
    this.dataSN++
    this.received += length
    if (pdu.statusPresent) this.finish(pdu.status, new Uint8Array(), pdu)
  }

  /** Answers an R2T. */
  takeReadyToTransfer(pdu: Complete<typeof readyToTransferPdu.fields>): void {
    const { direction, data } = this.request
    const { bufferOffset, desiredDataTransferLength: length } = pdu
    const legal =
      direction === 'out' &&
      length > 0 &&
      length <= this.context.parameters.maxBurstLength &&
      bufferOffset <= data.length &&
      length <= data.length - bufferOffset &&
      pdu.r2tSN === this.r2tSN
    if (!legal) throw new ProtocolFault('a request for data that the command does not have')
    this.r2tSN++
    this.sendData(bufferOffset, length, pdu.targetTransferTag)
  }

  /** Takes the SCSI Response. */
  takeResponse(pdu: Complete<typeof scsiResponsePdu.fields>, data: Uint8Array): void {
    const length = data.length < 2 ? 0 : Math.min(data[0]! * 0x100 + data[1]!, data.length - 2)
    this.finish(pdu.status, Uint8Array.from(data.subarray(2, 2 + length)), pdu)
  }

  private finish(
    status: number,
    sense: Uint8Array,
    residual: { residualUnderflow: boolean; residualCount: number },
  ): void {
    const { direction, data } = this.request
    const durationUs = Number((process.hrtime.bigint() - this.begun) / 1000n)
    // Targets miscount residuals of what they send: bytes that came are there. Of what was written only they know.
    const written = data.length - (residual.residualUnderflow ? Math.min(residual.residualCount, data.length) : 0)
    const transferredBytes = direction === 'in' ? this.received : direction === 'out' ? written : 0
    this.outcome = { status, sense, transferredBytes, durationUs }
    this.settle()
  }

  private settle(): void {
    if (this.outcome && this.unsent === 0) this.resolve(this.outcome)
  }

  private sendData(offset: number, length: number, targetTransferTag: number): void {
    const { data } = this.request
    const segment = this.context.peerMaxRecvDataSegmentLength
    const end = offset + length
    for (let at = offset, dataSN = 0; at < end; dataSN++) {
      const piece = data.subarray(at, Math.min(at + segment, end))
      this.write(
        dataOutPdu.encode({
          opcode: OPCODE.dataOut,
          final: at + piece.length === end,
          lun: this.lun,
          initiatorTaskTag: this.initiatorTaskTag,
          targetTransferTag,
          expStatSN: this.context.expStatSN(),
          dataSN,
          bufferOffset: at,
        }),
        piece,
      )
      at += piece.length
    }
  }
}

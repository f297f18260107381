import { crc32c, decodeDigest } from './digest'
import { BASIC_HEADER_LENGTH } from './pdu'

/** No Additional Header Segment of a command for a drive is near this long; longer ones are an attack. */
export const MAXIMUM_AHS_BYTES = 64
const DIGEST_LENGTH = 4

/** Why a stream of PDUs cannot be read any further. What follows cannot be told apart: the connection has to end. */
export type PduFault = 'header-digest' | 'data-digest' | 'data-too-long' | 'header-too-long'

/** A {@link PduFault}, with the header that it was found in. */
export class PduError extends Error {
  readonly fault: PduFault
  readonly header: Uint8Array

  constructor(fault: PduFault, header: Uint8Array) {
    super(`PDU unreadable: ${fault}`)
    this.fault = fault
    this.header = Uint8Array.from(header)
  }
}

/** Who takes the PDUs that a {@link PduReader} finds. */
export interface PduReceiver {
  /**
   * Where the data segment of a PDU goes, at least as long as it; without one the reader keeps it. Asked once the header
   * is there, so that data go from the socket to where they belong in one copy.
   */
  destination(header: Uint8Array, dataSegmentLength: number): Uint8Array | undefined
  /** A whole PDU. Header and data are only lent: who keeps bytes copies them. */
  receive(header: Uint8Array, data: Uint8Array): void
}

/**
 * Cuts a byte stream into PDUs, however the network has cut it before. At most one data segment is held, and none
 * longer than allowed.
 */
export class PduReader {
  /** Longest data segment that the other side may send. */
  maximumDataSegmentBytes: number
  headerDigest = false
  dataDigest = false
  private readonly receiver: PduReceiver
  private readonly header = new Uint8Array(BASIC_HEADER_LENGTH + MAXIMUM_AHS_BYTES)
  private readonly trailer = new Uint8Array(DIGEST_LENGTH)
  private received = 0
  private headerLength = BASIC_HEADER_LENGTH
  private data: Uint8Array | undefined
  private dataLength = 0
  private paddedLength = 0
  private crc = 0
  private stage: 'header' | 'header-digest' | 'data' | 'data-digest' = 'header'

  constructor(receiver: PduReceiver, maximumDataSegmentBytes: number) {
    this.receiver = receiver
    this.maximumDataSegmentBytes = maximumDataSegmentBytes
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @throws {PduError} where the stream cannot be read any further
   */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.stage === 'data') at = this.takeData(chunk, at)
      else if (this.stage === 'header') at = this.takeHeader(chunk, at)
      else at = this.takeDigest(chunk, at)
    }
  }

  private takeHeader(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.headerLength - this.received, chunk.length - at)
    this.header.set(chunk.subarray(at, at + taken), this.received)
    this.received += taken
    if (this.received < this.headerLength) return at + taken
    if (this.headerLength === BASIC_HEADER_LENGTH && this.header[4] !== 0) {
      const additional = this.header[4]! * 4
      if (additional > MAXIMUM_AHS_BYTES) throw new PduError('header-too-long', this.header.subarray(0, 48))
      this.headerLength += additional
      return at + taken
    }
    if (this.headerDigest) this.enter('header-digest')
    else this.beginData()
    return at + taken
  }

  private takeDigest(chunk: Uint8Array, at: number): number {
    const taken = Math.min(DIGEST_LENGTH - this.received, chunk.length - at)
    this.trailer.set(chunk.subarray(at, at + taken), this.received)
    this.received += taken
    if (this.received < DIGEST_LENGTH) return at + taken
    const header = this.header.subarray(0, this.headerLength)
    const expected = decodeDigest(this.trailer)
    if (this.stage === 'header-digest') {
      if (crc32c(header) !== expected) throw new PduError('header-digest', header)
      this.beginData()
    } else {
      if (this.crc !== expected) throw new PduError('data-digest', header)
      this.finish(this.data!.subarray(0, this.dataLength))
    }
    return at + taken
  }

  private beginData(): void {
    const header = this.header.subarray(0, this.headerLength)
    this.dataLength = this.header[5]! * 0x10000 + this.header[6]! * 0x100 + this.header[7]!
    if (this.dataLength > this.maximumDataSegmentBytes) throw new PduError('data-too-long', header)
    if (this.dataLength === 0) {
      this.finish(new Uint8Array())
      return
    }
    this.paddedLength = (this.dataLength + 3) & ~3
    this.data = this.receiver.destination(header, this.dataLength)
    this.crc = 0
    this.enter('data')
  }

  private takeData(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.paddedLength - this.received, chunk.length - at)
    const piece = chunk.subarray(at, at + taken)
    if (this.dataDigest) this.crc = crc32c(piece, this.crc)
    const whole = taken === this.paddedLength
    if (whole && !this.data) {
      this.data = piece
    } else {
      this.data ??= new Uint8Array(this.dataLength)
      if (this.received < this.dataLength) {
        this.data.set(piece.subarray(0, this.dataLength - this.received), this.received)
      }
    }
    this.received += taken
    if (this.received === this.paddedLength) {
      if (this.dataDigest) this.enter('data-digest')
      else this.finish(this.data.subarray(0, this.dataLength))
    }
    return at + taken
  }

  private finish(data: Uint8Array): void {
    const { headerLength } = this
    this.headerLength = BASIC_HEADER_LENGTH
    this.data = undefined
    this.enter('header')
    this.receiver.receive(this.header.subarray(0, headerLength), data)
  }

  private enter(stage: PduReader['stage']): void {
    this.stage = stage
    this.received = 0
  }
}

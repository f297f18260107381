import type { Socket } from 'node:net'
import { crc32c, encodeDigest } from './digest'

const PADDING = new Uint8Array(3)
const NOTHING = new Uint8Array()
/** Below this a copy is cheaper than one more element of a gathered write. */
const COPY_LIMIT = 8192

/**
 * Writes PDUs to a socket. What is written in one turn of the event loop leaves as one gathered write, without copies of
 * longer data segments.
 */
export class PduWriter {
  headerDigest = false
  dataDigest = false
  private readonly socket: Socket
  private corked = false

  constructor(socket: Socket) {
    this.socket = socket
  }

  /** Bytes that wait for the network. */
  get pendingBytes(): number {
    return this.socket.writableLength
  }

  /**
   * Writes one PDU. The header's DataSegmentLength is filled in here.
   *
   * @param data   must stay as it is until `sent` is called
   * @param sent   called when the system has taken all bytes, or the socket has failed
   */
  write(header: Uint8Array, data: Uint8Array = NOTHING, sent?: () => void): void {
    const { socket } = this
    if (!socket.writable) {
      sent?.()
      return
    }
    if (!this.corked) {
      this.corked = true
      socket.cork()
      // Many commands in flight are answered in one turn: one call of the system for all of them.
      setImmediate(() => {
        this.corked = false
        socket.uncork()
      })
    }
    const { length } = data
    header[5] = length >>> 16
    header[6] = (length >>> 8) & 0xff
    header[7] = length & 0xff
    const parts = [header]
    if (this.headerDigest) parts.push(encodeDigest(crc32c(header)))
    if (length > 0) {
      parts.push(data)
      const padding = PADDING.subarray(0, -length & 3)
      if (padding.length > 0) parts.push(padding)
      if (this.dataDigest) parts.push(encodeDigest(crc32c(padding, crc32c(data))))
    }
    if (parts.length > 1 && length < COPY_LIMIT) parts.splice(0, parts.length, Buffer.concat(parts))
    const last = parts.pop()!
    for (const part of parts) socket.write(part)
    socket.write(last, sent && (() => sent()))
  }
}

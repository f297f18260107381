import * as fs from 'node:fs'
import { promisify } from 'node:util'

const readAt = promisify(fs.read)
const writeAt = promisify(fs.write)

/** Bytes that are read ahead: a system call for each command is most of its time. */
const READ_AHEAD_BYTES = 1024 * 1024
/**
 * Bytes that are gathered before they are written. Less costs a hand-over to another thread more often; Linux copies more
 * at a time more slowly, because it makes larger pages of it.
 */
const WRITE_BYTES = 256 * 1024

/**
 * Blocks of one size in a sparse file: block 0 at the file's begin, what was never written is zeros. The file is made
 * when the first block is written.
 *
 * Writes that follow each other go to the file together, reads that follow each other are read ahead; whatever the order,
 * a read sees all writes before it. Calls must not overlap: a drive runs one command at a time.
 */
export class BlockStore {
  readonly path: string
  readonly blockBytes: number
  private readonly writable: boolean
  private descriptor: number | undefined
  private unsynchronised = false
  /** Written, but not in the file yet. */
  private readonly gathered: { buffer: Uint8Array | undefined; position: number; bytes: number } = {
    buffer: undefined,
    position: 0,
    bytes: 0,
  }
  /** A piece of the file. */
  private readonly ahead: { buffer: Uint8Array | undefined; position: number; bytes: number } = {
    buffer: undefined,
    position: 0,
    bytes: 0,
  }
  /** Where the last read ended. */
  private readEnd = -1

  constructor(path: string, blockBytes: number, writable: boolean) {
    this.path = path
    this.blockBytes = blockBytes
    this.writable = writable
  }

  /** Fills `into` from `block` on. */
  async read(block: number, into: Uint8Array): Promise<void> {
    await this.flush()
    const position = block * this.blockBytes
    const isSequential = position === this.readEnd
    this.readEnd = position + into.length
    if (this.copyAhead(position, into)) return
    if (!isSequential || into.length >= READ_AHEAD_BYTES) {
      await this.readFile(position, into)
      return
    }
    this.ahead.buffer ??= new Uint8Array(READ_AHEAD_BYTES)
    // While it is being filled nothing of it counts.
    this.ahead.bytes = 0
    await this.readFile(position, this.ahead.buffer)
    this.ahead.position = position
    this.ahead.bytes = READ_AHEAD_BYTES
    this.copyAhead(position, into)
  }

  private copyAhead(position: number, into: Uint8Array): boolean {
    const { buffer, position: start, bytes } = this.ahead
    if (!buffer || position < start || position + into.length > start + bytes) return false
    into.set(buffer.subarray(position - start, position - start + into.length))
    return true
  }

  private async readFile(position: number, into: Uint8Array): Promise<void> {
    const descriptor = this.open(false)
    let filled = 0
    while (descriptor !== undefined && filled < into.length) {
      const { bytesRead } = await readAt(descriptor, into, filled, into.length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    into.fill(0, filled)
  }

  /** Writes whole blocks from `block` on; `bytes` may be used again once it resolves. */
  async write(block: number, bytes: Uint8Array): Promise<void> {
    this.ahead.bytes = 0
    const { gathered } = this
    const position = block * this.blockBytes
    const follows = position === gathered.position + gathered.bytes
    if (!follows || gathered.bytes + bytes.length > WRITE_BYTES) await this.flush()
    this.unsynchronised = true
    if (bytes.length >= WRITE_BYTES) {
      await this.writeFile(position, bytes)
      return
    }
    gathered.buffer ??= new Uint8Array(WRITE_BYTES)
    if (gathered.bytes === 0) gathered.position = position
    gathered.buffer.set(bytes, gathered.bytes)
    gathered.bytes += bytes.length
  }

  private async flush(): Promise<void> {
    const { buffer, position, bytes } = this.gathered
    if (!buffer || bytes === 0) return
    this.gathered.bytes = 0
    await this.writeFile(position, buffer.subarray(0, bytes))
  }

  private async writeFile(position: number, bytes: Uint8Array): Promise<void> {
    const descriptor = this.open(true)!
    let written = 0
    while (written < bytes.length) {
      const length = Math.min(WRITE_BYTES, bytes.length - written)
      const { bytesWritten } = await writeAt(descriptor, bytes, written, length, position + written)
      written += bytesWritten
    }
  }

  /** Drops all blocks: they are zeros again. */
  async erase(): Promise<void> {
    this.gathered.bytes = 0
    this.ahead.bytes = 0
    const descriptor = this.open(false)
    if (descriptor === undefined) return
    await promisify(fs.ftruncate)(descriptor, 0)
    this.unsynchronised = true
  }

  /** Returns once what was written cannot be lost any more. */
  async synchronise(): Promise<void> {
    if (!this.unsynchronised) return
    await this.flush()
    if (this.descriptor !== undefined) await promisify(fs.fdatasync)(this.descriptor)
    this.unsynchronised = false
  }

  /** Closes the file; what was not synchronised goes to it, but may still be lost. */
  async close(): Promise<void> {
    await this.flush()
    const { descriptor } = this
    this.descriptor = undefined
    if (descriptor !== undefined) await promisify(fs.close)(descriptor)
  }

  private open(create: boolean): number | undefined {
    if (this.descriptor !== undefined) return this.descriptor
    if (!create && !fs.existsSync(this.path)) return undefined
    const { O_RDONLY, O_RDWR, O_CREAT } = fs.constants
    this.descriptor = fs.openSync(this.path, this.writable ? O_RDWR | (create ? O_CREAT : 0) : O_RDONLY)
    return this.descriptor
  }
}

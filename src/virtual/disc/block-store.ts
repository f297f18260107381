import * as fs from 'node:fs'
import { promisify } from 'node:util'

const readAt = promisify(fs.read)
const writeAt = promisify(fs.write)

/**
 * Blocks of one size in a sparse file: block 0 at the file's begin, what was never written is zeros. The file is made
 * when the first block is written.
 */
export class BlockStore {
  readonly path: string
  readonly blockBytes: number
  private readonly writable: boolean
  private descriptor: number | undefined
  private unsynchronised = false

  constructor(path: string, blockBytes: number, writable: boolean) {
    this.path = path
    this.blockBytes = blockBytes
    this.writable = writable
  }

  /** Fills `into` from `block` on. */
  async read(block: number, into: Uint8Array): Promise<void> {
    const descriptor = this.open(false)
    let filled = 0
    while (descriptor !== undefined && filled < into.length) {
      const position = block * this.blockBytes + filled
      const { bytesRead } = await readAt(descriptor, into, filled, into.length - filled, position)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    into.fill(0, filled)
  }

  /** Writes whole blocks from `block` on. */
  async write(block: number, bytes: Uint8Array): Promise<void> {
    const descriptor = this.open(true)!
    this.unsynchronised = true
    let written = 0
    while (written < bytes.length) {
      const position = block * this.blockBytes + written
      const { bytesWritten } = await writeAt(descriptor, bytes, written, bytes.length - written, position)
      written += bytesWritten
    }
  }

  /** Drops all blocks: they are zeros again. */
  async erase(): Promise<void> {
    const descriptor = this.open(false)
    if (descriptor === undefined) return
    await promisify(fs.ftruncate)(descriptor, 0)
    this.unsynchronised = true
  }

  /** Returns once what was written cannot be lost any more. */
  async synchronise(): Promise<void> {
    if (!this.unsynchronised || this.descriptor === undefined) return
    await promisify(fs.fdatasync)(this.descriptor)
    this.unsynchronised = false
  }

  async close(): Promise<void> {
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

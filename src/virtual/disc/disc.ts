import * as fs from 'node:fs'
import * as path from 'node:path'
import { UsageError } from '../../errors'
import { TransportError } from '../../platform/transport'
import { BlockStore } from './block-store'
import { type DiscState, decodeDiscState, encodeDiscState } from './disc-state'
import { DiscLock } from './lock'

const BLOCK_BYTES = 2048
const SECTOR_BYTES = 2352
/** Sectors before LBA 0 that can be stored: the pre-gap of the first track. */
const SECTORS_BEFORE_0 = 150

/**
 * A virtual disc: a small state file, the blocks in a sparse file beside it, and, once a CD track needs more than 2048
 * bytes a block, its sectors in another one.
 *
 * The state file is replaced whole, never changed in place, and only after the blocks that it speaks of are on the disk:
 * a process that is killed at any moment leaves the last state that was committed, with all its blocks.
 */
export class Disc {
  readonly path: string
  readonly writable: boolean
  readonly state: DiscState
  /** 2048 bytes a block, LBA 0 first. */
  readonly blocks: BlockStore
  private readonly sectors: BlockStore
  /** True where this opener only reads while another one writes: what looks broken off is still going on. */
  readonly writtenElsewhere: boolean
  private readonly lock: DiscLock | undefined
  private committed: string

  private constructor(statePath: string, state: DiscState, text: string, lock: DiscLock | undefined) {
    this.path = statePath
    this.state = state
    this.committed = text
    this.lock = lock
    this.writable = lock !== undefined
    this.writtenElsewhere = !lock && DiscLock.isHeld(statePath)
    const file = path.resolve(path.dirname(statePath), state.image.file)
    this.blocks = new BlockStore(file, BLOCK_BYTES, this.writable && !state.image.asItIs)
    this.sectors = new BlockStore(`${statePath}.sectors`, SECTOR_BYTES, this.writable)
  }

  /**
   * Opens a virtual disc.
   *
   * @throws {UsageError} `USAGE_NO_SUCH_FILE` where there is no state file
   * @throws {FormatError} `FORMAT_VIRTUAL_DISC` where the file is something else
   * @throws {TransportError} `TRANSPORT_BUSY` where it is open for writing already and `writable` is asked for
   */
  static open(statePath: string, options: { writable: boolean }): Disc {
    // Locked before it is read: a writer may be about to replace it.
    const lock = options.writable && fs.existsSync(statePath) ? DiscLock.acquire(statePath) : undefined
    try {
      const text = readStateFile(statePath)
      return new Disc(statePath, decodeDiscState(text, statePath), text, lock)
    } catch (error) {
      lock?.release()
      throw error
    }
  }

  /**
   * Writes a new disc's state file and opens it for writing. A virtual disc that is there is replaced.
   *
   * @throws {UsageError} `USAGE_FILE_EXISTS` where the file is something else, `USAGE_NO_SUCH_FILE` without its folder
   * @throws {TransportError} `TRANSPORT_BUSY` where the disc that is there is open for writing
   */
  static create(statePath: string, state: DiscState): Disc {
    const folder = path.dirname(path.resolve(statePath))
    if (!fs.existsSync(folder)) {
      throw new UsageError('USAGE_NO_SUCH_FILE', `There is no folder ${folder}.`, { hint: 'Make it first.' })
    }
    const before = fs.existsSync(statePath) ? replaceable(statePath) : undefined
    try {
      if (!state.image.asItIs) fs.rmSync(path.resolve(folder, state.image.file), { force: true })
      fs.rmSync(`${statePath}.sectors`, { force: true })
      const text = encodeDiscState(state)
      replaceFile(statePath, text)
      return new Disc(statePath, state, text, before ?? DiscLock.acquire(statePath))
    } catch (error) {
      before?.release()
      throw error
    }
  }

  /** Main channel of CD sectors, 2352 bytes each, from LBA -150 on. */
  readSectors(lba: number, into: Uint8Array): Promise<void> {
    return this.sectors.read(lba + SECTORS_BEFORE_0, into)
  }

  writeSectors(lba: number, bytes: Uint8Array): Promise<void> {
    return this.sectors.write(lba + SECTORS_BEFORE_0, bytes)
  }

  /** Erases all blocks. */
  async erase(): Promise<void> {
    await this.blocks.erase()
    await this.sectors.erase()
  }

  /** Makes the state, and all blocks written before, survive whatever happens next. */
  async commit(): Promise<void> {
    if (!this.writable) return
    await this.blocks.synchronise()
    await this.sectors.synchronise()
    const text = encodeDiscState(this.state)
    if (text === this.committed) return
    replaceFile(this.path, text)
    this.committed = text
  }

  async close(): Promise<void> {
    await this.blocks.close()
    await this.sectors.close()
    this.lock?.release()
  }
}

/** Locks the disc that a new one replaces; what is no virtual disc is never overwritten. */
function replaceable(statePath: string): DiscLock {
  try {
    decodeDiscState(readStateFile(statePath), statePath)
  } catch (error) {
    throw new UsageError('USAGE_FILE_EXISTS', `${statePath} exists and is no virtual disc: it is left alone.`, {
      hint: 'Choose another name, or remove the file first.',
      cause: error,
    })
  }
  return DiscLock.acquire(statePath)
}

/** State files are small; whatever is larger is something else, such as the image itself. */
const LARGEST_STATE_FILE_BYTES = 64 * 1024 * 1024

function readStateFile(statePath: string): string {
  try {
    const { size } = fs.statSync(statePath)
    if (size > LARGEST_STATE_FILE_BYTES) return ''
    return fs.readFileSync(statePath, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      throw new UsageError('USAGE_NO_SUCH_FILE', `There is no virtual disc at ${statePath}.`, {
        hint: `Make one with "scsi-mmc virtual create ${statePath} --media TYPE".`,
        cause: error,
      })
    }
    throw new TransportError(
      code === 'EACCES' ? 'TRANSPORT_NO_PERMISSION' : 'TRANSPORT_NOT_A_SCSI_DEVICE',
      `${statePath} cannot be read as a virtual disc: ${(error as Error).message}.`,
      { address: `virtual:${statePath}`, cause: error },
    )
  }
}

/** Replaces a file at one stroke: afterwards it is the old one or the new one, never a mixture. */
function replaceFile(file: string, text: string): void {
  const temporary = `${file}.new`
  const descriptor = fs.openSync(temporary, 'w')
  try {
    fs.writeSync(descriptor, text)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  fs.renameSync(temporary, file)
  synchroniseDirectory(path.dirname(file))
}

function synchroniseDirectory(directory: string): void {
  // Windows opens no directories; there the file system's own journal keeps the rename.
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(directory, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

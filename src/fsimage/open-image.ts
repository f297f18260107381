/** Discs and images opened for reading: their sessions, and the file systems in each. */
import { asError, MediumError, ScsiMmcError, UsageError } from '../errors'
import type { Drive, Medium } from '../mmc'
import type { BlockSource } from './block-source'
import { CachedBlockSource } from './cached-block-source'
import type { BootEntry } from './el-torito/read'
import { openImageFile } from './image-file'
import { ImapiError } from './imapi-error'
import type { FileSystemType, ImportedFileSystem } from './imported-file-system'
import { type Iso9660FileSystem, readIso9660 } from './iso9660/read'
import { type FoundSession, findSessions, sessionsOfMedium } from './sessions'
import { readUdf } from './udf/read'

/** A session with what it holds. */
export interface SessionContents {
  readonly number: number
  /** LBA of its first block. */
  readonly start: number
  /** The richest first: UDF, Rock Ridge, Joliet, plain ISO 9660. */
  readonly fileSystems: readonly ImportedFileSystem[]
  readonly bootEntries: readonly BootEntry[]
  readonly warnings: readonly string[]
}

/** A disc or an image, opened for reading. */
export interface OpenedImage {
  /** What contents of files refer to. */
  readonly source: BlockSource
  readonly sessions: readonly FoundSession[]
  /** Reads what a session holds; each is read once. */
  session(number: number): Promise<SessionContents>
  close(): Promise<void>
}

/** What to take of an image. */
export interface OpenImageOptions {
  /** A session that cannot be found: LBA of its first block. It is the only one then. */
  readonly sessionStart?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Opens an image file. */
export async function openImage(path: string, options: OpenImageOptions = {}): Promise<OpenedImage> {
  const source = await openImageFile(path)
  return openSource(source, options)
}

/** Opens the medium in a drive; closing it leaves the drive open. */
export async function openDisc(drive: Drive, options: OpenImageOptions = {}): Promise<OpenedImage> {
  // What talks to drives is not needed for image files.
  const [{ readMedium }, { driveBlockSource }] = await Promise.all([
    import('../mmc/medium'),
    import('./drive-block-source'),
  ])
  const given = options.signal ? { signal: options.signal } : {}
  const medium = await readMedium(drive, given)
  if (!medium) throw new MediumError('MEDIUM_NOT_PRESENT', 'There is no medium in the drive.', { hint: 'Load one.' })
  const source = await driveBlockSource(drive, given)
  return openSource(source, options, medium)
}

/** Opens any source of blocks. */
export async function openSource(
  source: BlockSource,
  options: OpenImageOptions = {},
  medium?: Medium,
): Promise<OpenedImage> {
  const cached = new CachedBlockSource(source)
  try {
    const sessions = await sessionsOf(cached, options, medium)
    return new Opened(cached, sessions)
  } catch (error) {
    await cached.close()
    throw error
  }
}

async function sessionsOf(
  source: CachedBlockSource,
  options: OpenImageOptions,
  medium: Medium | undefined,
): Promise<FoundSession[]> {
  if (options.sessionStart !== undefined) return [{ number: 1, start: options.sessionStart }]
  const listed = medium ? sessionsOfMedium(medium) : []
  // On overwritable media all sessions are one to the drive: the volumes tell.
  return medium && listed.length > 0 && !medium.isOverwritable ? listed : findSessions(source)
}

class Opened implements OpenedImage {
  readonly sessions: readonly FoundSession[]
  private readonly cached: CachedBlockSource
  private readonly read = new Map<number, Promise<SessionContents>>()

  constructor(cached: CachedBlockSource, sessions: readonly FoundSession[]) {
    this.cached = cached
    this.sessions = sessions
  }

  get source(): BlockSource {
    return this.cached.source
  }

  session(number: number): Promise<SessionContents> {
    const known = this.read.get(number)
    if (known) return known
    const found = this.sessions.find(session => session.number === number)
    if (!found) {
      const last = this.sessions.at(-1)?.number ?? 0
      throw new UsageError('USAGE_SESSION', `There is no session ${number}; the last one is ${last}.`)
    }
    const contents = readSession(this.cached, found)
    this.read.set(number, contents)
    return contents
  }

  async close(): Promise<void> {
    await this.cached.close()
  }
}

/**
 * Reads the file systems of one session. A kind that cannot be read is a warning as long as another can.
 *
 * growisofs replaces the descriptors of ISO 9660 on a medium that it adds to, and leaves those of UDF: they tell of what
 * was there before, and are left out.
 */
export async function readSession(source: CachedBlockSource, session: FoundSession): Promise<SessionContents> {
  const problems: string[] = []
  let failure: unknown
  const attempt = async <T>(kind: string, reading: Promise<T[]>): Promise<T[]> => {
    try {
      return await reading
    } catch (error) {
      failure ??= error
      problems.push(`${kind}: ${asError(error).message}`)
      return []
    }
  }
  const udf = await attempt('UDF', readUdf(source, session))
  const iso: Iso9660FileSystem[] = await attempt('ISO 9660', readIso9660(source, session))
  const isCurrent = (system: ImportedFileSystem) => !iso[0] || iso[0].rootStart < system.endAddress
  for (const { endAddress } of udf.filter(system => !isCurrent(system))) {
    problems.push(
      `UDF: its volume ends at block ${endAddress}, before the tree of ISO 9660 begins at block ${iso[0]?.rootStart}: it is what was there before`,
    )
  }
  const fileSystems = [...udf.filter(isCurrent), ...iso].sort((a, b) => rank(a) - rank(b))
  if (fileSystems.length === 0 && failure instanceof ScsiMmcError) throw failure
  return {
    number: session.number,
    start: session.start,
    fileSystems,
    bootEntries: iso[0]?.bootEntries ?? [],
    warnings: problems,
  }
}

function rank(system: ImportedFileSystem): number {
  if (system.type === 'UDF') return 0
  if (system.rockRidge) return 1
  return system.type === 'Joliet' ? 2 : 3
}

/**
 * The file system of a session to show: the one asked for, else the richest.
 *
 * @throws {ImapiError} `IMAPI_E_FILE_SYSTEM_NOT_FOUND` where there is none of that type,
 *   `IMAPI_E_NO_SUPPORTED_FILE_SYSTEM` where there is none at all
 */
export function chooseFileSystem(session: SessionContents, type?: FileSystemType): ImportedFileSystem {
  const found = type ? session.fileSystems.find(system => system.type === type) : session.fileSystems[0]
  if (found) return found
  const there = session.fileSystems.map(system => system.type).join(', ')
  if (there === '') {
    throw new ImapiError(
      'IMAPI_E_NO_SUPPORTED_FILE_SYSTEM',
      `No file system was found in the session at block ${session.start}.${session.warnings.map(text => ` ${text}`).join('')}`,
      { hint: 'Name another session, or where one begins.' },
    )
  }
  throw new ImapiError('IMAPI_E_FILE_SYSTEM_NOT_FOUND', `The session holds no ${type}, but ${there}.`)
}

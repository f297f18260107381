/** Importing what a disc holds into the tree of an image. */
import { createHash } from 'node:crypto'
import { asError, UsageError } from '../errors'
import type { Drive, Medium } from '../mmc'
import { BLOCK_BYTES, type BlockSource } from './block-source'
import { CachedBlockSource } from './cached-block-source'
import { driveBlockSource } from './drive-block-source'
import { ImapiError } from './imapi-error'
import type { FileSystemType, ImportedFileSystem } from './imported-file-system'
import type { AcceptedMultisession } from './multisession'
import { readSession, type SessionContents } from './open-image'
import { findSessions, sessionsOfMedium } from './sessions'
import type { TreeChanges } from './tree/changes'
import type { DirectoryNode } from './tree/node'

/** In which order file systems are preferred (IFileSystemImage::ImportFileSystem). */
export const IMPORT_PREFERENCE: readonly FileSystemType[] = ['UDF', 'Joliet', 'ISO9660']

/** What the next session is put on. */
export interface PreviousSession {
  readonly source: BlockSource
  readonly contents: SessionContents
  readonly kind: 'sequential' | 'random-write'
  /** Where the next session's image begins (LBA). */
  readonly nextWritableAddress: number
  /** Blocks that can still be written; `undefined` where that is not known. */
  readonly freeBlocks: number | undefined
  readonly writeUnitSize: number
  /** Block 16 and the anchors of the disc can be written again. */
  readonly rewritable: boolean
  readonly medium: Medium | undefined
  /** What {@link discFingerprint} gave when the session was read. */
  readonly fingerprint: Buffer
}

/** A growing image file, or any other source of blocks, as what the next session is put on. */
export interface ImageToExtend {
  readonly source: BlockSource
  /** First block of the session that is imported; found if left out. */
  readonly sessionStart?: number
  /** Where the next session begins; behind the volume, at a multiple of `writeUnitSize`, if left out. */
  readonly nextWritableAddress?: number
  /** `random-write` rewrites block 16, so that readers that know nothing of sessions see the new tree. */
  readonly kind: 'sequential' | 'random-write'
  readonly writeUnitSize?: number
}

const DEFAULT_UNIT = 16

/**
 * Reads what the accepted multisession interface names.
 *
 * @param session  number of an earlier session than the last
 * @throws {ImapiError} as importing does
 * @throws {UsageError} `USAGE_SESSION` where the medium has no such session
 */
export async function previousSessionOf(accepted: AcceptedMultisession, session?: number): Promise<PreviousSession> {
  const { importRecorder, properties, kind, medium } = accepted
  if (!importRecorder) {
    throw new ImapiError(
      'IMAPI_E_IMPORT_SEEK_FAILURE',
      'The multisession interface in use has no drive to import from.',
      {
        hint: 'Use the interfaces that the drive gives, or importImage.',
      },
    )
  }
  const source = await sourceOf(importRecorder)
  const number = (name: string, otherwise: number) => {
    const value = properties[name]
    return typeof value === 'number' ? value : otherwise
  }
  const unit = Math.max(1, number('writeUnitSize', 1))
  const rewritable = medium ? isRewritten(medium) : kind === 'random-write'
  const start = kind === 'sequential' && !rewritable ? number('startAddressOfPreviousSession', 0) : 0
  const newest = await contentsAt(source, Math.max(0, start))
  const contents =
    session === undefined ? newest : await contentsAt(source, await startOfSession(source, medium, rewritable, session))
  const next = kind === 'sequential' ? number('nextWritableAddress', -1) : -1
  const free = kind === 'sequential' ? number('freeSectorsOnMedia', -1) : -1
  // Behind the newest volume, whichever is imported.
  const nextWritableAddress = next >= 0 ? next : (openEnd(medium) ?? behind(newest, unit))
  const capacity = medium?.capacityBlocks ?? number('totalSectorsOnMedia', -1)
  return {
    source,
    contents,
    kind,
    nextWritableAddress,
    freeBlocks: free >= 0 ? free : capacity > 0 ? Math.max(0, capacity - nextWritableAddress) : undefined,
    writeUnitSize: unit,
    rewritable,
    medium,
    fingerprint: await discFingerprint(source, contents.start),
  }
}

async function startOfSession(
  source: BlockSource,
  medium: Medium | undefined,
  rewritable: boolean,
  number: number,
): Promise<number> {
  const sessions = medium && !rewritable ? sessionsOfMedium(medium) : await findSessions(new CachedBlockSource(source))
  const found = sessions.find(each => each.number === number)
  if (found) return found.start
  throw new UsageError(
    'USAGE_SESSION',
    `There is no session ${number}; the last one is ${sessions.at(-1)?.number ?? 0}.`,
  )
}

/** Reads the image that is to be extended. @throws {ImapiError} as importing does */
export async function previousSessionOfImage(image: ImageToExtend): Promise<PreviousSession> {
  const cached = new CachedBlockSource(image.source)
  const rewritable = image.kind === 'random-write'
  const start = image.sessionStart ?? (rewritable ? 0 : ((await findSessions(cached)).at(-1)?.start ?? 0))
  const contents = await contentsAt(image.source, start)
  const unit = image.writeUnitSize ?? DEFAULT_UNIT
  return {
    source: image.source,
    contents,
    kind: image.kind,
    nextWritableAddress: image.nextWritableAddress ?? behind(contents, unit),
    freeBlocks: undefined,
    writeUnitSize: unit,
    rewritable,
    medium: undefined,
    fingerprint: await discFingerprint(image.source, contents.start),
  }
}

/** With pseudo-overwrite, too, readers go by the descriptors at the disc's beginning, whatever its tracks. */
export function isRewritten({ isOverwritable, family }: Medium): boolean {
  return isOverwritable || family === 'bd-r-pow'
}

/** Where a medium goes on that only lets recorded blocks be replaced. */
function openEnd(medium: Medium | undefined): number | undefined {
  return medium && !medium.isOverwritable ? (medium.nextWritableAddress ?? undefined) : undefined
}

async function sourceOf(drive: Drive): Promise<BlockSource> {
  try {
    return await driveBlockSource(drive)
  } catch (cause) {
    throw new ImapiError('IMAPI_E_IMPORT_SEEK_FAILURE', 'The disc in the drive cannot be read.', { cause })
  }
}

async function contentsAt(source: BlockSource, start: number): Promise<SessionContents> {
  const cached = new CachedBlockSource(source)
  let problems: readonly string[]
  try {
    const found = await readSession(cached, { number: 1, start })
    if (found.fileSystems.length > 0) return found
    problems = found.warnings
  } catch (cause) {
    if (cause instanceof ImapiError && !cause.code.startsWith('IMAPI_E_IMPORT')) throw cause
    throw new ImapiError('IMAPI_E_IMPORT_READ_FAILURE', `The session at block ${start} cannot be read.`, { cause })
  }
  const isEmpty = await allZero(cached, start)
  throw isEmpty
    ? new ImapiError('IMAPI_E_EMPTY_DISC', 'The medium is empty: there is nothing to import.')
    : new ImapiError(
        'IMAPI_E_NO_SUPPORTED_FILE_SYSTEM',
        [`The session at block ${start} holds neither UDF nor ISO 9660 that could be read.`, ...problems].join(' '),
        {
          hint: 'It may be audio, broken off, or of another file system. Another session can be gone on from: append --session.',
        },
      )
}

async function allZero(source: CachedBlockSource, start: number): Promise<boolean> {
  const bytes = await source.readBlocks(start, 300).catch(() => new Uint8Array())
  return bytes.every(byte => byte === 0)
}

/** The first write unit behind everything that the session's volumes take. */
function behind(contents: SessionContents, unit: number): number {
  const end = Math.max(...contents.fileSystems.map(system => system.endAddress))
  return Math.ceil(end / unit) * unit
}

/**
 * The file system to import.
 *
 * @throws {ImapiError} `IMAPI_E_FILE_SYSTEM_NOT_FOUND`, `IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION`
 */
export function importable(contents: SessionContents, type: FileSystemType | undefined): ImportedFileSystem {
  // Rock Ridge holds more than Joliet does; IMAPI does not know it.
  const rockRidge = contents.fileSystems.find(system => system.rockRidge)
  const preferred = IMPORT_PREFERENCE.map(each => contents.fileSystems.find(system => system.type === each)).filter(
    system => system !== undefined,
  )
  const found = type
    ? contents.fileSystems.find(system => system.type === type)
    : preferred[0]?.type === 'UDF'
      ? preferred[0]
      : (rockRidge ?? preferred[0])
  if (!found) {
    const there = contents.fileSystems.map(system => system.type).join(', ')
    throw new ImapiError('IMAPI_E_FILE_SYSTEM_NOT_FOUND', `The disc holds no ${type}, but ${there}.`)
  }
  if (found.notExtensibleBecause) {
    throw new ImapiError('IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION', found.notExtensibleBecause, {
      hint: 'The disc can be read, and overwritten as a whole where it is rewritable.',
    })
  }
  return found
}

/**
 * What a session's other file systems hold that the imported one does not, as sentences: the next session, which is made
 * of the imported tree, will not show it. Only the root directories are read; names are counted, since each kind of
 * file system has its own form of them.
 */
export async function missingFromImported(
  { fileSystems }: SessionContents,
  imported: ImportedFileSystem,
): Promise<string[]> {
  const sentences: string[] = []
  const mine = (await imported.root.entries()).size
  for (const other of fileSystems) {
    if (other === imported) continue
    // One that cannot be read takes nothing away from the one that is imported.
    const theirs = await other.root.entries().then(
      ({ size }) => size,
      error => {
        sentences.push(`${other.type}, which is not imported, cannot be read: ${asError(error).message}`)
        return 0
      },
    )
    if (theirs <= mine) continue
    sentences.push(
      `${other.type} has ${theirs} entries in its root, ${imported.type}, which is imported, ${mine}: the next session will not show the others.`,
    )
  }
  return sentences
}

/**
 * Puts an imported tree under that of an image: what the image has already wins, directories are merged.
 *
 * @throws {ImapiError} `IMAPI_E_IMPORT_TYPE_COLLISION_…` where a file meets a directory
 */
export async function mergeImported(
  target: DirectoryNode,
  imported: DirectoryNode,
  changes: TreeChanges,
): Promise<void> {
  await target.load()
  for (const node of [...(await imported.entries()).values()]) {
    const mine = target.loadedEntries.get(node.name)
    if (!mine) {
      changes.attach(target, node)
    } else if (mine.kind === 'directory' && node.kind === 'directory') {
      await mergeImported(mine, node, changes)
    } else if (mine.kind === 'directory' || node.kind === 'directory') {
      throw new ImapiError(
        node.kind === 'directory'
          ? 'IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE'
          : 'IMAPI_E_IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY',
        `${mine.path} is a ${mine.kind} in the image and a ${node.kind} on the disc.`,
        { hint: 'Rename the one in the image, or import before adding.' },
      )
    }
  }
}

/** @throws {ImapiError} `IMAPI_E_DISC_MISMATCH` where another disc is there than the one that was imported from */
export async function checkSameDisc({ source, contents, fingerprint }: PreviousSession): Promise<void> {
  if ((await discFingerprint(source, contents.start)).equals(fingerprint)) return
  throw new ImapiError('IMAPI_E_DISC_MISMATCH', 'The disc is not the one that the session was imported from.', {
    hint: 'Put the disc back, or import anew.',
  })
}

/** A number that tells this disc from others: of the session's descriptors. */
async function discFingerprint(source: BlockSource, sessionStart: number): Promise<Buffer> {
  const bytes = await source.readBlocks(sessionStart + 16, 4)
  return createHash('sha256')
    .update(`${sessionStart} ${source.blockCount ?? ''} ${bytes.length / BLOCK_BYTES} `)
    .update(bytes)
    .digest()
}

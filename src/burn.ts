import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type BurnSourceOptions, imageFile, isImage, missing, refuseCueSheet } from './burn-source'
import { MediumError, UsageError } from './errors'
import { driveBlockSource, FileSystemImage, type FileSystemImageResult, ImapiError } from './fsimage'
import {
  closeMedium,
  fanOut,
  isBrokenOff,
  type Medium,
  mediumAtRest,
  type Recordable,
  type RecordingProgress,
  type RecordingReport,
  type RecordOptions,
  type VerifyReport,
  verifyRecording,
} from './mmc'
import type { OpticalDrive } from './optical-drive'

/** What a burn may be given besides how it is recorded. */
export interface BurnOptions extends RecordOptions, BurnSourceOptions {
  /** Name of the volume. Without it, that of the last session, else the source's. */
  readonly volumeName?: string
  /** Globs of what is left out. */
  readonly excludes?: readonly string[]
  /** Reads everything back and compares it. */
  readonly verify?: boolean
}

/** What a burn did. */
export interface BurnReport extends RecordingReport {
  readonly verification: VerifyReport | null
  /** Names that had to differ from the source's, by file system; none for an image file. */
  readonly renamed: FileSystemImageResult['renamed']
}

/** An image, with what it knows of its files where it is made of some. */
export type Burnable = Recordable & Partial<Pick<FileSystemImageResult, 'progressItems' | 'renamed'>>

/**
 * Records the first session of a medium: directories and files (together one tree), or one image file as it is.
 *
 * @param sources  paths of the host; a single image file is recorded block by block, see {@link BurnSourceOptions}
 * @throws {UsageError} `USAGE_IMAGE` where a single file may be an image or not, `USAGE_CUE_SHEET`
 * @throws {MediumError} `MEDIUM_NOT_BLANK` where there are sessions already: those are appended to, or blanked
 * @throws {RecordingError} after writing began
 */
export async function burn(
  drive: OpticalDrive,
  sources: readonly string[],
  options: BurnOptions = {},
): Promise<BurnReport> {
  return recordAndVerify(drive, await firstSession(drive, sources, options), options)
}

/**
 * The image of a first session, ready to be recorded.
 *
 * @throws as {@link burn}
 */
export async function firstSession(
  drive: OpticalDrive,
  sources: readonly string[],
  options: BurnOptions = {},
): Promise<Burnable> {
  const medium = await mediumAtRest(drive, options)
  if (medium.isAppendable && !medium.isBlank) {
    throw new MediumError(
      'MEDIUM_NOT_BLANK',
      isBrokenOff(medium)
        ? `The ${medium.family} holds a session that was broken off.`
        : `The ${medium.family} holds data already.`,
      {
        hint: medium.isErasable
          ? 'Append to it, so that what is on it stays visible; or blank it first, if that may be lost.'
          : 'Append to it: what is on it stays visible beside what is new.',
        evidence: medium.evidence.filter(({ claim }) => claim === 'isBlank' || claim === 'sessionCount'),
      },
    )
  }
  if (await isImage(sources, options)) return imageFile(sources[0]!)
  const image = new FileSystemImage()
  await image.chooseImageDefaults(drive)
  return built(image, sources, options)
}

/** What {@link append} may be given besides. */
export interface AppendOptions extends BurnOptions {
  /**
   * The session whose tree is gone on from, 0 for none. Without it, the last one; and where that was broken off while it
   * was written, the one before it.
   */
  readonly importSession?: number
}

/**
 * Adds a session to a medium in one go: judges the multisession rules, imports what is there, adds, builds at the next
 * writable address (on overwritable media behind the last volume), records, closes, verifies. A session that was broken
 * off is closed first, so that the new one begins a track of its own.
 *
 * @throws {ImapiError} where the rules, or what is on the disc, do not allow it
 * @throws {RecordingError} after writing began
 */
export async function append(
  drive: OpticalDrive,
  sources: readonly string[],
  options: AppendOptions = {},
): Promise<BurnReport> {
  const medium = await mediumAtRest(drive, options)
  if (options.as !== 'files') refuseCueSheet(sources)
  let image = await judged(drive)
  let from = options.importSession
  const warnings: string[] = []
  if (isBrokenOff(medium)) {
    from ??= sessionGoneOnFrom(medium, image.acceptedMultisession!.properties)
    const { signal, onProgress, dryRun } = options
    await closeMedium(drive, {
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
      dryRun: dryRun === true,
    })
    warnings.push('The last session had been broken off: it was closed first, and what it holds is not shown.')
    image = await judged(drive)
  }
  const first = await importPrevious(drive, image, from, options)
  if (first === 'of-all') return burn(drive, sources, { ...options, as: 'files' })
  const report = await recordAndVerify(drive, await built(image, sources, options), options)
  return { ...report, warnings: [...warnings, ...image.importWarnings, ...report.warnings] }
}

async function judged(drive: OpticalDrive): Promise<FileSystemImage> {
  const image = new FileSystemImage()
  await image.putMultisessionInterfaces(await drive.multisessionInterfaces())
  return image
}

/**
 * The number of the session that the rules would import; 0 where there is none. Undefined where the descriptors at the
 * disc's beginning decide, which are replaced last.
 */
function sessionGoneOnFrom(
  { tracks, family }: Medium,
  properties: Readonly<Record<string, unknown>>,
): number | undefined {
  if (family === 'bd-r-pow') return tracks.some(({ state }) => state === 'complete') ? undefined : 0
  if (properties['isFirstDataSession'] === true) return 0
  return tracks.find(({ start }) => start === properties['startAddressOfPreviousSession'])?.session ?? 0
}

/**
 * Imports what the new session goes on from.
 *
 * @returns whether the new session is the first one: `of-data` behind others that are not imported, `of-all` on a
 *   formatted medium that holds nothing
 */
async function importPrevious(
  drive: OpticalDrive,
  image: FileSystemImage,
  session: number | undefined,
  { volumeName }: BurnOptions,
): Promise<false | 'of-data' | 'of-all'> {
  const { kind, properties } = image.acceptedMultisession!
  const isFirst = session === undefined && kind === 'sequential' && properties['isFirstDataSession'] === true
  if (isFirst || session === 0) {
    // Sound alone is on the disc (CD-Extra), or what there is is not to be shown: the data begin behind it.
    await image.chooseImageDefaults(drive)
    const medium = await drive.readMedium()
    image.sessionStartBlock = Number(properties['nextWritableAddress'] ?? medium?.nextWritableAddress)
    return 'of-data'
  }
  try {
    if (session === undefined) await image.importFileSystem()
    else await importSession(drive, image, session)
  } catch (error) {
    // A formatted medium with nothing on it: this is its first session, and there is nothing that it could hide.
    if (!(error instanceof ImapiError) || error.code !== 'IMAPI_E_EMPTY_DISC') throw error
    return 'of-all'
  }
  if (volumeName === undefined && image.importedVolumeName) image.volumeName = image.importedVolumeName
  return false
}

/** Imports a session that is not the last one. */
async function importSession(drive: OpticalDrive, image: FileSystemImage, session: number): Promise<void> {
  const medium = await drive.readMedium()
  const track = medium?.tracks.find(each => each.session === session && each.isData && each.state === 'complete')
  if (!medium || !track || medium.nextWritableAddress === null) {
    throw new UsageError('USAGE_SESSION', `There is no session ${session} with data that could be gone on from.`, {
      hint: 'scsi-mmc info lists the sessions.',
    })
  }
  await image.importImage({
    source: await driveBlockSource(drive),
    sessionStart: track.start,
    nextWritableAddress: medium.nextWritableAddress,
    kind: 'sequential',
    writeUnitSize: medium.writeUnitSize ?? 1,
  })
}

async function built(
  image: FileSystemImage,
  sources: readonly string[],
  { volumeName, excludes = [] }: BurnOptions,
): Promise<FileSystemImageResult> {
  if (volumeName !== undefined) image.volumeName = volumeName
  for (const source of sources) {
    if ((await stat(source).catch(missing)).isDirectory()) await image.root.addTree(source, { excludes })
    else await image.root.addFile(basename(source), source)
  }
  return image.createResultImage()
}

/** Records an image, and reads it back where that is asked for. */
export async function recordAndVerify(drive: OpticalDrive, image: Burnable, options: BurnOptions): Promise<BurnReport> {
  const report = await drive.write(image, options)
  const { signal, onProgress } = options
  const verification =
    options.verify && !options.dryRun && !options.simulate
      ? await verifyRecording(drive, report, {
          ...(signal ? { signal } : {}),
          ...(onProgress ? { onProgress } : {}),
          files: image.progressItems ?? [],
        })
      : null
  return { ...report, verification, renamed: image.renamed ?? [] }
}

/** What became of one of several copies. */
export interface CopyOutcome {
  readonly report?: BurnReport
  readonly error?: unknown
}

/**
 * Records the same first session on several drives at once, from one read of the source. A drive that fails lets the
 * others go on.
 *
 * @param onProgress  told of the copy that is furthest behind
 */
export async function burnCopies(
  drives: readonly OpticalDrive[],
  sources: readonly string[],
  options: BurnOptions = {},
  onProgress: (progress: RecordingProgress) => void = () => {},
): Promise<CopyOutcome[]> {
  const [model] = drives
  if (!model) throw new UsageError('USAGE_NO_DRIVE', 'There is no drive to record with.')
  const image = await firstSession(model, sources, options)
  const shares = drives.length === 1 ? [] : fanOut(image, drives.length)
  const done = drives.map(() => 0)
  return Promise.all(
    drives.map(async (drive, index) => {
      const tell = (progress: RecordingProgress) => {
        done[index] = progress.blocksWritten
        if (progress.blocksWritten <= Math.min(...done)) onProgress(progress)
      }
      const share = shares[index]
      try {
        const report = await recordAndVerify(drive, share ? Object.assign(share, files(image)) : image, {
          ...options,
          onProgress: tell,
        })
        return { report }
      } catch (error) {
        return { error }
      } finally {
        share?.abandon()
        // A copy that has ended holds nobody's progress back.
        done[index] = Number.POSITIVE_INFINITY
      }
    }),
  )
}

/** What an image knows of its files, beside its blocks. */
function files(image: Burnable): Pick<Burnable, 'progressItems' | 'renamed'> {
  return {
    ...(image.progressItems ? { progressItems: image.progressItems } : {}),
    ...(image.renamed ? { renamed: image.renamed } : {}),
  }
}

import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type BurnSourceOptions, imageFile, isImage, missing } from './burn-source'
import { MediumError, ScsiMmcError } from './errors'
import { type DirectoryNode, type FileNode, openDisc, type RecordedFileContent } from './fsimage'
import { setSpeed, type VerifyOptions, verifyImage } from './mmc'
import type { OpticalDrive } from './optical-drive'

/** How a disc is compared. */
export interface VerifyDiscOptions extends VerifyOptions, BurnSourceOptions {
  /**
   * Reads at this speed, kB/s of 1000, and restores the drive's own afterwards: what fails at full speed may be read at a
   * slower one. The drive must be open with `access: 'write'` then.
   */
  readonly readSpeedKBps?: number
}

/** One way in which a disc is not what it should be. */
export interface DiscDifference {
  /** Path on the disc; for an image file, the range of blocks. */
  readonly path: string
  readonly problem: string
  /** Where (LBA), as far as that is known. */
  readonly lba: number | null
}

/** What a comparison of a disc with files or an image found. */
export interface DiscVerification {
  readonly comparedFiles: number
  readonly comparedBytes: number
  readonly differences: readonly DiscDifference[]
}

interface Tally {
  comparedFiles: number
  comparedBytes: number
  readonly differences: DiscDifference[]
}

/**
 * Compares what a disc's last session shows with directories and files of the host, or all of a disc with an image.
 * What the disc holds besides is none of the comparison's business.
 *
 * @param sources  paths of the host; a single image file is compared block by block, see {@link BurnSourceOptions}
 * @throws {MediumError} `MEDIUM_NOTHING_COMPARED` where there was nothing to compare: no check has been made then
 */
export async function verifyDisc(
  drive: OpticalDrive,
  sources: readonly string[],
  options: VerifyDiscOptions = {},
): Promise<DiscVerification> {
  const { readSpeedKBps } = options
  if (readSpeedKBps === undefined) return comparison(drive, sources, options)
  await setSpeed(drive, { readSpeedKBps })
  return comparison(drive, sources, options).finally(() => setSpeed(drive, {}))
}

async function comparison(
  drive: OpticalDrive,
  sources: readonly string[],
  options: VerifyDiscOptions,
): Promise<DiscVerification> {
  if (await isImage(sources, options)) return againstImage(drive, sources[0]!, options)
  const disc = await openDisc(drive, options.signal ? { signal: options.signal } : {})
  try {
    const last = disc.sessions.at(-1)
    const [fileSystem] = last ? (await disc.session(last.number)).fileSystems : []
    if (!fileSystem)
      throw new MediumError('MEDIUM_NO_FILE_SYSTEM', 'There is no file system on the disc that is known.')
    const tally: Tally = { comparedFiles: 0, comparedBytes: 0, differences: [] }
    for (const source of sources) {
      if ((await stat(source).catch(missing)).isDirectory())
        await compareDirectory(source, fileSystem.root, tally, options)
      else await compareFile(source, basename(source), fileSystem.root, tally)
    }
    if (tally.comparedFiles === 0 && tally.differences.length === 0) throw nothingCompared()
    return tally
  } finally {
    await disc.close()
  }
}

async function againstImage(drive: OpticalDrive, path: string, options: VerifyOptions): Promise<DiscVerification> {
  const report = await verifyImage(drive, await imageFile(path), options)
  const difference = (problem: string) => (range: { start: number; blocks: number }) => ({
    path: `blocks ${range.start} to ${range.start + range.blocks - 1}`,
    problem,
    lba: range.start,
  })
  return {
    comparedFiles: 1,
    comparedBytes: report.comparedBlocks * 2048,
    differences: [
      ...report.differences.map(difference('the disc holds something else')),
      ...report.unreadable.map(difference('cannot be read')),
    ],
  }
}

async function compareDirectory(
  host: string,
  directory: DirectoryNode,
  tally: Tally,
  options: VerifyOptions,
): Promise<void> {
  const nodes = await directory.entries()
  for (const entry of await readdir(host, { withFileTypes: true })) {
    options.signal?.throwIfAborted()
    const path = join(host, entry.name)
    const node = nodes.get(entry.name)
    if (entry.isDirectory() && node?.kind === 'directory') await compareDirectory(path, node, tally, options)
    else if (entry.isDirectory()) tally.differences.push(absent(directory, entry.name))
    else if (entry.isFile()) await compareFile(path, entry.name, directory, tally)
  }
}

async function compareFile(host: string, name: string, directory: DirectoryNode, tally: Tally): Promise<void> {
  const node = (await directory.entries()).get(name)
  if (node?.kind !== 'file') {
    tally.differences.push(absent(directory, name))
    return
  }
  tally.comparedFiles++
  const { size } = await stat(host)
  const problem =
    size === node.content.sizeBytes
      ? await firstDifference(host, node, tally)
      : `${node.content.sizeBytes} bytes instead of ${size}`
  if (problem === undefined) return
  const { extents } = node.content as Partial<RecordedFileContent>
  tally.differences.push({ path: node.path, problem, lba: extents?.[0]?.start ?? null })
}

/** What differs, in words; `undefined` where all bytes are the same. */
async function firstDifference(host: string, node: FileNode, tally: Tally): Promise<string | undefined> {
  const expected = createReadStream(host)[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array()
  let offset = 0
  try {
    for await (const chunk of node.content.chunks()) {
      for (let at = 0; at < chunk.length; ) {
        if (rest.length === 0) rest = (await expected.next()).value ?? new Uint8Array()
        const length = Math.min(rest.length, chunk.length - at)
        if (length === 0 || Buffer.compare(rest.subarray(0, length), chunk.subarray(at, at + length)) !== 0) {
          return `differs between bytes ${offset} and ${offset + Math.max(1, length)}`
        }
        rest = rest.subarray(length)
        at += length
        offset += length
        tally.comparedBytes += length
      }
    }
    return undefined
  } catch (error) {
    // A block that cannot be read is what this is looking for; anything else is not the disc's fault.
    if (error instanceof ScsiMmcError && /^(MEDIUM|SENSE|IMAPI)_/.test(error.code)) return error.message
    throw error
  } finally {
    await expected.return?.()
  }
}

function absent(directory: DirectoryNode, name: string): DiscDifference {
  return {
    path: directory.path === '/' ? `/${name}` : `${directory.path}/${name}`,
    problem: 'is not on the disc',
    lba: null,
  }
}

function nothingCompared(): MediumError {
  return new MediumError('MEDIUM_NOTHING_COMPARED', 'There was nothing to compare, so nothing has been verified.', {
    hint: 'Name a directory that holds files.',
  })
}

/** Where the sessions of a disc or an image begin. */
import type { Medium } from '../mmc'
import { BLOCK_BYTES } from './block-source'
import type { CachedBlockSource } from './cached-block-source'
import type { SessionToRead } from './imported-file-system'
import { volumeDescriptor } from './iso9660/descriptors'
import { udfVolumeEnd } from './udf/read'

/** A session as it was found, numbered from 1. */
export interface FoundSession extends SessionToRead {
  readonly number: number
}

/** Blocks behind a session's end in which the next one may begin: the longest gap is that of a CD, 11,400 blocks. */
const SEARCH_BLOCKS = 20_000
/** Sessions looked for in an image; a CD has at most 99. */
const MAXIMUM_SESSIONS = 512
/** xorriso leaves block 16 for rewriting and begins the first session here on media that know no sessions. */
const FIRST_EMULATED_SESSION = 32
/** Between a volume's descriptors and its root lie path tables and other directories. */
const ROOT_DISTANCE_BLOCKS = 8192
const DESCRIPTORS_AT = 16

/** The sessions of a medium as its drive lists them: the first data track of each that has been recorded. */
export function sessionsOfMedium(medium: Medium): FoundSession[] {
  const sessions = new Map<number, FoundSession>()
  for (const track of medium.tracks) {
    const recorded = track.isData && (track.state === 'complete' || track.state === 'incomplete') && track.size > 0
    if (!recorded || sessions.has(track.session)) continue
    const last = medium.tracks.filter(({ session }) => session === track.session).at(-1)!
    sessions.set(track.session, { number: track.session, start: track.start, end: last.start + last.size })
  }
  return [...sessions.values()]
}

/**
 * The sessions of an image file: chains of volumes, each behind the last one, and those that programs emulate on
 * overwritable media, where block 16 names the newest.
 */
export async function findSessions(source: CachedBlockSource): Promise<FoundSession[]> {
  const starts = new Set<number>([0])
  const first = await volumeAt(source, 0)
  if (first) {
    await followChain(source, first.end, starts)
    if (first.root > FIRST_EMULATED_SESSION + DESCRIPTORS_AT) {
      const emulated = await volumeAt(source, FIRST_EMULATED_SESSION)
      if (emulated && emulated.root >= FIRST_EMULATED_SESSION) {
        starts.add(FIRST_EMULATED_SESSION)
        await followChain(source, emulated.end, starts)
      }
      const newest = await descriptorsBefore(source, first.root)
      if (newest !== undefined) starts.add(newest)
    }
  }
  const sorted = [...starts].sort((a, b) => a - b)
  // Where sessions are emulated, block 16 only repeats the newest of them.
  const repeated = first && sorted.length > 1 && (await volumeAt(source, sorted.at(-1)!))?.root === first.root
  const sessions = repeated ? sorted.slice(1) : sorted
  return sessions.map((start, index) => {
    const next = sessions[index + 1]
    return next === undefined ? { number: index + 1, start } : { number: index + 1, start, end: next }
  })
}

interface FoundVolume {
  readonly root: number
  /** LBA after the volume's last block. */
  readonly end: number
}

/** The volume whose descriptors stand behind a start; none where the root is not behind it, too. */
async function volumeAt(source: CachedBlockSource, start: number): Promise<FoundVolume | undefined> {
  const block = await source.readBlocks(start + DESCRIPTORS_AT, 1).catch(() => undefined)
  if (!block) return undefined
  if (isExtendedArea(block, 0)) {
    const end = await udfVolumeEnd(source, start)
    return end === undefined ? undefined : { root: start + DESCRIPTORS_AT, end }
  }
  if (!isPrimaryDescriptor(block, 0)) return undefined
  const descriptor = volumeDescriptor.decodeComplete(block)
  const root = descriptor?.rootDirectory.locationOfExtent ?? 0
  const size = descriptor?.volumeSpaceSize ?? 0
  // An image that lies in a file of this one has addresses of its own: its root is before its start.
  if (root < start || size === 0) return undefined
  return { root, end: root >= size || size <= start ? start + size : size }
}

function isPrimaryDescriptor(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 1 && Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, 5).toString('latin1') === 'CD001'
}

/** Where the descriptors of a volume of UDF alone begin (ECMA-167 2/9.2). */
function isExtendedArea(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, 5).toString('latin1') === 'BEA01'
}

function isVolumeStart(bytes: Uint8Array, at: number): boolean {
  return isPrimaryDescriptor(bytes, at) || isExtendedArea(bytes, at)
}

async function followChain(source: CachedBlockSource, from: number, starts: Set<number>): Promise<void> {
  let end = from
  while (starts.size < MAXIMUM_SESSIONS) {
    const next = await nextSession(source, end)
    if (!next || starts.has(next.start)) return
    starts.add(next.start)
    end = Math.max(next.end, next.start + 1)
  }
}

async function nextSession(
  source: CachedBlockSource,
  end: number,
): Promise<{ readonly start: number; readonly end: number } | undefined> {
  for (let lba = end; lba < end + SEARCH_BLOCKS; lba += 32) {
    const bytes = await source.readBlocks(lba, 32).catch(() => undefined)
    if (!bytes || bytes.length === 0) return undefined
    for (let index = 0; index * BLOCK_BYTES < bytes.length; index++) {
      const start = lba + index - DESCRIPTORS_AT
      if (start < end - DESCRIPTORS_AT || !isVolumeStart(bytes, index * BLOCK_BYTES)) continue
      const volume = await volumeAt(source, start)
      if (volume) return { start, end: volume.end }
    }
  }
  return undefined
}

/** Where the volume begins whose root is known: its own descriptors stand before it. */
async function descriptorsBefore(source: CachedBlockSource, root: number): Promise<number | undefined> {
  const lowest = Math.max(DESCRIPTORS_AT + 1, root - ROOT_DISTANCE_BLOCKS)
  for (let lba = root - 1; lba >= lowest; lba--) {
    const block = await source.readBlocks(lba, 1).catch(() => undefined)
    if (!block || !isPrimaryDescriptor(block, 0)) continue
    const volume = await volumeAt(source, lba - DESCRIPTORS_AT)
    if (volume?.root === root) return lba - DESCRIPTORS_AT
  }
  return undefined
}

import { UsageError } from '../../errors'
import { mediumOf } from '../media'
import { BD_SPARE_BLOCKS } from '../media/bd-r'
import { roundUp } from '../media/medium'
import { SequentialMedium } from '../media/sequential'
import { sampleFileSystem } from '../sample-file-system'
import type { VirtualDiscState } from '../virtual-disc'
import type { Disc } from './disc'

const BLOCK_BYTES = 2048

interface Content {
  readonly state: VirtualDiscState
  readonly sessions: number
  /** Blocks of the image that is the first session. */
  readonly image: number | undefined | ''
}

/** Puts sessions on a new disc as recording them would have, and leaves it in the state asked for. */
export async function recordSessions(disc: Disc, content: Content): Promise<void> {
  const medium = mediumOf(disc)
  prepare(disc, content.state)
  if (medium instanceof SequentialMedium) await recordSequential(disc, medium, content)
  else await recordOverwritable(disc, medium.blockingFactor, content)
}

/** Formats of media that have to be formatted before they hold anything. */
function prepare({ state }: Disc, wanted: VirtualDiscState): void {
  const { media, capacityBlocks } = state
  const layers = Math.max(1, Math.round(capacityBlocks / 12_219_392))
  const spareBlocks = Math.min(layers * BD_SPARE_BLOCKS.standard, Math.floor(capacityBlocks / 64) * 32)
  if (media === 'bd-r-pow') {
    state.formatted = { type: 0x32, blocks: capacityBlocks - spareBlocks, spareBlocks, spareUsed: 0 }
  }
  if (wanted === 'unformatted') return
  if (media === 'dvd+rw') {
    const background = { status: 'complete' as const, formatted: capacityBlocks }
    state.formatted = { type: 0x26, blocks: capacityBlocks, background }
  }
  if (media === 'dvd-ram') state.formatted = { type: 0x00, blocks: capacityBlocks, spareBlocks: 58_368, spareUsed: 0 }
  if (media === 'bd-re') {
    state.formatted = { type: 0x30, blocks: capacityBlocks - spareBlocks, spareBlocks, spareUsed: 0 }
  }
  if (media === 'dvd-rw-ro') state.formatted = { type: 0x10, blocks: capacityBlocks, intermediate: false }
}

async function recordSequential(disc: Disc, medium: SequentialMedium, content: Content): Promise<void> {
  const { state } = disc
  // Sessions of a disc with pseudo-overwrite are not closed one by one: its tracks stay in the one session.
  const oneSession = state.media === 'bd-r-pow'
  for (let index = 0; index < content.sessions; index++) {
    const start = medium.invisibleTrackStart
    const blocks = (index === 0 && content.image) || (await recordSample(disc, start, index + 1))
    const end = start + roundUp(blocks, medium.blockingFactor)
    if (end > medium.endOfArea) {
      throw new UsageError('USAGE_SESSIONS', `${content.sessions} sessions do not fit on this disc.`, {
        hint: 'Ask for fewer sessions, or for a larger disc.',
      })
    }
    const session = oneSession ? 1 : index + 1
    const incremental = medium.kind === 'dvd' && /^dvd-r/.test(state.media)
    state.tracks.push({
      number: index + 1,
      session,
      start,
      next: end,
      end,
      state: 'complete',
      control: incremental ? 5 : 4,
      form: 'mode-1',
      ...(incremental ? { packetBlocks: 0 } : {}),
    })
    if (!oneSession) state.sessions.push({ number: session, leadOut: end })
    else if (index > 0) await overwriteDescriptors(disc, start, medium.blockingFactor)
  }
  if (content.state !== 'complete') {
    if (state.media === 'dvd-r-dl' && content.sessions > 0) {
      state.organisation = 'layer-jump'
      for (const track of state.tracks) track.jumps = [track.end!]
    }
    return
  }
  if (oneSession) state.sessions.push({ number: 1, leadOut: state.tracks.at(-1)!.end! })
  state.finalized = true
}

async function recordSample(disc: Disc, start: number, session: number): Promise<number> {
  const image = sampleFileSystem(start, session)
  await disc.blocks.write(start, image)
  return image.length / BLOCK_BYTES
}

/**
 * On overwritable media sessions follow each other at whole write units, and the descriptors of the newest one are also
 * at block 16, where a reader begins.
 */
async function recordOverwritable(disc: Disc, blockingFactor: number, content: Content): Promise<void> {
  let end = 0
  for (let index = 0; index < content.sessions; index++) {
    const start = roundUp(end, Math.max(32, blockingFactor))
    const blocks = (index === 0 && content.image) || (await recordSample(disc, start, index + 1))
    end = start + blocks
    if (end > (disc.state.formatted?.blocks ?? 0)) {
      throw new UsageError('USAGE_SESSIONS', `${content.sessions} sessions do not fit on this disc.`, {
        hint: 'Ask for fewer sessions, or for a larger disc.',
      })
    }
    if (start > 0) await copyDescriptors(disc, start)
  }
  if (end > 0) disc.state.recorded.push([0, end])
  if (content.state === 'complete') disc.state.finalized = true
}

/** With pseudo-overwrite the file system at the disc's beginning is the one that counts; replacing it takes a cluster. */
async function overwriteDescriptors(disc: Disc, from: number, clusterBlocks: number): Promise<void> {
  await copyDescriptors(disc, from)
  const formatted = disc.state.formatted!
  formatted.spareUsed = (formatted.spareUsed ?? 0) + clusterBlocks
}

async function copyDescriptors(disc: Disc, from: number): Promise<void> {
  const descriptors = new Uint8Array(2 * BLOCK_BYTES)
  await disc.blocks.read(from + 16, descriptors)
  await disc.blocks.write(16, descriptors)
}

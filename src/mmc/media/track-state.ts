import type { Track, TrackState } from '../medium-state'
import type { TrackReply } from './observations'

const DATA_TRACK = 4

/** What a family knows of its tracks that the reply does not say. */
export interface TrackTraits {
  /** CDs hold audio, too. */
  readonly isCd: boolean
  /** Nothing is recorded on the medium. */
  readonly isBlank: boolean
}

/** True for a track of a DVD-R DL that changes the layers as it goes (MMC-6 4.3.6): its addresses are no one range. */
export function hasLayerJumps({ layerJumpRecordingStatus: status }: TrackReply): boolean {
  return status !== undefined && status !== 'unspecified'
}

/** Blocks from a track's first to its last one. With layer jumps, the field holds the address of the last one. */
export function trackSize(track: TrackReply): number | undefined {
  const { trackSize: stated, trackStartAddress: start = 0 } = track
  return stated !== undefined && hasLayerJumps(track) && stated >= start ? stated - start + 1 : stated
}

/** Where a track can be written next, as far as that can be true; a drive's nonsense gives null. */
export function plausibleNextWritableAddress(track: TrackReply): number | null {
  const { nextWritableAddress: address, trackStartAddress: start = 0 } = track
  if (address === undefined) return null
  const room = Math.max(trackSize(track) ?? 0, track.freeBlocks ?? 0)
  return address >= start && (room === 0 || address <= start + room) ? address : null
}

/** A track's state by Table "Track Status Indications" of MMC-6 6.26.3. */
export function trackState(track: TrackReply, traits: TrackTraits): TrackState {
  const writable = track.nextWritableAddressValid ?? false
  if (track.damage && !writable) return 'damaged'
  if (track.blank) {
    if (track.reservedTrack) return 'reserved'
    return traits.isBlank ? 'blank' : 'invisible'
  }
  return writable ? 'incomplete' : 'complete'
}

/** A track as READ TRACK INFORMATION describes it. */
export function trackOf(track: TrackReply, traits: TrackTraits): Track {
  const state = trackState(track, traits)
  return {
    number: track.trackNumber ?? 0,
    session: track.sessionNumber ?? 0,
    start: track.trackStartAddress ?? 0,
    size: trackSize(track) ?? 0,
    state,
    nextWritableAddress: state === 'complete' || state === 'damaged' ? null : plausibleNextWritableAddress(track),
    freeBlocks: state === 'complete' || state === 'damaged' ? 0 : (track.freeBlocks ?? 0),
    lastRecordedAddress: track.lastRecordedAddress ?? null,
    isData: !traits.isCd || (track.blank ?? false) || ((track.trackMode ?? DATA_TRACK) & DATA_TRACK) !== 0,
  }
}

import type { Answer } from '../command'
import type {
  getConfiguration,
  readAtip,
  readCapacity,
  readDiscInformation,
  readDiscStructure,
  readFormatCapacities,
  readFullToc,
  readMultiSessionInformation,
  readPowResources,
  readToc,
  readTrackInformation,
} from '../commands'
import { ScsiError } from '../scsi-error'

type Reply<C> = C extends { reply?: infer R } ? Answer<NonNullable<R>> : never

/** What came of a question: the reply, the drive's refusal, or `undefined` where it was not asked. */
export type Observed<T> = T | ScsiError | undefined

export type TrackReply = Reply<typeof readTrackInformation>

/** Blocks that were read, or why they could not be. */
export interface ObservedBlocks {
  readonly start: number
  readonly blocks: number
  readonly data: Uint8Array | ScsiError
}

/** Everything that a drive was asked about a medium, with what it answered: all that conclusions are drawn from. */
export interface MediumObservations {
  /** What TEST UNIT READY said where it was not GOOD. */
  notReady?: ScsiError
  configuration?: Observed<Reply<typeof getConfiguration>>
  discInformation?: Observed<Reply<typeof readDiscInformation>>
  /** READ DISC STRUCTURE, format 00h of the DVD or BD kind: physical format information, disc information. */
  discStructure?: Observed<Reply<typeof readDiscStructure>>
  /** READ TRACK INFORMATION of each track by number, and of track FFh where it was asked for. */
  tracks?: { readonly number: number; readonly reply: Observed<TrackReply> }[]
  formatCapacities?: Observed<Reply<typeof readFormatCapacities>>
  capacity?: Observed<Reply<typeof readCapacity>>
  toc?: Observed<Reply<typeof readToc>>
  multiSessionInformation?: Observed<Reply<typeof readMultiSessionInformation>>
  fullToc?: Observed<Reply<typeof readFullToc>>
  atip?: Observed<Reply<typeof readAtip>>
  powResources?: Observed<Reply<typeof readPowResources>>
  /** Blocks of an overwritable medium that say where the file system on it ends. */
  volume?: ObservedBlocks[]
}

/** What can be asked beyond TEST UNIT READY and GET CONFIGURATION. */
export type Question =
  | 'discInformation'
  | 'discStructureDvd'
  | 'discStructureBd'
  | 'tracks'
  | 'invisibleTrack'
  | 'formatCapacities'
  | 'capacity'
  | 'toc'
  | 'multiSessionInformation'
  | 'fullToc'
  | 'atip'
  | 'powResources'
  | 'volume'

/** The reply, where there is one. */
export function answered<T extends object>(observed: Observed<T>): T | undefined {
  return observed === undefined || observed instanceof ScsiError ? undefined : observed
}

/** The refusal, where there is one. */
export function refused(observed: Observed<object>): ScsiError | undefined {
  return observed instanceof ScsiError ? observed : undefined
}

/** The current profile as the drive reports it; `undefined` where it does not say. */
export function currentProfile(observed: MediumObservations): number | undefined {
  return answered(observed.configuration)?.currentProfile
}

/** True where the drive lists the feature as current. */
export function isFeatureCurrent(observed: MediumObservations, featureCode: number): boolean {
  return (
    answered(observed.configuration)?.featureDescriptors?.some(
      feature => feature.featureCode === featureCode && feature.current,
    ) ?? false
  )
}

/** The replies about tracks, without refusals, each track once, in the order of their numbers. */
export function trackReplies(observed: MediumObservations): TrackReply[] {
  const byNumber = new Map<number, TrackReply>()
  for (const { reply } of observed.tracks ?? []) {
    const track = answered(reply)
    if (track?.trackStartAddress === undefined) continue
    byNumber.set(track.trackNumber ?? 0, track)
  }
  return [...byNumber.values()].sort((a, b) => (a.trackNumber ?? 0) - (b.trackNumber ?? 0))
}

/** Blocks that can be read, by READ CAPACITY; `undefined` where the drive refuses or says what cannot be. */
export function readableBlocks(observed: MediumObservations): number | undefined {
  const last = answered(observed.capacity)?.logicalBlockAddress
  // A medium without blocks, and a drive without READ CAPACITY(16), give FFFFFFFFh.
  return last === undefined || last === 0xffffffff ? undefined : last + 1
}

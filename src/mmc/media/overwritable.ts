import type { SessionState } from '../medium-state'
import type { Claims } from './claims'
import type { Conclusion } from './family'
import { answered, type MediumObservations, type Question, readableBlocks, refused, trackReplies } from './observations'
import { HEAD_BLOCKS, recordedVolume } from './recorded-volume'
import { trackOf } from './track-state'

const BLOCK_BYTES = 2048

/** Whether an overwritable medium is formatted, and the field that says so. */
export interface Formatting {
  readonly isFormatted: boolean
  readonly reply: object | undefined
  readonly field: string
  readonly says: string
  /** What the drive contradicts itself in, or what the user should know. */
  readonly warning?: string
}

/** What tells one overwritable family from another. */
export interface OverwritableTraits {
  readonly writeUnitSize: number
  formatting(observed: MediumObservations): Formatting
  /** Format types (FORMAT UNIT) whose descriptor tells the whole capacity; else the current one is it. */
  readonly capacityFormatTypes?: readonly number[]
}

/** What to ask a drive about a medium whose blocks can be written in any order. */
export function overwritableQuestions(observed: MediumObservations, traits: OverwritableTraits): Question[] {
  if (observed.formatCapacities === undefined) return ['discInformation', 'formatCapacities']
  const questions: Question[] = ['tracks']
  if (!answered(observed.formatCapacities)) questions.push('capacity')
  if (questions.some(question => observed[question as 'tracks' | 'capacity'] === undefined)) return questions
  return traits.formatting(observed).isFormatted ? ['volume'] : []
}

/** Formatted or not by READ FORMAT CAPACITIES; where that is refused, by whether there are blocks to read. */
export function formattingByCapacities(observed: MediumObservations): Formatting {
  const capacities = answered(observed.formatCapacities)
  if (capacities?.descriptorType === 'formatted' || capacities?.descriptorType === 'unformatted') {
    const isFormatted = capacities.descriptorType === 'formatted'
    const says = isFormatted ? 'The medium is formatted.' : 'The medium is not formatted yet.'
    return { isFormatted, reply: capacities, field: 'descriptorType', says }
  }
  const isFormatted = (readableBlocks(observed) ?? 0) > 1
  return {
    isFormatted,
    reply:
      answered(observed.capacity) ?? refused(observed.capacity) ?? capacities ?? refused(observed.formatCapacities),
    field: answered(observed.capacity) ? 'logicalBlockAddress' : 'descriptorType',
    says: isFormatted ? 'There are blocks to read, so the medium is formatted.' : 'There are no blocks to read.',
    warning: 'READ FORMAT CAPACITIES does not say whether the medium is formatted: READ CAPACITY decides.',
  }
}

/** Concludes the state of a medium whose blocks can be written in any order. */
export function concludeOverwritable(claims: Claims, traits: OverwritableTraits): Conclusion {
  const { observed } = claims
  const formatting = traits.formatting(observed)
  if (formatting.warning) claims.warn(formatting.warning)
  if (formatting.reply) claims.rest(['state', 'isAppendable'], formatting.reply, formatting.field, formatting.says)
  const configuration = answered(observed.configuration)
  if (configuration) {
    const says = 'Any block of a medium of this profile can be written again and again.'
    claims.rest(['isOverwritable', 'isErasable'], configuration, 'currentProfile', says)
  }
  const capacityBlocks = concludeCapacity(claims, traits)
  const recorded = concludeRecorded(claims, formatting, traits.writeUnitSize, capacityBlocks)
  const { sessionCount, lastSessionState } = concludeSessions(claims)
  const tracks = trackReplies(observed).map(reply => {
    const track = trackOf(reply, { isCd: false, isBlank: recorded.isBlank })
    claims.rest('tracks', reply, 'trackStartAddress', `Track ${track.number} begins at block ${track.start}.`)
    return track
  })
  for (const { reply } of observed.tracks ?? []) {
    const refusal = refused(reply)
    if (refusal) claims.rest('tracks', refusal, '', 'The drive does not describe this track.')
  }
  return {
    state: formatting.isFormatted ? 'overwritable' : 'unformatted',
    isAppendable: false,
    isOverwritable: true,
    isErasable: true,
    sessionCount,
    lastSessionState,
    ...recorded,
    freeBlocks: capacityBlocks === null ? null : capacityBlocks - recorded.nextWritableAddress,
    capacityBlocks,
    writeUnitSize: traits.writeUnitSize,
    tracks,
  }
}

function concludeCapacity(claims: Claims, traits: OverwritableTraits): number | null {
  const { observed } = claims
  const capacities = answered(observed.formatCapacities)
  const whole = capacities?.formattableCapacityDescriptors?.filter(
    each => traits.capacityFormatTypes?.includes(each.formatType ?? -1) && (each.numberOfBlocks ?? 0) > 0,
  )
  if (capacities && whole && whole.length > 0) {
    const largest = whole.reduce((most, each) =>
      (each.numberOfBlocks ?? 0) > (most.numberOfBlocks ?? 0) ? each : most,
    )
    const blocks = largest.numberOfBlocks!
    const says = `The medium can be formatted to ${blocks} blocks.`
    claims.restOnElement(['capacityBlocks', 'freeBlocks'], capacities, largest, says)
    return blocks
  }
  if (capacities?.numberOfBlocks) {
    const says = `The medium has ${capacities.numberOfBlocks} blocks.`
    claims.rest(['capacityBlocks', 'freeBlocks'], capacities, 'numberOfBlocks', says)
    return capacities.numberOfBlocks
  }
  const blocks = readableBlocks(observed)
  const capacity = answered(observed.capacity)
  if (capacity && blocks !== undefined) {
    claims.rest(['capacityBlocks', 'freeBlocks'], capacity, 'logicalBlockAddress', `The medium has ${blocks} blocks.`)
    return blocks
  }
  const refusal = refused(observed.formatCapacities) ?? refused(observed.capacity)
  if (refusal) claims.rest(['capacityBlocks', 'freeBlocks'], refusal, '', 'The drive does not say how many blocks.')
  return null
}

type Recorded = Pick<Conclusion, 'isBlank' | 'lastSessionStart' | 'lastRecordedAddress'> & {
  readonly nextWritableAddress: number
}

const RECORDED_CLAIMS = ['isBlank', 'lastSessionStart', 'lastRecordedAddress', 'nextWritableAddress'] as const

function concludeRecorded(claims: Claims, formatting: Formatting, unit: number, capacity: number | null): Recorded {
  const nothing = { isBlank: true, lastSessionStart: null, lastRecordedAddress: null, nextWritableAddress: 0 }
  const read = claims.observed.volume
  if (!formatting.isFormatted || !read) {
    if (formatting.reply)
      claims.rest(RECORDED_CLAIMS, formatting.reply, formatting.field, 'Nothing can be recorded yet.')
    return nothing
  }
  const volume = recordedVolume(read)
  const end = Math.max(volume.iso9660End ?? 0, volume.udfEnd ?? 0)
  restOnBlocks(claims, end, volume.iso9660End, volume.udfEnd)
  if (volume.isEmpty) return nothing
  if (end === 0) {
    claims.warn('The medium holds data, but no volume of ISO 9660 or UDF: where a next session would begin is unknown.')
    return { ...nothing, isBlank: false }
  }
  if ((volume.partitionAccessType ?? 0) >= 3) {
    claims.warn('The UDF partition is one that is written into in place: another session behind it does not show.')
  }
  const next = Math.ceil(end / unit) * unit
  if (capacity !== null && next > capacity) {
    claims.warn(`The volume on the medium claims ${end} blocks, the medium has ${capacity}: nothing fits behind it.`)
  }
  return {
    isBlank: false,
    lastSessionStart: 0,
    lastRecordedAddress: end - 1,
    nextWritableAddress: capacity === null ? next : Math.min(next, capacity),
  }
}

function restOnBlocks(claims: Claims, end: number, iso9660End?: number, udfEnd?: number): void {
  for (const { start, data } of claims.observed.volume ?? []) {
    const place = (block: number, offset: number) => `block ${block}, offset ${offset}`
    if (!(data instanceof Uint8Array)) {
      claims.rest(RECORDED_CLAIMS, data, '', `Nothing can be read from block ${start} on.`)
    } else if (start === 0 && iso9660End !== undefined) {
      const at = 16 * BLOCK_BYTES + 80
      const says = `The ISO 9660 volume ends before block ${iso9660End}.`
      claims.restOnBytes(RECORDED_CLAIMS, data, place(16, 80), data.subarray(at, at + 4), says)
    } else if (start === 256 && udfEnd !== undefined) {
      const says = `The UDF volume ends before block ${udfEnd}.`
      claims.restOnBytes(RECORDED_CLAIMS, data, place(256, 16), data.subarray(16, 32), says)
    } else if (end === 0) {
      const at = start === 0 ? 16 * BLOCK_BYTES : 0
      const isZero = data.every(byte => byte === 0)
      const says = isZero ? `${start === 0 ? HEAD_BLOCKS : 1} blocks of zeros.` : 'Data of no known file system.'
      claims.restOnBytes(RECORDED_CLAIMS, data, place(start === 0 ? 16 : start, 0), data.subarray(at, at + 8), says)
    }
  }
}

function concludeSessions(claims: Claims): { sessionCount: number; lastSessionState: SessionState } {
  const disc = answered(claims.observed.discInformation)
  if (disc?.numberOfSessions !== undefined) {
    claims.rest('sessionCount', disc, 'numberOfSessions', 'Sessions as the drive counts them.')
    claims.rest(
      'lastSessionState',
      disc,
      'stateOfLastSession',
      'As the drive sees it; any block can be written all the same.',
    )
    return { sessionCount: disc.numberOfSessions, lastSessionState: disc.stateOfLastSession ?? 'complete' }
  }
  const refusal = refused(claims.observed.discInformation)
  if (refusal) claims.rest(['sessionCount', 'lastSessionState'], refusal, '', 'The drive has no disc information.')
  return { sessionCount: 1, lastSessionState: 'complete' }
}

import type { Claims } from './claims'
import type { Conclusion } from './family'
import { answered, type MediumObservations, type Question, readableBlocks, refused } from './observations'
import { physicalFormat } from './physical-format'
import { concludeReadOnly, readOnlyQuestions } from './read-only'
import { lastPossibleLeadOut, otherLastTrackNumber, type SequentialState, sequentialState } from './sequential-state'
import { hasLayerJumps, type TrackTraits, trackOf, trackSize } from './track-state'

/** More than any medium has: a count beyond it is a drive's nonsense. */
const MOST_BLOCKS = 0x7fffffff

/** What tells one sequentially recorded family from another. */
export interface SequentialTraits {
  readonly isCd?: boolean
  /** The kind of medium can be blanked and recorded anew. */
  readonly isErasable: boolean
  readonly writeUnitSize: number
}

/** What to ask a drive about a medium whose sessions follow each other. */
export function sequentialQuestions(observed: MediumObservations, traits: SequentialTraits): Question[] {
  if (observed.discInformation === undefined) return ['discInformation']
  if (!answered(observed.discInformation)) return readOnlyQuestions(observed, traits)
  if (observed.tracks === undefined) return ['tracks']
  if (otherLastTrackNumber(observed) !== undefined) return ['invisibleTrack']
  const state = sequentialState(observed)
  const questions: Question[] = []
  if (state.verdict === 'complete' || state.verdict === 'damaged' || state.verdict === 'unknown') {
    questions.push('capacity')
  }
  if (state.completeSessions > 0 && !state.lastCompleteTrack) questions.push('multiSessionInformation')
  if (state.tracks.length === 0) questions.push('toc')
  if (!traits.isCd && state.verdict === 'blank' && !state.openTrack?.freeBlocks) questions.push('discStructureDvd')
  if (traits.isCd && state.verdict === 'blank' && !lastPossibleLeadOut(observed)) questions.push('atip')
  return questions
}

/** Concludes the state of a medium whose sessions follow each other. */
export function concludeSequential(claims: Claims, traits: SequentialTraits): Conclusion {
  const { observed } = claims
  const disc = answered(observed.discInformation)
  if (!disc) return concludeReadOnly(claims, traits)

  const state = sequentialState(observed)
  const { verdict } = state
  if (state.correction) claims.warn(state.correction)
  claims.rest(['state', 'isBlank', 'isAppendable'], disc, 'discStatus', WORDS[verdict])
  concludeOverwritable(claims, state, traits)
  claims.rest(
    'sessionCount',
    disc,
    'numberOfSessions',
    `The drive counts ${state.sessions}, an open or empty one included.`,
  )
  claims.rest('lastSessionState', disc, 'stateOfLastSession', `The last session is ${state.lastSession}.`)
  concludeErasable(claims, traits)

  const isBlank = verdict === 'blank'
  const trackTraits: TrackTraits = { isCd: traits.isCd ?? false, isBlank }
  const tracks = state.tracks.map(track => trackOf(track, trackTraits))
  tracks.forEach((track, index) => {
    claims.rest(
      'tracks',
      state.tracks[index]!,
      'trackStartAddress',
      `Track ${track.number} of session ${track.session} begins at block ${track.start}: ${track.state}.`,
    )
  })
  for (const { reply } of observed.tracks ?? []) {
    const refusal = refused(reply)
    if (refusal) claims.rest('tracks', refusal, '', 'The drive does not describe this track.')
  }

  const fromToc = tracks.length === 0 && !isBlank ? concludeReadOnly(claims, traits).tracks : tracks
  const nextWritableAddress = concludeNextWritableAddress(claims, state)
  return {
    state: verdict,
    isBlank,
    isAppendable: verdict === 'appendable',
    isOverwritable: false,
    isErasable: traits.isErasable,
    sessionCount: state.sessions,
    lastSessionState: state.lastSession,
    lastSessionStart: concludeLastSessionStart(claims, state),
    lastRecordedAddress: concludeLastRecordedAddress(claims, state),
    nextWritableAddress,
    ...concludeSpace(claims, state, nextWritableAddress, traits),
    writeUnitSize: traits.writeUnitSize,
    tracks: fromToc,
  }
}

const WORDS: Readonly<Record<SequentialState['verdict'], string>> = {
  blank: 'Nothing is recorded.',
  appendable: 'Another session can be recorded behind those there are.',
  complete: 'Nothing more can be recorded.',
  damaged: 'The last session is damaged, and there is no address to go on from.',
  unknown: 'The drive does not say whether anything can be recorded.',
}

function concludeOverwritable(claims: Claims, { verdict, tracks }: SequentialState, { isCd }: SequentialTraits): void {
  const packets = verdict === 'complete' && isCd ? tracks.find(track => track.fixedPacket) : undefined
  if (packets) {
    const size = packets.fixedPacketSize
    const says = `Formatted in packets of ${size} blocks: packet writing overwrites those, no session can follow.`
    claims.rest(['state', 'isOverwritable'], packets, 'fixedPacket', says)
    return
  }
  const says = 'A medium of this kind is recorded from its beginning to its end, not in any order.'
  claims.rest('isOverwritable', answered(claims.observed.discInformation)!, 'discStatus', says)
}

function concludeErasable(claims: Claims, traits: SequentialTraits): void {
  const disc = answered(claims.observed.discInformation)!
  claims.rest(
    'isErasable',
    disc,
    'erasable',
    traits.isErasable ? 'The medium can be blanked.' : 'The medium is recorded once.',
  )
  if (disc.erasable !== undefined && disc.erasable !== traits.isErasable) {
    claims.warn(
      `READ DISC INFORMATION says that the medium is ${disc.erasable ? '' : 'not '}erasable, its kind says otherwise: the kind is believed.`,
    )
  }
}

function concludeLastSessionStart(claims: Claims, state: SequentialState): number | null {
  const { observed } = claims
  if (state.completeSessions === 0 || state.verdict === 'blank') {
    const disc = answered(observed.discInformation)!
    claims.rest('lastSessionStart', disc, 'stateOfLastSession', 'No session is complete yet.')
    return null
  }
  if (state.lastCompleteTrack) {
    const start = state.lastCompleteTrack.trackStartAddress!
    claims.rest(
      'lastSessionStart',
      state.lastCompleteTrack,
      'trackStartAddress',
      `Session ${state.completeSessions}, the last complete one, begins with track ${state.lastCompleteTrack.trackNumber}.`,
    )
    return start
  }
  const session = answered(observed.multiSessionInformation)
  const start = session?.startAddressOfFirstTrackInLastCompleteSession
  if (session && start !== undefined) {
    claims.rest(
      'lastSessionStart',
      session,
      'startAddressOfFirstTrackInLastCompleteSession',
      'No track of the last complete session was described: the table of contents is believed.',
    )
    return start
  }
  const refusal = refused(observed.multiSessionInformation)
  if (refusal) claims.rest('lastSessionStart', refusal, '', 'The drive does not say where the last session begins.')
  claims.warn('The drive does not say where the last complete session begins.')
  return null
}

function concludeLastRecordedAddress(claims: Claims, state: SequentialState): number | null {
  const last = state.tracks.filter(track => track.sessionNumber === state.completeSessions).at(-1)
  if (state.completeSessions === 0 || state.verdict === 'blank' || !last) {
    const disc = answered(claims.observed.discInformation)!
    claims.rest('lastRecordedAddress', disc, 'stateOfLastSession', 'No complete session is described.')
    return null
  }
  if (hasLayerJumps(last) && last.lastLayerJumpAddress !== undefined) {
    // What lies on layer 1 has addresses behind those of all later sessions.
    claims.rest('lastRecordedAddress', last, 'lastLayerJumpAddress', `Track ${last.trackNumber} leaves layer 0 there.`)
    return last.lastLayerJumpAddress
  }
  if (last.lastRecordedAddress !== undefined) {
    const says = `Track ${last.trackNumber} is recorded up to there.`
    claims.rest('lastRecordedAddress', last, 'lastRecordedAddress', says)
    return last.lastRecordedAddress
  }
  claims.rest('lastRecordedAddress', last, 'trackSize', `Track ${last.trackNumber} ends there.`)
  return last.trackStartAddress! + Math.max(1, trackSize(last) ?? 1) - 1
}

function concludeNextWritableAddress(claims: Claims, state: SequentialState): number | null {
  const disc = answered(claims.observed.discInformation)!
  const { openTrack } = state
  if (!openTrack || (state.verdict !== 'blank' && state.verdict !== 'appendable')) {
    if (state.verdict === 'blank') {
      claims.rest('nextWritableAddress', disc, 'discStatus', 'A blank disc is recorded from block 0 on.')
      return 0
    }
    claims.rest('nextWritableAddress', disc, 'discStatus', 'No track can be written to.')
    return null
  }
  // Nothing else can be the beginning of a blank disc, whatever the drive computes for its lead-in.
  const address = state.verdict === 'blank' ? 0 : state.nextWritableAddress!
  if (openTrack.nextWritableAddress === address) {
    claims.rest(
      'nextWritableAddress',
      openTrack,
      'nextWritableAddress',
      `Track ${openTrack.trackNumber} goes on there.`,
    )
  } else {
    claims.rest(
      'nextWritableAddress',
      openTrack,
      'trackStartAddress',
      `Track ${openTrack.trackNumber} is blank: it is written from its start on.`,
    )
    if (openTrack.nextWritableAddress !== undefined) {
      claims.warn(
        `READ TRACK INFORMATION gives ${openTrack.nextWritableAddress} as next writable address of track ${openTrack.trackNumber}, which cannot be: ${address}, its start, is believed.`,
      )
    }
  }
  warnOfOtherAddresses(claims, state, address)
  return address
}

function warnOfOtherAddresses(claims: Claims, state: SequentialState, address: number): void {
  for (const track of state.tracks) {
    if (track === state.openTrack || track.nextWritableAddress === undefined) continue
    claims.warn(
      `Track ${track.trackNumber}${track.reservedTrack ? ' (reserved)' : ''} has a next writable address of its own, ${track.nextWritableAddress}: that of the last track, ${address}, is believed.`,
    )
  }
}

function concludeSpace(
  claims: Claims,
  state: SequentialState,
  address: number | null,
  traits: SequentialTraits,
): Pick<Conclusion, 'freeBlocks' | 'capacityBlocks'> {
  const { observed } = claims
  const disc = answered(observed.discInformation)!
  if (address === null) {
    claims.rest('freeBlocks', disc, 'discStatus', 'Nothing more can be recorded.')
    return { freeBlocks: 0, capacityBlocks: concludeRecordedCapacity(claims, state) }
  }
  const leadOut = traits.isCd && state.verdict === 'blank' ? lastPossibleLeadOut(observed) : undefined
  const { openTrack } = state
  const free = openTrack?.freeBlocks
  if (openTrack && free && address + free <= MOST_BLOCKS) {
    claims.rest('freeBlocks', openTrack, 'freeBlocks', `${free} blocks can be written from ${address} on.`)
    if (leadOut === undefined) {
      claims.rest('capacityBlocks', openTrack, 'freeBlocks', 'What is recorded and what is free make the capacity.')
      return { freeBlocks: free, capacityBlocks: address + free }
    }
    claims.rest(
      'capacityBlocks',
      disc,
      'lastPossibleLeadOutStartAddress',
      'The lead-out can begin there at the latest.',
    )
    return { freeBlocks: free, capacityBlocks: leadOut }
  }
  if (leadOut !== undefined) {
    claims.rest(
      ['freeBlocks', 'capacityBlocks'],
      disc,
      'lastPossibleLeadOutStartAddress',
      'The lead-out can begin there at the latest.',
    )
    return { freeBlocks: leadOut - address, capacityBlocks: leadOut }
  }
  const dataArea = state.verdict === 'blank' ? physicalFormat(observed)?.dataAreaBlocks : undefined
  const structure = answered(observed.discStructure)
  if (dataArea !== undefined && structure) {
    claims.rest(['freeBlocks', 'capacityBlocks'], structure, 'structureData', `The data area has ${dataArea} blocks.`)
    claims.warn('READ TRACK INFORMATION gives no room on the blank disc: the size of its data area is believed.')
    return { freeBlocks: dataArea, capacityBlocks: dataArea }
  }
  if (openTrack && free !== undefined && free <= MOST_BLOCKS) {
    claims.rest(['freeBlocks', 'capacityBlocks'], openTrack, 'freeBlocks', `${free} blocks are free.`)
    return { freeBlocks: free, capacityBlocks: address + free }
  }
  claims.rest(['freeBlocks', 'capacityBlocks'], disc, 'discStatus', 'The drive does not say how much fits.')
  return { freeBlocks: null, capacityBlocks: null }
}

function concludeRecordedCapacity(claims: Claims, state: SequentialState): number | null {
  const { observed } = claims
  const blocks = readableBlocks(observed)
  const capacity = answered(observed.capacity)
  if (blocks !== undefined && capacity) {
    claims.rest('capacityBlocks', capacity, 'logicalBlockAddress', `The last block that can be read is ${blocks - 1}.`)
    return blocks
  }
  const last = state.tracks.at(-1)
  if (last?.trackSize !== undefined) {
    claims.rest('capacityBlocks', last, 'trackSize', 'The last track ends there.')
    return last.trackStartAddress! + trackSize(last)!
  }
  const refusal = refused(observed.capacity)
  if (refusal) claims.rest('capacityBlocks', refusal, '', 'The drive does not say how much is recorded.')
  return null
}

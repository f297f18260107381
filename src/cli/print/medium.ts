import type { Evidence } from '../../mmc/evidence'
import type { Medium } from '../../mmc/medium-state'
import { discMap } from './disc-map'
import { grouped, size } from './figures'
import { printable } from './printable'
import type { style } from './style'
import { pairs, table } from './table'

const STATES: Readonly<Record<Medium['state'], string>> = {
  blank: 'blank: nothing recorded, ready for a first session',
  appendable: 'appendable: another session can be added',
  complete: 'complete: nothing more can be recorded',
  overwritable: 'overwritable: any block can be written at any time',
  unformatted: 'unformatted: overwritable once it is formatted',
  damaged: 'damaged: the last session is damaged, and the drive gives no next writable address',
  unknown: 'unknown: the drive does not say enough',
}

/** What is in the drive, for people: state, map, tracks, and what it was decided from. */
export function mediumReport(medium: Medium, width: number, paint: ReturnType<typeof style>): string {
  const parts = [
    pairs(summary(medium, paint)),
    discMap(medium, Math.max(20, Math.min(width - 6, 96))).join('\n'),
    medium.tracks.length > 0 ? trackTable(medium) : '',
    medium.evidence.length > 0 ? `${paint('bold', 'Decided from')}\n${evidenceTable(medium.evidence)}` : '',
  ]
  return parts.filter(part => part !== '').join('\n\n')
}

function summary(medium: Medium, paint: ReturnType<typeof style>): (readonly [string, string])[] {
  const profile = medium.profile
    ? `${printable(medium.profile.name)} (profile ${medium.profile.code.toString(16).toUpperCase().padStart(4, '0')}h)`
    : 'none reported'
  const colour = medium.state === 'damaged' ? 'red' : medium.state === 'complete' ? 'yellow' : 'green'
  return [
    ['medium', `${paint('bold', medium.family)}, ${profile}`],
    ['state', paint(colour, STATES[medium.state])],
    ['sessions', `${medium.sessionCount}, the last one ${medium.lastSessionState}`],
    ['last session starts at', address(medium.lastSessionStart)],
    ['next writable address', address(medium.nextWritableAddress)],
    ['free', amount(medium.freeBlocks)],
    ['capacity', amount(medium.capacityBlocks)],
    ['in IMAPI’s words', `${medium.imapi.physicalMediaType}, ${medium.imapi.mediaState.join(' + ')}`],
  ]
}

const address = (lba: number | null) => (lba === null ? '–' : `LBA ${grouped(lba)}`)
const amount = (blocks: number | null) => (blocks === null ? '–' : `${grouped(blocks)} blocks, ${size(blocks)}`)

function trackTable(medium: Medium): string {
  return table(
    ['session', 'track', 'start', 'blocks', 'size', 'state', 'kind', 'next writable', 'free'],
    medium.tracks.map(track => [
      track.session,
      track.number,
      track.start,
      track.size,
      size(track.size),
      track.state,
      track.isData ? 'data' : 'audio',
      track.nextWritableAddress,
      track.freeBlocks,
    ]),
  )
}

/** Claims with the command and bytes that each rests on. */
export function evidenceTable(evidence: readonly Evidence[]): string {
  return table(
    ['claim', 'command', 'bytes', 'says'],
    evidence.map(({ claim, command, bytes, says }) => [claim, command, shortened(bytes), says]),
  )
}

/** Long bytes are in the JSON in full. */
function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

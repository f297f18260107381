import { type Medium, type ScannedZone, type ScanSummary, singleSpeedKBps } from '../../mmc'
import { grouped, size } from './figures'

/** Multiples of a medium's single speed count sectors on CDs, and a data block is less than its sector. */
const CD_USER_DATA = 2048 / 2352

/** kB/s of user data at 1× in a zone. */
function singleSpeed({ family }: Medium, { isData }: Pick<ScannedZone, 'isData'>): number {
  const single = singleSpeedKBps(family) ?? Number.POSITIVE_INFINITY
  return family.startsWith('cd-') && isData ? single * CD_USER_DATA : single
}

/** How many times single speed so many kB/s are; nothing for a medium whose single speed nobody knows. */
export function times(medium: Medium, zone: Pick<ScannedZone, 'isData'>, speedKBps: number): string {
  const multiple = speedKBps / singleSpeed(medium, zone)
  return multiple > 0 ? `${multiple.toFixed(1)}×` : ''
}

/** What a scan comes to, in words. */
export function scanFigures(medium: Medium, summary: ScanSummary, zones: readonly ScannedZone[]): [string, string][] {
  const speed = (value: number, zone: Pick<ScannedZone, 'isData'>) =>
    [`${(value / 1000).toFixed(value < 100_000 ? 2 : 0)} MB/s`, times(medium, zone, value)].filter(Boolean).join(', ')
  const at = (value: number) => zones.find(({ speedKBps }) => speedKBps === value) ?? { isData: true }
  const { averageSpeedKBps, slowestSpeedKBps, fastestSpeedKBps, slowestMs, c2Errors, unreadableBlocks } = summary
  const isMixed = new Set(zones.map(({ isData }) => isData)).size > 1
  return [
    [
      'scanned',
      `${grouped(summary.scannedBlocks)} blocks, ${size(summary.scannedBlocks)}, in ${summary.seconds.toFixed(1)} s`,
    ],
    [
      'on average',
      isMixed ? `${(averageSpeedKBps / 1000).toFixed(2)} MB/s` : speed(averageSpeedKBps, at(slowestSpeedKBps)),
    ],
    ['slowest part', speed(slowestSpeedKBps, at(slowestSpeedKBps))],
    ['fastest part', speed(fastestSpeedKBps, at(fastestSpeedKBps))],
    ['slowest command', `${slowestMs.toFixed(slowestMs < 10 ? 2 : 0)} ms`],
    ...(c2Errors === null ? [] : [['C2 errors', `${grouped(c2Errors)} bytes`] as [string, string]]),
    ['unreadable', unreadableBlocks === 0 ? 'none' : `${grouped(unreadableBlocks)} blocks`],
  ]
}

import type { Medium, ScannedZone, ScanSummary } from '../../mmc'
import { grouped } from './figures'
import { scanFigures } from './scan-figures'
import { pairs, table } from './table'

const ROWS = 6
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
/** Lines of the list of what cannot be read; a page written by --report has them all. */
const MOST_RANGES = 20

/** The transfer rate from the first block to the last as a graph, the surface below it, and what both come to. */
export function scanReport(medium: Medium, summary: ScanSummary, zones: readonly ScannedZone[], width: number): string {
  const columns = columnsOf(zones, Math.max(20, Math.min(width - 12, 96)))
  const parts = [
    graph(columns, summary.fastestSpeedKBps),
    pairs(scanFigures(medium, summary, zones)),
    unreadableTable(summary),
  ]
  return parts.filter(part => part !== '').join('\n\n')
}

/** What stands in one column of the graph. */
interface Column {
  readonly start: number
  readonly speedKBps: number
  readonly unreadable: boolean
  readonly c2: boolean
}

function columnsOf(zones: readonly ScannedZone[], width: number): Column[] {
  const count = Math.min(width, zones.length)
  return Array.from({ length: count }, (_, index) => {
    const part = zones.slice(
      Math.floor((index * zones.length) / count),
      Math.floor(((index + 1) * zones.length) / count),
    )
    const seconds = part.reduce((sum, zone) => sum + zone.seconds, 0)
    return {
      start: part[0]!.start,
      speedKBps: part.reduce((sum, zone) => sum + zone.speedKBps * zone.seconds, 0) / (seconds || 1),
      unreadable: part.some(zone => zone.unreadable.some(({ isRunOut }) => !isRunOut)),
      c2: part.some(zone => (zone.c2Errors ?? 0) > 0),
    }
  })
}

function graph(columns: readonly Column[], fastest: number): string {
  const lines = Array.from({ length: ROWS }, (_, line) => {
    const row = ROWS - 1 - line
    const bars = columns.map(({ speedKBps }) => {
      const eighths = fastest === 0 ? 0 : Math.round((speedKBps / fastest) * ROWS * 8) - row * 8
      return EIGHTHS[Math.max(0, Math.min(8, eighths))]
    })
    const label = row === ROWS - 1 ? megabytes(fastest) : row === 0 ? '0' : ''
    return `  ${label.padStart(6)} ┤${bars.join('')}`
  })
  const surface = columns.map(({ unreadable, c2 }) => (unreadable ? '╳' : c2 ? '▒' : '█')).join('')
  const first = `${grouped(columns[0]?.start ?? 0)}`
  const last = `${grouped(columns.at(-1)?.start ?? 0)}`
  return [
    '    MB/s',
    ...lines,
    `         └${'─'.repeat(columns.length)}`,
    `  blocks  ${first}${columns.length > first.length + last.length + 1 ? last.padStart(columns.length - first.length) : ''}`,
    ` surface  ${surface}`,
    `          █ good   ▒ errors that C2 found   ╳ unreadable`,
  ].join('\n')
}

function unreadableTable({ unreadable }: ScanSummary): string {
  if (unreadable.length === 0) return ''
  const rows = unreadable
    .slice(0, MOST_RANGES)
    .map(({ start, blocks, sense, isRunOut }) => [
      start,
      blocks,
      isRunOut ? 'run-out blocks of the track: nothing is lost' : (sense?.text ?? 'no sense data'),
    ])
  const more = unreadable.length > MOST_RANGES ? `\n  and ${unreadable.length - MOST_RANGES} more places` : ''
  return table(['first block', 'blocks', 'why'], rows) + more
}

const megabytes = (kBps: number) => (kBps / 1000).toFixed(kBps < 100_000 ? 2 : 0)

import type { Medium, ScannedZone, ScanSummary } from '../../mmc'
import type { DriveIdentity } from './drive'
import { grouped } from './figures'
import { printable } from './printable'
import { scanFigures, times } from './scan-figures'

/** What a page about a scan tells of. */
export interface ScanPage {
  readonly drive: DriveIdentity
  readonly medium: Medium
  readonly summary: ScanSummary
  readonly zones: readonly ScannedZone[]
  readonly scannedAt: Date
}

const WIDTH = 1000
const HEIGHT = 260
const MARGIN = { left: 84, right: 64, top: 14, bottom: 30 }
const LINES = 5

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --faint: #8794a6; --rule: #dfe4ea; --speed: #1769c2; --time: #b06a00;
  --good: #3d9a5f; --c2: #d9a300; --bad: #c8322b; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --faint: #7f8b9c; --rule: #303a47; --speed: #6cb0ff;
  --time: #f0b04d; --paper: #151a21 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1060px;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
p { margin: .2rem 0; color: var(--faint) }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1rem; margin: 1.5rem 0 }
dt { color: var(--faint); font-size: .85rem } dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums }
svg { width: 100%; height: auto; display: block } text { fill: var(--faint); font-size: 12px }
.rule { stroke: var(--rule) } .speed { stroke: var(--speed) } .time { stroke: var(--time) }
.speed, .time { fill: none; stroke-width: 1.6; stroke-linejoin: round }
.good { fill: var(--good) } .c2 { fill: var(--c2) } .bad { fill: var(--bad) }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .25rem .8rem .25rem 0;
  border-bottom: 1px solid var(--rule); font-variant-numeric: tabular-nums } th { color: var(--faint); font-weight: normal }
`

/** A page (HTML, complete in itself) with the graphs of a scan, the surface, and every place that cannot be read. */
export function scanPage({ drive, medium, summary, zones, scannedAt }: ScanPage): string {
  const name = [drive.vendor, drive.product, drive.revision].filter(Boolean).join(' ')
  const megabytes = (value: number) => (value / 1000).toFixed(summary.fastestSpeedKBps < 100_000 ? 1 : 0)
  // One scale for all of a mixed disc: that of its first zone.
  const mostly = zones[0] ?? { isData: true }
  const speeds = axis(summary.fastestSpeedKBps)
  const waits = axis(summary.slowestMs)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Scan of ${text(medium.family)} in ${text(name)}</title>
<style>${STYLE}</style>
<h1>${text(medium.profile?.name ?? medium.family)} in ${text(name)}</h1>
<p>${text(drive.address)}, ${scannedAt.toISOString()}</p>
<dl>${scanFigures(medium, summary, zones)
    .map(([term, value]) => `<div><dt>${text(term)}<dd>${text(value)}</div>`)
    .join('')}</dl>
<h2>Transfer rate</h2>
${graph(
  zones,
  'speed',
  zone => zone.speedKBps,
  speeds,
  value => [`${megabytes(value)} MB/s`, times(medium, mostly, value)],
)}
<h2>Slowest command</h2>
${graph(
  zones,
  'time',
  zone => zone.slowestMs,
  waits,
  value => [`${value < 10 ? value.toFixed(1) : Math.round(value)} ms`, ''],
)}
<h2>Surface</h2>
${surface(zones)}
<h2>Unreadable</h2>
${unreadable(summary)}
</html>
`
}

/** The end of an axis that begins at 0: a round number that nothing exceeds. */
function axis(most: number): number {
  if (most <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  return power * [1, 2, 2.5, 5, 10].find(step => step * power >= most)!
}

function graph(
  zones: readonly ScannedZone[],
  kind: 'speed' | 'time',
  value: (zone: ScannedZone) => number,
  most: number,
  labels: (value: number) => readonly [left: string, right: string],
): string {
  const first = zones[0]?.start ?? 0
  const end = Math.max(first + 1, ...zones.map(({ start, blocks }) => start + blocks))
  const [wide, high] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom]
  const x = (lba: number) => (MARGIN.left + ((lba - first) / (end - first)) * wide).toFixed(1)
  const y = (amount: number) => (MARGIN.top + (1 - amount / most) * high).toFixed(1)
  const rules = Array.from({ length: LINES + 1 }, (_, line) => {
    const amount = (most * line) / LINES
    const [left, right] = labels(amount)
    return `<path class="rule" d="M${MARGIN.left} ${y(amount)}H${WIDTH - MARGIN.right}"/>
<text x="${MARGIN.left - 6}" y="${Number(y(amount)) + 4}" text-anchor="end">${text(left)}</text>
<text x="${WIDTH - MARGIN.right + 6}" y="${Number(y(amount)) + 4}">${text(right)}</text>`
  })
  const places = Array.from({ length: LINES + 1 }, (_, column) => {
    const lba = Math.round(first + ((end - first) * column) / LINES)
    return `<text x="${x(lba)}" y="${HEIGHT - 8}" text-anchor="middle">${text(`${grouped(lba)}`)}</text>`
  })
  const line = zones
    .flatMap(zone => [`${x(zone.start)} ${y(value(zone))}`, `${x(zone.start + zone.blocks)} ${y(value(zone))}`])
    .join('L')
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
${rules.join('\n')}
${places.join('')}
<path class="${kind}" d="M${line}"/>
</svg>`
}

/** A square a zone, in reading order. */
function surface(zones: readonly ScannedZone[]): string {
  const [across, side] = [50, WIDTH / 50]
  const squares = zones.map((zone, index) => {
    const bad = zone.unreadable.reduce((sum, range) => sum + (range.isRunOut ? 0 : range.blocks), 0)
    const kind = bad > 0 ? 'bad' : zone.c2Errors ? 'c2' : 'good'
    const place = `x="${(index % across) * side}" y="${Math.floor(index / across) * side}"`
    const last = zone.start + zone.blocks - 1
    const said = bad > 0 ? `, ${bad} unreadable` : zone.c2Errors ? `, ${zone.c2Errors} bytes with C2 errors` : ''
    return `<rect class="${kind}" ${place} width="${side - 2}" height="${side - 2}"><title>${zone.start}–${last}${said}</title></rect>`
  })
  const height = Math.ceil(zones.length / across) * side
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img">${squares.join('')}</svg>
<p>Each square is a part of the medium, from its first block on: green is good, yellow has errors that C2 found, red has
blocks that cannot be read.</p>`
}

function unreadable({ unreadable: ranges }: ScanSummary): string {
  if (ranges.length === 0) return '<p>Every block could be read.</p>'
  const rows = ranges.map(({ start, blocks, sense, isRunOut }) => {
    const why = sense
      ? `${sense.key.toString(16).toUpperCase()}/${hex(sense.asc)}/${hex(sense.ascq)} ${sense.text}`
      : 'no sense data'
    const said = isRunOut ? `${why} (run-out blocks of the track: nothing is lost)` : why
    return `<tr><td>${start}<td>${start + blocks - 1}<td>${blocks}<td>${text(said)}`
  })
  return `<table><tr><th>first block<th>last block<th>blocks<th>why${rows.join('')}</table>`
}

const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0')

/** Text from drives and discs, safe in HTML. */
function text(content: string): string {
  return printable(content).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

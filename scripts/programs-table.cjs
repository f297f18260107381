'use strict'
// Writes docs/programs.md, and the part of README.md between its markers, from what the last runs of
// `npm run test:vm programs-reading programs-recording recording-exchange` have left in test/vm/programs/latest-*.json.
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const ROOT = join(__dirname, '..')
const TYPES =
  'cd-rom cd-r cd-rw dvd-rom dvd-r dvd-r-dl dvd-rw dvd-rw-ro dvd+r dvd+r-dl dvd+rw dvd-ram bd-rom bd-r bd-r-pow bd-re'
const SIGNS = { ok: 'ok', refused: 'no', failed: '**failed**' }
const TITLES = {
  reading: 'Programs that read',
  recording: 'Programs that record',
  exchange: 'Sessions by turns with ours',
}
/** What a table cannot say by itself. */
const NOTES = {
  recording: `

mmc_format (udfclient 0.8.11) does not end by itself where it waits for the drive, on Linux, with whatever drive: it is
ended after a minute, and *ok* says what the drive made of its command. Its wait polls TEST UNIT READY and ends at sense
data of 00/00, or of 04 without a progress indication. Its own wrapper of SG_IO, though, fills the sense data in only
where the status is not GOOD, and the wait clears them nowhere (on NetBSD the wrapper does): with a drive that is ready
they stay what the stack held before, and after a poll that met 2/04/04 with its progress, as MMC-6 has it, that progress
stays, too. A drive that does as the standard says can hardly end it. A DVD+RW, whose format goes on in the background, it
does not wait for.`,
}
const MARKERS = ['<!-- programs -->', '<!-- /programs -->']

/** A table of programs and the kinds of media that any of them was tried on. */
function table(programs) {
  const types = TYPES.split(' ').filter(type => Object.values(programs).some(cells => cells[type]))
  const rows = Object.entries(programs)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([program, cells]) => `| ${program} | ${types.map(type => SIGNS[cells[type]?.result] ?? '').join(' | ')} |`)
  return [`| program | ${types.join(' | ')} |`, `| --- |${' --- |'.repeat(types.length)}`, ...rows].join('\n')
}

/** What the programs say where they do not do it. */
function words(programs) {
  const lines = Object.entries(programs).flatMap(([program, cells]) =>
    Object.entries(cells)
      .filter(([, cell]) => cell.words)
      .map(
        ([type, { result, words }]) =>
          `- ${program}, ${type}: ${result === 'failed' ? 'failed: ' : ''}“${words.replace(/\s+/g, ' ')}”`,
      ),
  )
  return lines.length > 0 ? `\n\n${lines.join('\n')}` : ''
}

/** The text of docs/programs.md. */
function page(results) {
  const parts = Object.entries(results).map(
    ([name, programs]) => `## ${TITLES[name]}\n\n${table(programs)}${words(programs)}${NOTES[name] ?? ''}`,
  )
  return `# Programs on the virtual drive

Programs of Debian 12 on virtual discs, through iSCSI and the drivers of a Linux kernel, as the test suites
\`programs-reading\`, \`programs-recording\` and \`recording-exchange\` found them (\`npm run test:vm programs-recording\` runs
one of them). *ok*: what it did was right, the data recorded were mounted by the kernel and equal (by turns: after each
session, all of them), and the library agreed with other programs on the disc it left behind. *no*: the program itself
does not do this; its words are below the table. Empty: not tried. Written by those runs, with
\`scripts/programs-table.cjs\`; a cell stays until a run tries it again.

${parts.join('\n\n')}
`
}

const results = {}
for (const name of Object.keys(TITLES)) {
  const file = join(ROOT, `test/vm/programs/latest-${name}.json`)
  if (existsSync(file)) results[name] = JSON.parse(readFileSync(file, 'utf8'))
}
writeFileSync(join(ROOT, 'docs/programs.md'), page(results))
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const [begin, end] = MARKERS.map(marker => readme.indexOf(marker))
if (begin >= 0 && end > begin && results.recording) {
  const inside = `${MARKERS[0]}\n${table(results.recording)}\n`
  writeFileSync(join(ROOT, 'README.md'), readme.slice(0, begin) + inside + readme.slice(end))
}

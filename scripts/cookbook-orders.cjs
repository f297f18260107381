'use strict'
// Writes the part of each page of docs/cookbook between its markers, from what the last run of
// `npm run test:vm recording-exchange` has left in test/vm/recording/latest-orders.json.
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const ROOT = join(__dirname, '..')
const MARKERS = ['<!-- orders -->', '<!-- /orders -->']
const PROGRAMS = ['growisofs', 'xorriso', 'cdrskin', 'wodim', 'here']

const { versions, orders } = JSON.parse(readFileSync(join(ROOT, 'test/vm/recording/latest-orders.json'), 'utf8'))

const title = program => (versions[program] ? `${program} ${versions[program]}` : program)
const cell = steps => (steps ? steps.join('<br>') : '')

for (const [media, programs] of Object.entries(orders)) {
  const path = join(ROOT, `docs/cookbook/${media}.md`)
  const page = readFileSync(path, 'utf8')
  const [begin, end] = MARKERS.map(marker => page.indexOf(marker))
  if (begin < 0 || end < begin) throw new Error(`${path} has no place for the orders`)
  const columns = PROGRAMS.filter(program => programs[program])
  const row = (name, key) => `| ${name} | ${columns.map(program => cell(programs[program][key])).join(' | ')} |`
  const inside = [
    MARKERS[0],
    'As they were sent to the virtual drive through the kernel, an image of some hundred blocks each, the appended session',
    'behind one of another program (`npm run test:vm recording-exchange`). What only asks is left out, and so are write',
    'parameters that nothing was recorded with, and lock and unlock, which the kernel sends by itself, too. 5C is READ',
    'BUFFER CAPACITY; → is the sense of a command that failed.',
    '',
    `| | ${columns.map(title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    row('first session', 'first'),
    row('appended', 'appended'),
    '',
  ].join('\n')
  writeFileSync(path, page.slice(0, begin) + inside + page.slice(end))
}

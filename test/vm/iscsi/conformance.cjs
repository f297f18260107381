#!/usr/bin/env node
'use strict'
// Has libiscsi's programs look at a virtual DVD-RAM behind our target: `conformance.cjs FOLDER`. Prints a line a check,
// "ok: …" or "FAILED: …", and writes the table of docs/iscsi.md.
const { spawn, spawnSync } = require('node:child_process')
const { once } = require('node:events')
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const ROOT = join(__dirname, '../../..')
const TARGET = 'iqn.2026-01.org.example:conformance'
const MARKERS = ['<!-- libiscsi -->', '<!-- /libiscsi -->']
const BYTE_CHECK = 'sets BytChk, which MMC does not have: 5/24/00'
/** Tests that ask what an MMC device must not answer, and why. */
const DOES_NOT_APPLY = {
  'ModeSense6.Control': 'MMC has no control mode page (0Ah)',
  'StartStopUnit.Simple':
    'wants GOOD right behind a load, where MMC wants the unit attention "medium may have changed" (6/28/00)',
  'StartStopUnit.NoLoej': 'sets NO_FLUSH of disks, which is FL (format layer) in MMC: 5/24/00',
  'Verify10.Simple': BYTE_CHECK,
  'Verify10.BeyondEol': BYTE_CHECK,
  'Verify10.ZeroBlocks': BYTE_CHECK,
  'Verify10.Flags': BYTE_CHECK,
  'Verify10.Mismatch': BYTE_CHECK,
}

/** Results of iscsi-test-cu's verbose output: `{ 'Write10.Simple': 'passed' | 'skipped' | 'failed' }`. */
function results(output) {
  const tests = {}
  for (const suite of output.split(/^Suite: /m).slice(1)) {
    const name = suite.slice(0, suite.search(/\W/))
    for (const test of suite.split(/^ {2}Test: /m).slice(1)) {
      const [log, , verdict] = test.split(/(^|\.\.\.)(passed|FAILED)/m)
      const result = verdict === 'FAILED' ? 'failed' : log.includes('[SKIPPED]') ? 'skipped' : 'passed'
      tests[`${name}.${test.slice(0, test.indexOf(' ...'))}`] = result
    }
  }
  return tests
}

/** The table: suites of which a test ran, and what came of them. */
function table(tests) {
  const suites = {}
  for (const [test, result] of Object.entries(tests)) {
    const suite = test.split('.')[0]
    suites[suite] ??= { passed: 0, skipped: 0, reasons: new Map() }
    const { reasons } = suites[suite]
    const why = DOES_NOT_APPLY[test] ?? 'FAILED'
    if (result === 'failed') reasons.set(why, [...(reasons.get(why) ?? []), test.split('.')[1]])
    else suites[suite][result]++
  }
  const rows = Object.entries(suites)
    .filter(([, { passed, reasons }]) => passed + reasons.size > 0)
    .map(
      ([suite, { passed, skipped, reasons }]) =>
        `| ${suite} | ${passed || ''} | ${skipped || ''} | ${[...reasons].map(([why, names]) => `${names.join(', ')}: ${why}`).join('; ')} |`,
    )
  const untried = Object.keys(suites).filter(suite => suites[suite].passed + suites[suite].reasons.size === 0)
  return `| suite | passed | skipped by libiscsi | does not apply |
| --- | --- | --- | --- |
${rows.join('\n')}

Skipped whole, as they try what disks (SBC) alone have: ${untried.join(', ')}.`
}

function document(tests) {
  const file = join(ROOT, 'docs/iscsi.md')
  const text = readFileSync(file, 'utf8')
  const [begin, end] = MARKERS.map(marker => text.indexOf(marker))
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for the table`)
  writeFileSync(file, `${text.slice(0, begin)}${MARKERS[0]}\n\n${table(tests)}\n\n${text.slice(end)}`)
}

function report(words, wrong) {
  console.log(wrong ? `FAILED: ${words}: ${wrong}` : `ok: ${words}`)
}

async function main(folder) {
  const command = join(ROOT, 'bin/scsi-mmc.cjs')
  const disc = join(folder, 'conformance.disc')
  spawnSync(process.execPath, [command, 'virtual', 'create', disc, '--media', 'dvd-ram'])
  const server = spawn(process.execPath, [
    command,
    'virtual',
    'serve',
    disc,
    '--port',
    '0',
    '--target',
    TARGET,
    '--json',
  ])
  const [line] = await once(server.stdout, 'data')
  const { portal } = JSON.parse(line)
  const url = `iscsi://${portal}/${TARGET}/0`
  const run = (program, ...words) =>
    spawnSync(program, words, { encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 900_000 })
  try {
    const inquiry = run('iscsi-inq', url)
    report('iscsi-inq', !/Removable:1[\s\S]*Vendor:SCSI-MMC/.test(inquiry.stdout) && inquiry.stdout + inquiry.stderr)
    const list = run('iscsi-ls', '-s', `iscsi://${portal}/`)
    report('iscsi-ls -s', !/Target:iqn[^\n]*\n[^\n]*Lun:0 +Type:MMC/.test(list.stdout) && list.stdout + list.stderr)
    const { stdout } = run('iscsi-test-cu', '--dataloss', '--test', 'ALL', url)
    const tests = results(stdout)
    const passed = Object.keys(tests).filter(test => tests[test] === 'passed')
    report(`iscsi-test-cu: ${passed.length} tests pass`, passed.length < 40 && stdout.slice(-2000))
    const failed = Object.keys(tests).filter(test => tests[test] === 'failed' && !DOES_NOT_APPLY[test])
    report('all that apply', failed.length > 0 && failed.join(', '))
    const mended = Object.keys(DOES_NOT_APPLY).filter(test => tests[test] !== 'failed')
    report('those that do not apply are answered as MMC has it', mended.length > 0 && mended.join(', '))
    document(tests)
  } finally {
    server.kill()
  }
}

void main(process.argv[2])

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../hw-tests/run.cjs'
import * as library from '../../src'
import { type MediaType, type VirtualDiscState, virtualDisc } from '../../src/virtual'

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-hw-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...words: string[]) {
  return runAnswering('', ...words)
}

/** Runs the checks, and types an answer to what they ask. */
async function runAnswering(answer: string, ...words: string[]) {
  let text = ''
  const stream = { write: (more: string) => (text += more) }
  const ask = async (question: string) => {
    text += question
    return answer
  }
  return { code: await main(words, { library, out: stream, err: stream, ask }), text }
}

test.each<[MediaType, VirtualDiscState]>([
  ['cd-r', 'appendable'],
  ['dvd+rw', 'appendable'],
  ['bd-re', 'unformatted'],
])('a virtual %s, %s: nothing fails, and the transcript gives the same medium', async (media, state) => {
  const disc = join(folder, `${media}-${state}`)
  await virtualDisc.create(disc, { media, state })
  const output = join(folder, `report-${media}`)
  const { code, text } = await run('--device', `virtual:${disc}`, '--output', output)
  expect({ code, failed: text.match(/^failed.*$/gm) }).toEqual({ code: 0, failed: null })
  const report = readFileSync(join(output, 'report.md'), 'utf8')
  expect(report).toContain(', 0 of them such as write')
  expect(report).toContain(`"family": "${media}"`)

  const [drive, replayed] = await Promise.all(
    [`virtual:${disc}`, `replay:${join(output, 'transcript.jsonl')}`].map(address => library.openDrive(address)),
  )
  expect(await replayed!.readMedium()).toEqual(await drive!.readMedium())
  await Promise.all([drive!.close(), replayed!.close()])
})

test('an empty tray is no failure', async () => {
  const { code, text } = await run('--device', 'virtual:', '--output', join(folder, 'empty'))
  expect({ code, failed: text.match(/^failed.*$/gm) }).toEqual({ code: 0, failed: null })
  expect(text).toMatch(/^not applicable .*there is no medium/m)
})

test.each([
  ['no drive', [], 2, '--device'],
  ['an unknown option', ['--devise', 'x'], 2, '--devise'],
  ['no address', ['--device', 'nonsense:', '--output', join(folder, 'none')], 2, 'nonsense'],
])('%s: one clear word, and how it is used', async (_name, words, code, says) => {
  const result = await run(...words)
  expect(result.code).toBe(code)
  expect(result.text).toContain(says)
})

test.each<[MediaType, VirtualDiscState]>([
  ['cd-r', 'blank'],
  ['dvd+rw', 'unformatted'],
])('writing on a virtual %s: nothing fails, and the transcript has the WRITEs', async (media, state) => {
  const disc = join(folder, `writing-${media}`)
  await virtualDisc.create(disc, { media, state })
  const output = join(folder, `writing-report-${media}`)
  const words = ['--device', `virtual:${disc}`, '--output', output, '--allow-writes', '--close']
  const { code, text } = await runAnswering(`write ${media}`, ...words)
  expect({ code, failed: text.match(/^failed.*$/gm) }).toEqual({ code: 0, failed: null })
  expect(text).toMatch(/^passed +a recording that is interrupted leaves what it says/m)
  expect(readFileSync(join(output, 'writing.jsonl'), 'utf8')).toContain('WRITE(10)')
})

test('without the right words typed nothing is written', async () => {
  const disc = join(folder, 'not-allowed')
  await virtualDisc.create(disc, { media: 'dvd-r', state: 'blank' })
  const words = ['--device', `virtual:${disc}`, '--output', join(folder, 'not-allowed-report'), '--allow-writes']
  const { code, text } = await runAnswering('yes', ...words)
  expect(code).toBe(2)
  expect(text).toContain('Nothing was written.')
  const drive = await library.openDrive(`virtual:${disc}`)
  expect((await drive.readMedium())?.isBlank).toBe(true)
  await drive.close()
})

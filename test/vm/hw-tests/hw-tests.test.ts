import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../../hw-tests/run.cjs'
import * as library from '../../../src'

async function run(device: string) {
  const output = mkdtempSync(join(tmpdir(), 'hw-tests-'))
  let text = ''
  const stream = { write: (more: string) => (text += more) }
  const code = await main(['--device', device, '--output', output], { library, out: stream, err: stream })
  return { code, failed: text.match(/^failed.*$/gm), text, output }
}

test.each([
  ['scsi-cd', '/dev/sr0'],
  ['ide-cd', '/dev/sr2'],
  ['usb-cd', '/dev/sr3'],
])('QEMU’s %s with a disc: nothing fails, and the transcript gives the same medium', async (_name, device) => {
  const { code, failed, output } = await run(device)
  expect({ code, failed }).toEqual({ code: 0, failed: null })
  expect(readFileSync(join(output, 'report.md'), 'utf8')).toContain(', 0 of them such as write')
  const real = await library.openDrive(device)
  const replayed = await library.openDrive(`replay:${join(output, 'transcript.jsonl')}`)
  const medium = await real.readMedium()
  expect(medium).toMatchObject({ family: 'cd-rom', state: 'complete', lastSessionStart: 0, warnings: [] })
  expect(await replayed.readMedium()).toEqual(medium)
  await Promise.all([real.close(), replayed.close()])
})

test('QEMU’s scsi-cd with an empty tray: nothing fails', async () => {
  const { code, failed, text } = await run('/dev/sr1')
  expect({ code, failed }).toEqual({ code: 0, failed: null })
  expect(text).toMatch(/^not applicable .*there is no medium/m)
})

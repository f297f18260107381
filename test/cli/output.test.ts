import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { run } from '../../src/cli/main'
import { scsiMmc, scsiMmcJson } from './command-line'

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-output-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A stream whose every write fails, as those of a pipe without a reader and of a full disk do. */
function failing(code: string): NodeJS.WriteStream {
  const write = (_chunk: unknown, _encoding: string, done: (error: Error) => void) =>
    done(Object.assign(new Error(`${code}: of the test`), { code }))
  return new Writable({ autoDestroy: false, write }) as unknown as NodeJS.WriteStream
}

test('a recording goes on to its end when nobody reads what it prints any more', async () => {
  const address = `virtual:${join(folder, 'dvd+r')}`
  const image = join(folder, 'image.img')
  writeFileSync(image, Buffer.alloc(2_000_000, 0x5a))
  await scsiMmc('virtual', 'create', join(folder, 'dvd+r'), '--media', 'dvd+r')
  expect(await run(['burn', address, image, '--verify'], failing('EPIPE'), failing('EPIPE'))).toBe(0)
  expect((await scsiMmcJson('info', address)).document.medium).toMatchObject({
    state: 'appendable',
    lastSessionState: 'empty',
  })
  expect((await scsiMmcJson('verify', address, image)).exitCode).toBe(0)
})

test('what could not be printed is no success, and says so', async () => {
  let said = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      said += chunk
      done()
    },
  }) as unknown as NodeJS.WriteStream
  expect(await run(['decode', 'sense', '70 00 05'], failing('ENOSPC'), stderr)).toBe(2)
  expect(said).toContain('Standard output cannot be written: ENOSPC')
})

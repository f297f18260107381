import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDiscOrImage } from '../src'

const { platform } = process
const directory = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'open-disc-or-image-'))
const onSystem = (name: NodeJS.Platform) => Object.defineProperty(process, 'platform', { value: name })

beforeAll(() => {
  // As Windows has it: the root folder of a drive bears the drive's address.
  mkdirSync(join(folder, 'D:'))
  process.chdir(folder)
})
afterEach(() => onSystem(platform))
afterAll(() => {
  process.chdir(directory)
  rmSync(folder, { recursive: true })
})

test('on Windows D: is a drive, although it is a folder', async () => {
  onSystem('win32')
  // There is no kernel32.dll here; that it is looked for says enough.
  await expect(openDiscOrImage('D:')).rejects.toMatchObject({ code: 'TRANSPORT_UNAVAILABLE' })
})

test('elsewhere a folder is neither a drive nor an image', async () => {
  onSystem('linux')
  await expect(openDiscOrImage('D:')).rejects.toMatchObject({ code: 'USAGE_FILE' })
})

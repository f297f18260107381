import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as path from 'node:path'
import { createInterface } from 'node:readline'
import { read10, readDiscInformation, readTrackInformation, write10 } from '../../src/mmc'
import type { MediaType } from '../../src/virtual'
import { load } from './drive-with-disc'

/** What a process that was killed had been told to be on the disc. */
export interface Survived {
  readonly ranges: readonly { readonly lba: number; readonly blocks: number; readonly mark: number }[]
  readonly closedSessions: number
}

/** Lets a process record on a disc and kills it after a number of lines that it has said, and a moment more. */
export async function recordAndKill(
  statePath: string,
  media: MediaType,
  lines: number,
  waitMs: number,
): Promise<Survived> {
  const child = spawn(
    process.execPath,
    [
      '--require',
      path.join(__dirname, '../typescript.cjs'),
      path.join(__dirname, 'interrupted-recording.ts'),
      statePath,
      media,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const ranges = new Map<number, Survived['ranges'][number]>()
  let closedSessions = 0
  let said = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...numbers] = line.split(' ')
    const [lba = 0, blocks = 0, mark = 0] = numbers.map(Number)
    if (word === 'synchronized') ranges.set(lba, { lba, blocks, mark })
    if (word === 'closed') closedSessions = lba
    if (word === 'erasing') ranges.clear()
    if (++said === lines) setTimeout(() => child.kill('SIGKILL'), waitMs)
  }
  const [, signal] = await ended
  // One that ended by itself was not interrupted, and would prove nothing.
  expect(signal).toBe('SIGKILL')
  return { ranges: [...ranges.values()], closedSessions }
}

/** Checks that the disc opens again, holds what was synchronised, and can be recorded on as its kind allows. */
export async function expectDiscToBeWhole(statePath: string, media: MediaType, survived: Survived): Promise<void> {
  const drive = await load(statePath)
  try {
    const information = await drive.send(readDiscInformation)
    const damaged = information.stateOfLastSession === 'damaged'
    for (const { lba, blocks, mark } of survived.ranges) {
      const data = await drive.send(read10, { logicalBlockAddress: lba, transferLength: blocks })
      for (let index = 0; index < blocks; index++) {
        const block = Buffer.from(data.buffer, data.byteOffset + index * 2048, 2048)
        expect([media, lba + index, block.readInt32BE(), block[2047]]).toEqual([media, lba + index, lba + index, mark])
      }
    }
    if (/^(cd|dvd-r$|dvd\+r|bd-r$)/.test(media) && media !== 'dvd+rw') {
      expect(information.numberOfSessions!).toBeGreaterThan(survived.closedSessions)
      const number = information.lastTrackNumberInLastSession!
      const track = await drive.send(readTrackInformation, { numberType: 'track', number })
      // What a power failure may leave: a disc that goes on, or a last track that says that it is damaged.
      if (!track.nextWritableAddressValid) expect([track.damage, damaged]).toEqual([true, true])
      const end = Math.max(0, ...survived.ranges.map(({ lba, blocks }) => lba + blocks))
      if (track.nextWritableAddressValid && media !== 'cd-rw') {
        expect(track.nextWritableAddress).toBeGreaterThanOrEqual(end)
        if (media === 'cd-r' || media === 'dvd-r') return
        const parameters = { logicalBlockAddress: track.nextWritableAddress!, transferLength: 32 }
        await drive.send(write10, parameters, { data: new Uint8Array(32 * 2048) })
      }
    }
  } finally {
    await drive.close()
  }
}

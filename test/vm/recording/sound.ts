import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const SECTOR_BYTES = 2352
const WAVE_HEADER_BYTES = 44
let seed = 1

/** Samples of which no two sectors are alike. */
export function noise(sectors: number): Buffer {
  const samples = Buffer.alloc(sectors * SECTOR_BYTES)
  for (let at = 0; at < samples.length; at += 4) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    samples.writeUInt32LE(seed, at)
  }
  return samples
}

/** Writes a WAVE file of 44.1 kHz, 16 bits, stereo. */
export function writeWave(file: string, samples: Buffer): void {
  const header = Buffer.alloc(WAVE_HEADER_BYTES)
  header.write('RIFF', 0)
  header.writeUInt32LE(WAVE_HEADER_BYTES - 8 + samples.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(2, 22)
  header.writeUInt32LE(44_100, 24)
  header.writeUInt32LE(176_400, 28)
  header.writeUInt16LE(4, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(samples.length, 40)
  writeFileSync(file, Buffer.concat([header, samples]))
}

/** A track of noise in a folder: `<name>.wav` to record it from, `<name>.raw` for what must be heard. */
export function writeTrack(folder: string, name: string, sectors: number): void {
  const samples = noise(sectors)
  writeWave(join(folder, `${name}.wav`), samples)
  writeFileSync(join(folder, `${name}.raw`), samples)
}

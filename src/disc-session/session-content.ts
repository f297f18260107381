import type { OpenAudioFile } from '../audio'
import type { PlacedTrack, TrackPart } from '../cue-sheet'
import { TRACK_MODES } from '../cue-sheet'
import type { SectorForm } from '../mmc'
import type { SourceFile } from './source-file'

const SECTOR_BYTES = 2352
const HEADER_BYTES = 16
const MODE_2_BYTES = 2336
const SUB_HEADERS = { 'MODE2/2048': [0, 0, 0x08, 0, 0, 0, 0x08, 0], 'MODE2/2324': [0, 0, 0x20, 0, 0, 0, 0x20, 0] }
const ZERO_SECTORS = 32

/** Every sector of a session, track by track, in the size that its form is sent in. */
export async function* sessionContent(
  files: readonly SourceFile[],
  tracks: readonly PlacedTrack[],
  forms: readonly SectorForm[],
): AsyncGenerator<Uint8Array> {
  const reading = new Reading(files)
  try {
    for (const [index, { track, parts }] of tracks.entries()) {
      const { sectorBytes } = TRACK_MODES[track.mode]
      const form = forms[index]!
      const convert = converter(track.mode)
      for (const part of parts) {
        for await (const sectors of reading.part(part, sectorBytes, form)) yield convert(sectors)
      }
    }
  } finally {
    await reading.close()
  }
}

/** One pass through the files: where a part begins at the place where the last one ended, reading just goes on. */
class Reading {
  private readonly files: readonly SourceFile[]
  private open:
    | { readonly index: number; readonly file: OpenAudioFile; readonly chunks: AsyncIterator<Uint8Array> }
    | undefined
  private at = 0
  private rest: Uint8Array = new Uint8Array()

  constructor(files: readonly SourceFile[]) {
    this.files = files
  }

  /** Whole sectors as they are in the file; the last one is filled up with zeros. */
  async *part(part: TrackPart, sectorBytes: number, form: SectorForm): AsyncGenerator<Uint8Array> {
    let left = part.sectors * sectorBytes
    if (part.file === undefined) {
      const zero = emptySector(sectorBytes, form)
      for (; left > 0; left -= ZERO_SECTORS * sectorBytes) {
        const count = Math.min(ZERO_SECTORS, left / sectorBytes)
        yield Buffer.concat(Array.from({ length: count }, () => zero))
      }
      return
    }
    await this.seek(part.file, part.offsetBytes)
    let pending: Uint8Array = new Uint8Array()
    let inFile = part.bytes
    while (inFile > 0) {
      const chunk = await this.take(inFile)
      if (chunk.length === 0) break
      inFile -= chunk.length
      const joined = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const whole = joined.length - (joined.length % sectorBytes)
      pending = Uint8Array.from(joined.subarray(whole))
      if (whole > 0) yield joined.subarray(0, whole)
      left -= whole
    }
    // The file may have changed since it was measured: what is missing shows when the stream is too short.
    if (inFile > 0 || left === 0) return
    const last = new Uint8Array(left)
    last.set(pending)
    yield last
  }

  async close(): Promise<void> {
    await this.open?.chunks.return?.()
    await this.open?.file.close()
    this.open = undefined
  }

  private async seek(index: number, offset: number): Promise<void> {
    if (this.open?.index === index && this.at === offset) return
    await this.close()
    const file = await this.files[index]!.open()
    this.open = { index, file, chunks: file.read(offset)[Symbol.asyncIterator]() }
    this.at = offset
    this.rest = new Uint8Array()
  }

  private async take(most: number): Promise<Uint8Array> {
    if (this.rest.length === 0) {
      const { done, value } = await this.open!.chunks.next()
      if (done) return new Uint8Array()
      this.rest = value
    }
    const taken = this.rest.subarray(0, most)
    this.rest = this.rest.subarray(taken.length)
    this.at += taken.length
    return taken
  }
}

/** A sector of a gap: zeros, with the sub-header that form 2 has. */
function emptySector(sectorBytes: number, form: SectorForm): Uint8Array {
  const sector = new Uint8Array(sectorBytes)
  if (form !== 'mode-2-xa' || sectorBytes < MODE_2_BYTES) return sector
  const at = sectorBytes === SECTOR_BYTES ? HEADER_BYTES : 0
  sector.set(SUB_HEADERS['MODE2/2324'], at)
  return sector
}

/** From sectors as they are in a file to what the host sends of them. */
function converter(mode: PlacedTrack['track']['mode']): (sectors: Uint8Array) => Uint8Array {
  switch (mode) {
    case 'MODE1/2352':
      return sectors =>
        each(sectors, SECTOR_BYTES, 2048, (sector, into) => into.set(sector.subarray(HEADER_BYTES, 2064)))
    case 'MODE2/2352':
    case 'CDI/2352':
      return sectors =>
        each(sectors, SECTOR_BYTES, MODE_2_BYTES, (sector, into) => into.set(sector.subarray(HEADER_BYTES)))
    case 'MODE2/2048':
    case 'MODE2/2324':
      return sectors =>
        each(sectors, TRACK_MODES[mode].sectorBytes, MODE_2_BYTES, (sector, into) => {
          into.set(SUB_HEADERS[mode])
          into.set(sector, SUB_HEADERS[mode].length)
        })
    default:
      return sectors => sectors
  }
}

function each(
  sectors: Uint8Array,
  from: number,
  to: number,
  convert: (sector: Uint8Array, into: Uint8Array) => void,
): Uint8Array {
  const count = sectors.length / from
  const converted = new Uint8Array(count * to)
  for (let index = 0; index < count; index++) {
    convert(sectors.subarray(index * from, (index + 1) * from), converted.subarray(index * to, (index + 1) * to))
  }
  return converted
}

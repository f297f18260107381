import { MediumError } from '../../../errors'
import { bytesOf } from '../../../layout'
import { readCd, readCdText, readSubChannel, readToc } from '../../commands'
import type { Drive } from '../../drive'
import type { BlockRange } from '../../recordable'
import { ScsiError } from '../../scsi-error'
import type { RecordOptions } from '../recipe'
import { controlOf, type DiscSession, layOut, SECTOR_FORMS, type SectorForm, type SessionArea } from './disc-session'
import { Portions } from './portions'
import { cdTextPacks, type SessionReport } from './record-session'

const SECTOR_BYTES = 2352
const SECTORS_A_READ = 24
/** Recorders and readers are apart by some samples, always by the same: up to five sectors. */
const MOST_OFFSET_SECTORS = 5
const SAMPLE_BYTES = 4
const LEAD_OUT = 0xaa
const CATALOG_NUMBER = 2
const ISRC = 3

/** What a session that was read back is like. */
export interface SessionVerification {
  readonly comparedSectors: number
  readonly differences: readonly BlockRange[]
  readonly unreadable: readonly BlockRange[]
  /** By how many samples the drive gives sound later than it was written; null where all is silence. */
  readonly sampleOffset: number | null
  /** What the table of contents, catalogue number, ISRCs and CD-Text say differently, as sentences. */
  readonly complaints: readonly string[]
}

/**
 * Reads a session back: its table of contents, catalogue number, ISRCs, CD-Text, and every sector.
 *
 * @throws {MediumError} `MEDIUM_NOTHING_COMPARED` where nothing was read back
 */
export async function verifySession(
  drive: Drive,
  session: DiscSession,
  report: Pick<SessionReport, 'trackStarts' | 'leadOut' | 'hasCdText' | 'writeType'>,
  options: Pick<RecordOptions, 'signal' | 'onProgress'> = {},
): Promise<SessionVerification> {
  const complaints = [
    ...(await contents(drive, session, report)),
    ...(await codes(drive, session)),
    ...(report.hasCdText ? await texts(drive, session) : []),
  ]
  const comparison = new Comparison(drive, options)
  const content = new Portions(session.content())
  try {
    for (const area of areasOf(session, report)) {
      const { blockBytes } = SECTOR_FORMS[area.form]
      await content.skip(area.skipped * blockBytes)
      await comparison.area(area, content)
    }
  } finally {
    await content.stop()
  }
  if (comparison.compared === 0) {
    throw new MediumError('MEDIUM_NOTHING_COMPARED', 'Nothing was read back, so nothing has been verified.')
  }
  const { compared: comparedSectors, differences, unreadable, sampleOffset } = comparison
  return { comparedSectors, differences, unreadable, sampleOffset, complaints }
}

interface ComparedArea extends SessionArea {
  /** Sectors of the content before it that are not compared. */
  readonly skipped: number
}

/** What can be read back: of pre-gaps of data nothing, of the two seconds before LBA 0 not on all drives. */
function areasOf(session: DiscSession, { trackStarts, writeType }: Pick<SessionReport, 'trackStarts' | 'writeType'>) {
  const { tracks } = layOut(session)
  return session.tracks.map(({ form, pregap, sectors }, index): ComparedArea => {
    const start = trackStarts[index]!
    const isContinuous = writeType === 'session-at-once' && !SECTOR_FORMS[form].isData
    const from = isContinuous ? Math.max(0, tracks[index]!.pregapStart) : start
    return { form, start: from, sectors: sectors + start - from, skipped: pregap - (start - from) }
  })
}

async function contents(
  drive: Drive,
  session: DiscSession,
  { trackStarts, leadOut }: Pick<SessionReport, 'trackStarts' | 'leadOut'>,
): Promise<string[]> {
  const { trackDescriptors = [] } = await drive.send(readToc)
  const find = (number: number) => trackDescriptors.find(({ trackNumber }) => trackNumber === number)
  const complaints = session.tracks.flatMap((track, index) => {
    const entry = find(track.number)
    if (!entry) return [`The table of contents has no track ${track.number}.`]
    const start = trackStarts[index]!
    return [
      ...(entry.trackStartAddress === start
        ? []
        : [`Track ${track.number} begins at LBA ${entry.trackStartAddress}, not ${start}.`]),
      ...(entry.control === controlOf(track)
        ? []
        : [`Track ${track.number} has control ${entry.control}, not ${controlOf(track)}.`]),
    ]
  })
  const end = find(LEAD_OUT)?.trackStartAddress
  if (leadOut !== null && end !== leadOut) complaints.push(`The lead-out begins at LBA ${end}, not ${leadOut}.`)
  return complaints
}

async function codes(drive: Drive, session: DiscSession): Promise<string[]> {
  const complaints: string[] = []
  const compare = (what: string, expected: string, found: string | undefined) => {
    if (found !== expected) complaints.push(`${what} reads back as ${found ?? 'nothing'}, not ${expected}.`)
  }
  const { mediaCatalogNumber } = session
  if (mediaCatalogNumber !== undefined) {
    compare('The media catalogue number', mediaCatalogNumber, await readCatalogNumber(drive))
  }
  for (const { number, isrc } of session.tracks) {
    if (isrc !== undefined) compare(`The ISRC of track ${number}`, isrc, await readIsrc(drive, number))
  }
  return complaints
}

/** The media catalogue number, where the disc has one. */
export function readCatalogNumber(drive: Drive): Promise<string | undefined> {
  return subChannelText(drive, CATALOG_NUMBER, 0, 13)
}

/** The ISRC of a track, where it has one. */
export function readIsrc(drive: Drive, track: number): Promise<string | undefined> {
  return subChannelText(drive, ISRC, track, 12)
}

async function subChannelText(drive: Drive, list: number, trackNumber: number, length: number) {
  const VALID_AT = 8
  const reply = await drive
    .send(readSubChannel, { subQ: true, subChannelParameterList: list, trackNumber, allocationLength: 24 })
    .catch(error => {
      if (error instanceof ScsiError) return undefined
      throw error
    })
  if (!reply || ((reply[VALID_AT] ?? 0) & 0x80) === 0) return undefined
  const text = Buffer.from(reply.subarray(VALID_AT + 1, VALID_AT + 1 + length)).toString('latin1')
  return /^[0-9A-Z]+$/.test(text) && text.length === length ? text : undefined
}

/** Every pack that was sent must come back; drives repeat them, and put them in another order. */
async function texts(drive: Drive, session: DiscSession): Promise<string[]> {
  const { cdTextDescriptors = [] } = await drive.send(readCdText)
  const found = new Set(cdTextDescriptors.map(pack => Buffer.from(bytesOf(pack)).toString('hex')))
  const packs = Buffer.from(cdTextPacks(session)).toString('hex').match(/.{36}/g) ?? []
  const missing = packs.filter(pack => !found.has(pack)).length
  return missing === 0 ? [] : [`${missing} of ${packs.length} packs of CD-Text do not read back as they were written.`]
}

class Comparison {
  compared = 0
  sampleOffset: number | null = null
  readonly differences: BlockRange[] = []
  readonly unreadable: BlockRange[] = []
  private readonly drive: Drive
  private readonly options: Pick<RecordOptions, 'signal' | 'onProgress'>

  constructor(drive: Drive, options: Pick<RecordOptions, 'signal' | 'onProgress'>) {
    this.drive = drive
    this.options = options
  }

  async area(area: ComparedArea, content: Portions): Promise<void> {
    const { blockBytes, isData } = SECTOR_FORMS[area.form]
    const end = area.start + area.sectors
    for (let lba = area.start; lba < end; lba += SECTORS_A_READ) {
      this.options.signal?.throwIfAborted()
      const sectors = Math.min(SECTORS_A_READ, end - lba)
      const expected = Buffer.concat(await collect(content.next(sectors * blockBytes)))
      if (isData) await this.data(area.form, lba, sectors, expected)
      else await this.sound(area, lba, expected)
      this.compared += sectors
    }
  }

  private async data(form: SectorForm, lba: number, sectors: number, expected: Uint8Array): Promise<void> {
    const found = await this.read(lba, sectors)
    const { blockBytes } = SECTOR_FORMS[form]
    for (let index = 0; index < sectors; index++) {
      const at = index * SECTOR_BYTES
      const sector = found.subarray(at, at + SECTOR_BYTES)
      const sent = expected.subarray(index * blockBytes, (index + 1) * blockBytes)
      // The codes at the end of form 1 and 2 are the drive's.
      const compared = form !== 'mode-2-xa' ? blockBytes : (sent[2]! & 0x20) !== 0 ? 2332 : 2056
      if (Buffer.compare(sector.subarray(16, 16 + compared), sent.subarray(0, compared)) !== 0)
        this.differs(lba + index)
    }
  }

  private async sound(area: SessionArea, lba: number, expected: Buffer): Promise<void> {
    if (this.sampleOffset === null && expected.some(byte => byte !== 0))
      this.sampleOffset = await this.find(area, lba, expected)
    const shift = (this.sampleOffset ?? 0) * SAMPLE_BYTES
    const end = area.start + area.sectors
    const first = Math.max(area.start, lba + Math.floor(shift / SECTOR_BYTES))
    const last = Math.min(end, Math.ceil((lba * SECTOR_BYTES + expected.length + shift) / SECTOR_BYTES))
    if (last <= first) return
    const found = await this.read(first, last - first)
    for (let at = 0; at < expected.length; at += SECTOR_BYTES) {
      const from = (lba - first) * SECTOR_BYTES + at + shift
      // What the shift puts beyond the track's ends cannot be read there.
      if (from < 0 || from + SECTOR_BYTES > found.length) continue
      const same = found.subarray(from, from + SECTOR_BYTES).equals(expected.subarray(at, at + SECTOR_BYTES))
      if (!same) this.differs(lba + at / SECTOR_BYTES)
    }
  }

  /** By how many samples the sound is found later than it was sent; 0 where it is not found at all. */
  private async find(area: SessionArea, lba: number, expected: Buffer): Promise<number> {
    const first = Math.max(area.start, lba - MOST_OFFSET_SECTORS)
    const last = Math.min(area.start + area.sectors, lba + expected.length / SECTOR_BYTES + MOST_OFFSET_SECTORS)
    const found = await this.read(first, last - first)
    const loud = expected.findIndex(byte => byte !== 0)
    const begin = Math.min(loud - (loud % SAMPLE_BYTES), expected.length - SECTOR_BYTES)
    const sample = expected.subarray(begin, begin + SECTOR_BYTES)
    const home = (lba - first) * SECTOR_BYTES + begin
    if (found.subarray(home, home + SECTOR_BYTES).equals(sample)) return 0
    const at = found.indexOf(sample)
    return at < 0 || (at - home) % SAMPLE_BYTES !== 0 ? 0 : (at - home) / SAMPLE_BYTES
  }

  private async read(lba: number, sectors: number): Promise<Buffer> {
    try {
      return await this.ask(lba, sectors)
    } catch (error) {
      if (!(error instanceof ScsiError) || ![3, 5].includes(error.sense?.key ?? -1)) throw error
      if (sectors === 1) {
        add(this.unreadable, lba)
        return Buffer.alloc(SECTOR_BYTES)
      }
    }
    const parts: Buffer[] = []
    for (let index = 0; index < sectors; index++) parts.push(await this.read(lba + index, 1))
    return Buffer.concat(parts)
  }

  private async ask(startingLogicalBlockAddress: number, transferLength: number): Promise<Buffer> {
    const whole = { sync: true, headerCodes: 'all-headers', userData: true, edcAndEcc: true } as const
    const data = await this.drive.send(readCd, { startingLogicalBlockAddress, transferLength, ...whole })
    const buffer = Buffer.alloc(transferLength * SECTOR_BYTES)
    buffer.set(data.subarray(0, buffer.length))
    return buffer
  }

  private differs(lba: number): void {
    if (!this.unreadable.some(({ start, blocks }) => lba >= start && lba < start + blocks)) add(this.differences, lba)
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(Uint8Array.from(chunk))
  return all
}

function add(ranges: BlockRange[], lba: number): void {
  const last = ranges.at(-1)
  if (last && last.start + last.blocks === lba)
    ranges[ranges.length - 1] = { start: last.start, blocks: last.blocks + 1 }
  else ranges.push({ start: lba, blocks: 1 })
}

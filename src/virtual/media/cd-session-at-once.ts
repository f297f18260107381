import { hex } from '../../layout'
import { LEAD_IN_SECTOR_BYTES, packsOfLeadIn } from '../cd/cd-text-lead-in'
import { type CueArea, type CueSheet, parseCueSheet } from '../cd/cue-sheet'
import {
  CheckCondition,
  cannotWriteMedium,
  commandSequenceError,
  invalidAddressForWrite,
  invalidFieldInCdb,
  invalidFieldInParameterList,
} from '../check-condition'
import { CompactDisc, LEAD_IN_START, PREGAP_BLOCKS } from './cd'
import type { WriteParameters } from './medium'

export const SESSION_AT_ONCE = 2
/** Multi-session field: the session is the disc's last one. */
export const NO_NEXT_SESSION = 0

/** Session at once (MMC-6 4.3.4): a cue sheet says beforehand what every sector will be. */
export abstract class SessionAtOnceDisc extends CompactDisc {
  private understood: { readonly entries: string; readonly sheet: CueSheet } | undefined

  /** The cue sheet that is being recorded. */
  protected get cueSheet(): CueSheet | undefined {
    const { cueSheet } = this.state
    if (!cueSheet) return undefined
    if (this.understood?.entries !== cueSheet.entries) {
      const sheet = parseCueSheet(Buffer.from(cueSheet.entries, 'hex'))
      this.understood = { entries: cueSheet.entries, sheet }
    }
    return this.understood!.sheet
  }

  /** Bytes that the host sends for these sectors. */
  protected sheetTransferBytes(sheet: CueSheet, lba: number, blocks: number): number {
    const area = areaAt(sheet, lba)
    return blocks * (area ? area.bytes + area.subChannelBytes : LEAD_IN_SECTOR_BYTES)
  }

  protected async writeByCueSheet(
    sheet: CueSheet,
    lba: number,
    blocks: number,
    data: Uint8Array,
    testWrite: boolean,
  ): Promise<void> {
    const cue = this.state.cueSheet!
    if (lba !== cue.next) throw invalidAddressForWrite(lba)
    if (lba + blocks > sheet.leadOut) throw new CheckCondition(5, 0x63, 0, { information: sheet.leadOut })
    const end = lba + blocks
    const { start } = sheet.areas[0]!
    if (lba < start && end > start) throw invalidFieldInCdb(7)
    if (!testWrite) {
      await this.beginSession(sheet)
      if (lba < start) this.keepCdText(data)
      else await this.recordArea(sheet, lba, blocks, data)
    }
    cue.next = nextFromHost(sheet, end)
    if (testWrite) return
    for (const track of this.state.tracks) {
      if (track.recording) track.next = Math.min(track.end!, Math.max(track.start, end))
    }
  }

  private async recordArea(sheet: CueSheet, lba: number, blocks: number, data: Uint8Array): Promise<void> {
    const area = areaAt(sheet, lba)!
    const size = area.bytes + area.subChannelBytes
    if (lba + blocks > area.end && area.bytes !== areaAt(sheet, area.end)?.bytes) throw invalidFieldInCdb(7)
    const main = area.subChannelBytes === 0 ? data : withoutSubChannel(data, area.bytes, size)
    for (let at = lba; at < lba + blocks; ) {
      const part = areaAt(sheet, at)!
      const end = Math.min(part.end, lba + blocks)
      const bytes = main.subarray((at - lba) * area.bytes, (end - lba) * area.bytes)
      // Data pre-gaps hold nothing; the first one lies before the file's begin.
      if (part.bytes > 0 && (at >= 0 || part.form !== 'mode-1'))
        await this.storeSectors(part.form, at, bytes, part.bytes)
      at = end
    }
  }

  private keepCdText(data: Uint8Array): void {
    const known = this.state.cdText ?? ''
    const packs = packsOfLeadIn(data).map(pack => hex(pack).replaceAll(' ', ''))
    // The host repeats the packs until the lead-in is full.
    const fresh = packs.filter(pack => !known.includes(pack) && !/^0+$/.test(pack))
    this.state.cdText = known + [...new Set(fresh)].join('')
  }

  /** With the first block, the tracks of the cue sheet begin to exist. */
  private async beginSession(sheet: CueSheet): Promise<void> {
    const session = this.openSession
    if (this.state.tracks.some(track => track.session === session)) return
    for (const track of sheet.tracks) {
      this.state.tracks.push({
        number: track.number,
        session,
        start: track.start,
        next: track.start,
        end: track.end,
        state: 'incomplete',
        control: track.control,
        form: track.form,
        pregap: track.start - track.pregapStart,
        recording: true,
        ...(track.indices.length > 0 ? { indices: [...track.indices] } : {}),
        ...(track.isrc === undefined ? {} : { isrc: track.isrc }),
      })
    }
    if (sheet.mediaCatalogNumber !== undefined) this.state.mediaCatalogNumber = sheet.mediaCatalogNumber
    await this.disc.commit()
  }

  override async sendCueSheet(entries: Uint8Array, parameters: WriteParameters): Promise<void> {
    if (this.complete) throw cannotWriteMedium()
    if (parameters.writeType !== SESSION_AT_ONCE) throw commandSequenceError()
    if (this.state.tracks.some(({ session }) => session === this.openSession)) throw commandSequenceError()
    const sheet = parseCueSheet(entries)
    const first = sheet.tracks[0]!
    const start = this.invisibleTrackStart
    if (start > 0 && first.number !== this.state.tracks.at(-1)!.number + 1) throw invalidFieldInParameterList(1)
    // The session begins with a pre-gap of two seconds; only its first track's may be longer.
    if (sheet.areas[0]!.start !== start - PREGAP_BLOCKS) throw invalidFieldInParameterList(13)
    if (sheet.leadOut > this.state.capacityBlocks) throw invalidFieldInParameterList(entries.length - 3)
    this.state.cueSheet = {
      entries: Buffer.from(entries).toString('hex'),
      next: sheet.leadInFromHost ? LEAD_IN_START : nextFromHost(sheet, sheet.areas[0]!.start),
      multiSession: parameters.multiSession !== NO_NEXT_SESSION,
    }
    delete this.state.cdText
    await this.disc.commit()
  }

  /** Session at once ends with its last block; when it is broken off before, the drive closes what there is. */
  protected endSession(sheet: CueSheet, parameters: WriteParameters): void {
    const cue = this.state.cueSheet!
    delete this.state.cueSheet
    const session = this.openSession
    const tracks = this.state.tracks.filter(track => track.session === session)
    if (tracks.length === 0) return
    const end = Math.min(cue.next, sheet.leadOut)
    this.state.tracks = this.state.tracks.filter(track => track.session !== session || track.start < end)
    for (const track of this.state.tracks.filter(track => track.session === session)) {
      track.end = Math.min(track.end!, Math.max(end, track.start + 1))
      track.next = track.end
      track.state = 'complete'
      delete track.recording
    }
    if (!this.state.tracks.some(track => track.session === session)) return
    this.completeSession(parameters, !cue.multiSession)
  }

  override recover(): boolean {
    // The drive forgets a cue sheet with everything else that the host told it.
    const forgotten = this.state.cueSheet !== undefined
    delete this.state.cueSheet
    return super.recover() || forgotten
  }
}

/** The first address from here on whose sector the host sends; others the drive makes by itself. */
function nextFromHost(sheet: CueSheet, lba: number): number {
  let next = lba
  for (let area = areaAt(sheet, next); area && area.bytes + area.subChannelBytes === 0; area = areaAt(sheet, next)) {
    next = area.end
  }
  return next
}

function areaAt(sheet: CueSheet, lba: number): CueArea | undefined {
  return sheet.areas.find(({ start, end }) => lba >= start && lba < end)
}

function withoutSubChannel(data: Uint8Array, bytes: number, size: number): Uint8Array {
  const sectors = Math.floor(data.length / size)
  const main = new Uint8Array(sectors * bytes)
  for (let index = 0; index < sectors; index++)
    main.set(data.subarray(index * size, index * size + bytes), index * bytes)
  return main
}

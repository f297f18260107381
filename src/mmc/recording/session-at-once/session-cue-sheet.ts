import { cueSheetEntry, cueSheetTextEntry } from '../../commands/send-cue-sheet'
import { controlOf, type DiscSession, FIRST_PREGAP, layOut, SECTOR_FORMS } from './disc-session'

const LEAD_IN = 0
const LEAD_OUT = 0xaa
const POSITION = 1
const CATALOG_NUMBER = 2
const ISRC = 3
/** Sub-channel part of the data form: the host sends 96 bytes of R-W with each sector. */
const SUB_CHANNEL_FROM_HOST = 1
const CHARACTERS_OF_CATALOG_ENTRY = 7
const CHARACTERS_OF_ISRC_ENTRY = 6

/** In what recorders differ. */
export interface CueSheetManner {
  /** The lead-in's sub-channel comes from the host: CD-Text. */
  readonly cdText: boolean
  /** LBA that the entry of the lead-in speaks of; the begin of the first pre-gap unless given. */
  readonly leadInStart?: number
  /** The entries of ISRCs have no control bits. */
  readonly bareIsrc?: boolean
}

/** The cue sheet of a session (MMC-6 6.32.3), for SEND CUE SHEET: the first session of a disc. */
export function sessionCueSheet(session: DiscSession, manner: CueSheetManner): Uint8Array {
  const { tracks, leadOut } = layOut(session)
  const first = session.tracks[0]!
  const last = session.tracks.at(-1)!
  const entries: Uint8Array[] = []
  const { mediaCatalogNumber } = session
  if (mediaCatalogNumber !== undefined) {
    entries.push(...texts(CATALOG_NUMBER, 0, mediaCatalogNumber, CHARACTERS_OF_CATALOG_ENTRY))
  }
  entries.push(
    cueSheetEntry.encode({
      control: controlOf(first),
      adr: POSITION,
      trackNumber: LEAD_IN,
      index: 0,
      dataFormSubChannel: manner.cdText ? SUB_CHANNEL_FROM_HOST : 0,
      dataFormMain: SECTOR_FORMS[first.form].leadDataForm,
      address: manner.leadInStart ?? -FIRST_PREGAP,
    }),
  )
  for (const [order, track] of session.tracks.entries()) {
    const { pregapStart, start } = tracks[order]!
    const control = controlOf(track)
    if (track.isrc !== undefined) {
      const ofEntry = manner.bareIsrc ? 0 : control
      entries.push(...texts(ISRC, ofEntry, track.isrc, CHARACTERS_OF_ISRC_ENTRY, track.number))
    }
    const indexes = [
      ...(start > pregapStart ? [[0, pregapStart] as const] : []),
      [1, start] as const,
      ...track.indexes.map((offset, index) => [index + 2, start + offset] as const),
    ]
    for (const [index, address] of indexes) {
      entries.push(
        cueSheetEntry.encode({
          control,
          adr: POSITION,
          trackNumber: track.number,
          index,
          dataFormMain: SECTOR_FORMS[track.form].dataForm,
          alternateCopy: track.alternateCopy,
          address,
        }),
      )
    }
  }
  entries.push(
    cueSheetEntry.encode({
      control: controlOf(last),
      adr: POSITION,
      trackNumber: LEAD_OUT,
      index: 1,
      dataFormMain: SECTOR_FORMS[last.form].leadDataForm,
      address: leadOut,
    }),
  )
  return Buffer.concat(entries)
}

/** A text over two entries; that of an ISRC begins with the number of its track. */
function texts(adr: number, control: number, text: string, characters: number, track?: number): Uint8Array[] {
  const half = (from: number) => {
    const bytes = new Uint8Array(7)
    const own = Buffer.from(text.slice(from, from + characters), 'latin1')
    if (track === undefined) bytes.set(own)
    else bytes.set([track, ...own])
    return cueSheetTextEntry.encode({ control, adr, trackNumberOrText: bytes })
  }
  return [half(0), half(characters)]
}

import { bits, choice, flag, i32, layout, list, msf, u8, u16, u24 } from '../../layout'
import { command, seconds } from '../command'
import { cdTextPack } from '../structures/cd-text'
import { controlNibble } from '../structures/q-sub-channel'

const announced = { field: 'dataLength', excludes: 2 } as const

const track = {
  adr: bits(1, 7, 4).named('ADR'),
  control: controlNibble(1, 3, 0),
  trackNumber: u8(2).means({ 170: 'lead-out' }),
}

/** TOC track descriptor with an LBA (MMC-6 6.25.3.2). */
export const tocTrackDescriptor = layout(
  'TOC Track Descriptor',
  { ...track, trackStartAddress: i32(4) },
  { clause: 'MMC-6 6.25.3.2' },
)

/** TOC track descriptor whose start is minute, second and frame, given here as the LBA that it means. */
export const tocTrackDescriptorMsf = layout(
  'TOC Track Descriptor (MSF)',
  { ...track, trackStartAddress: msf(5) },
  { clause: 'MMC-6 6.25.3.2' },
)

const tracks = { dataLength: u16(0), firstTrackNumber: u8(2), lastTrackNumber: u8(3) }

/** Response to format 0000b: the tracks and the lead-out (track AAh). */
export const formattedToc = layout(
  'Formatted TOC',
  { ...tracks, trackDescriptors: list(4, tocTrackDescriptor) },
  { announced, clause: 'MMC-6 6.25.3.2' },
)

/** As {@link formattedToc}, asked for in MSF. */
export const formattedTocMsf = layout(
  'Formatted TOC (MSF)',
  { ...tracks, trackDescriptors: list(4, tocTrackDescriptorMsf) },
  { announced, clause: 'MMC-6 6.25.3.2' },
)

/** Response to format 0001b: where the last complete session begins. */
export const multiSessionInformation = layout(
  'Multi-session Information',
  {
    dataLength: u16(0),
    firstCompleteSessionNumber: u8(2),
    lastCompleteSessionNumber: u8(3),
    adr: bits(5, 7, 4).named('ADR'),
    control: controlNibble(5, 3, 0),
    firstTrackNumberInLastCompleteSession: u8(6),
    startAddressOfFirstTrackInLastCompleteSession: i32(8).named(
      'Start Address of First Track in Last Complete Session',
    ),
  },
  { announced, clause: 'MMC-6 6.25.3.3' },
)

/** One entry of the lead-in's Q sub-channel, or of the PMA (MMC-6 6.25.3.4). Addresses are the LBAs that they mean. */
export const rawTocEntry = layout(
  'TOC Track Descriptor (raw)',
  {
    sessionNumber: u8(0),
    adr: bits(1, 7, 4).named('ADR'),
    control: controlNibble(1, 3, 0),
    trackNumber: u8(2).named('TNO'),
    point: u8(3).named('POINT'),
    minute: u8(4).named('Min'),
    second: u8(5).named('Sec'),
    frame: u8(6),
    hour: bits(7, 7, 4),
    pHour: bits(7, 3, 0).named('PHOUR'),
    pMinute: u8(8).named('PMIN'),
    pSecond: u8(9).named('PSEC'),
    pFrame: u8(10).named('PFRAME'),
  },
  { clause: 'MMC-6 6.25.3.4' },
)

/** Response to format 0010b: the lead-ins' Q sub-channel, all sessions; `tableOfContents` makes sense of it. */
export const fullToc = layout(
  'Full TOC',
  {
    dataLength: u16(0),
    firstCompleteSessionNumber: u8(2),
    lastCompleteSessionNumber: u8(3),
    trackDescriptors: list(4, rawTocEntry),
  },
  { announced, clause: 'MMC-6 6.25.3.4' },
)

/** Response to format 0011b: the program memory area. */
export const programMemoryArea = layout(
  'PMA',
  { dataLength: u16(0), pmaDescriptors: list(4, rawTocEntry) },
  { announced, length: 4, clause: 'MMC-6 6.25.3.5' },
)

/** Response to format 0100b: absolute time in pre-groove, what a CD-R/RW says of itself. */
export const absoluteTimeInPregroove = layout(
  'ATIP',
  {
    dataLength: u16(0),
    indicativeTargetWritingPower: bits(4, 6, 4),
    dualDensity: flag(4, 3).named('DDCD'),
    referenceSpeed: bits(4, 2, 0),
    unrestrictedUse: flag(5, 6).named('URU'),
    discTypeRewritable: flag(6, 6).named('Disc Type'),
    discSubType: bits(6, 5, 3).named('Disc Sub-type'),
    a1Valid: flag(6, 2).named('A1'),
    a2Valid: flag(6, 1).named('A2'),
    a3Valid: flag(6, 0).named('A3'),
    startTimeOfLeadInMinute: u8(8).named('ATIP Start Time of Lead-in (Min)'),
    startTimeOfLeadInSecond: u8(9).named('ATIP Start Time of Lead-in (Sec)'),
    startTimeOfLeadInFrame: u8(10).named('ATIP Start Time of Lead-in (Frame)'),
    lastPossibleStartOfLeadOut: msf(12).named('ATIP Last Possible Start Time of Lead-out'),
    a1Values: u24(16).when('a1Valid').named('A1 Values'),
    a2Values: u24(20).when('a2Valid').named('A2 Values'),
    a3Values: u24(24).when('a3Valid').named('A3 Values'),
    s4Values: u24(28).named('S4 Values'),
  },
  { announced, clause: 'MMC-6 6.25.3.6' },
)

/** Response to format 0101b: the CD-Text of the lead-in, as packs; `cdText` joins them to text. */
export const cdTextInformation = layout(
  'CD-Text Information',
  { dataLength: u16(0), cdTextDescriptors: list(4, cdTextPack).named('CD-Text Descriptors') },
  { announced, length: 4, clause: 'MMC-6 6.25.3.7' },
)

const readTocCommand = {
  name: 'READ TOC/PMA/ATIP',
  opcode: 0x43,
  clause: 'MMC-6 6.25',
  access: 'read',
  timeoutMs: seconds(60),
  cdb: {
    msf: flag(1, 1).named('MSF'),
    format: choice(2, 3, 0, { 0: 'toc', 1: 'session', 2: 'full-toc', 3: 'pma', 4: 'atip', 5: 'cd-text' }),
    trackOrSessionNumber: u8(6).named('Track/Session Number'),
    allocationLength: u16(7),
  },
  firstLength: 4,
} as const

/** READ TOC/PMA/ATIP (43h), format 0, addresses as LBA; `trackOrSessionNumber` is the first track wanted. */
export const readToc = command({ ...readTocCommand, variant: { format: 'toc', msf: false }, reply: formattedToc })

/** READ TOC/PMA/ATIP (43h), format 0, addresses as MSF. */
export const readTocMsf = command({ ...readTocCommand, variant: { format: 'toc', msf: true }, reply: formattedTocMsf })

/** READ TOC/PMA/ATIP (43h), format 1: the last complete session. */
export const readMultiSessionInformation = command({
  ...readTocCommand,
  variant: { format: 'session', msf: false },
  reply: multiSessionInformation,
  firstLength: 12,
})

/** READ TOC/PMA/ATIP (43h), format 2: `trackOrSessionNumber` is the session to begin with, 1 for all. */
export const readFullToc = command({ ...readTocCommand, variant: { format: 'full-toc', msf: true }, reply: fullToc })

/** READ TOC/PMA/ATIP (43h), format 3. */
export const readPma = command({ ...readTocCommand, variant: { format: 'pma', msf: true }, reply: programMemoryArea })

/** READ TOC/PMA/ATIP (43h), format 4. */
export const readAtip = command({
  ...readTocCommand,
  variant: { format: 'atip', msf: true },
  reply: absoluteTimeInPregroove,
  firstLength: 28,
})

/** READ TOC/PMA/ATIP (43h), format 5. */
export const readCdText = command({ ...readTocCommand, variant: { format: 'cd-text' }, reply: cdTextInformation })

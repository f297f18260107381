import { choice, type Encodable, flag, i32, layout, msf, u24 } from '../../layout'
import { command, seconds } from '../command'

const EXPECTED_SECTOR_TYPES = {
  0: 'any',
  1: 'cd-da',
  2: 'mode-1',
  3: 'mode-2-formless',
  4: 'mode-2-form-1',
  5: 'mode-2-form-2',
} as const

const selection = {
  expectedSectorType: choice(1, 4, 2, EXPECTED_SECTOR_TYPES),
  digitalAudioPlay: flag(1, 1).named('DAP'),
}

const channels = {
  sync: flag(9, 7),
  headerCodes: choice(9, 6, 5, ['none', 'header', 'sub-header', 'all-headers']),
  userData: flag(9, 4),
  edcAndEcc: flag(9, 3).named('EDC & ECC'),
  c2ErrorInformation: choice(9, 2, 1, ['none', 'c2', 'c2-and-block', 'reserved']).named('C2 Error Information'),
  subChannelSelection: choice(10, 2, 0, { 0: 'none', 1: 'raw', 2: 'q', 4: 'r-w' }).named('Sub-channel Selection Bits'),
}

/** Bytes of a block's parts by sector type (MMC-6 table 354): sync, header, sub-header, user data, EDC and ECC. */
const PARTS: Readonly<Record<number, readonly [number, number, number, number, number]>> = {
  2: [12, 4, 0, 2048, 288],
  3: [12, 4, 0, 2336, 0],
  4: [12, 4, 8, 2048, 280],
  5: [12, 4, 8, 2328, 0],
}
const WHOLE_BLOCK = 2352
const C2_BYTES = [0, 294, 296, 0]
const SUB_CHANNEL_BYTES = [0, 96, 16, 0, 96]

const selected = layout('READ CD Selection', { ...selection, ...channels })

/**
 * Bytes that READ CD gives for each block; where any sector type may come, the most that can.
 *
 * @param parameters  READ CD's or READ CD MSF's fields
 */
export function readCdBlockBytes(parameters: Encodable<typeof selection & typeof channels>): number {
  const cdb = selected.encode(parameters)
  const wanted = [0x80, 0x20, 0x40, 0x10, 0x08].map(bit => (cdb[9]! & bit) !== 0)
  const parts = PARTS[(cdb[1]! >> 2) & 7]
  // An audio block has no parts: whichever is asked for, all of it comes. Of any type, all of it may.
  const main = parts
    ? parts.reduce((sum, bytes, part) => sum + (wanted[part] ? bytes : 0), 0)
    : wanted.includes(true)
      ? WHOLE_BLOCK
      : 0
  return main + C2_BYTES[(cdb[9]! >> 1) & 3]! + (SUB_CHANNEL_BYTES[cdb[10]! & 7] ?? 0)
}

/** READ CD (BEh): CD blocks with whichever of their parts are wanted, audio included. */
export const readCd = command({
  name: 'READ CD',
  opcode: 0xbe,
  clause: 'MMC-6 6.19',
  access: 'read',
  timeoutMs: seconds(60),
  cdb: {
    ...selection,
    relativeAddress: flag(1, 0),
    startingLogicalBlockAddress: i32(2),
    transferLength: u24(6),
    ...channels,
  },
  transferBytes: parameters => (parameters.transferLength ?? 0) * readCdBlockBytes(parameters),
})

/** READ CD MSF (B9h): as READ CD, from one minute, second and frame up to another (both given as the LBA they mean). */
export const readCdMsf = command({
  name: 'READ CD MSF',
  opcode: 0xb9,
  clause: 'MMC-6 6.20',
  access: 'read',
  timeoutMs: seconds(60),
  cdb: { ...selection, startingAddress: msf(3), endingAddress: msf(6), ...channels },
  transferBytes: parameters =>
    Math.max(0, (parameters.endingAddress ?? 0) - (parameters.startingAddress ?? 0)) * readCdBlockBytes(parameters),
})

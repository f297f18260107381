import { bits, choice, flag, layout, rest, u8, u16 } from '../../layout'
import { command, seconds } from '../command'

const PAGE_CONTROL = ['current', 'changeable', 'default', 'saved'] as const

/**
 * Bytes up to the end of the first mode page. Some drives give a mode data length that is too short by two or more: the
 * page's own length tells better (MMC-6 7.2.3).
 */
const endOfFirstPage = (headerBytes: number, blockDescriptorLength: (bytes: Uint8Array) => number) => {
  return (bytes: Uint8Array) => {
    const page = headerBytes + blockDescriptorLength(bytes)
    const pageLength = bytes[page + 1]
    // The long form of a page (SPF) has its length elsewhere; drives of this kind do not send it.
    return pageLength === undefined || (bytes[page]! & 0x40) !== 0 ? 0 : page + 2 + pageLength
  }
}

/** Mode parameter list with the header of ten-byte commands (SPC-4 7.5.4); `modePages` splits what follows it. */
export const modeParameterList10 = layout(
  'Mode Parameter List (10)',
  {
    modeDataLength: u16(0),
    mediumType: u8(2),
    longLba: flag(4, 0).named('LONGLBA'),
    blockDescriptorLength: u16(6),
    blockDescriptorsAndPages: rest(8),
  },
  {
    announced: {
      field: 'modeDataLength',
      excludes: 2,
      atLeast: endOfFirstPage(8, bytes => (bytes[6] ?? 0) * 256 + (bytes[7] ?? 0)),
    },
    clause: 'SPC-4 7.5.4',
  },
)

/** Mode parameter list with the header of six-byte commands (SPC-4 7.5.4). */
export const modeParameterList6 = layout(
  'Mode Parameter List (6)',
  {
    modeDataLength: u8(0),
    mediumType: u8(1),
    deviceSpecificParameter: u8(2),
    blockDescriptorLength: u8(3),
    blockDescriptorsAndPages: rest(4),
  },
  {
    announced: { field: 'modeDataLength', excludes: 1, atLeast: endOfFirstPage(4, bytes => bytes[3] ?? 0) },
    clause: 'SPC-4 7.5.4',
  },
)

/** MODE SENSE(10) (5Ah): a mode page (3Fh: all of them), its current, changeable or default values. */
export const modeSense10 = command({
  name: 'MODE SENSE(10)',
  opcode: 0x5a,
  clause: 'MMC-6 6.12',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    longLbaAccepted: flag(1, 4).named('LLBAA'),
    disableBlockDescriptors: flag(1, 3),
    pageControl: choice(2, 7, 6, PAGE_CONTROL),
    pageCode: bits(2, 5, 0),
    subpageCode: u8(3),
    allocationLength: u16(7),
  },
  reply: modeParameterList10,
  firstLength: 12,
})

/** MODE SENSE(6) (1Ah): as MODE SENSE(10); not every optical drive has it. */
export const modeSense6 = command({
  name: 'MODE SENSE(6)',
  opcode: 0x1a,
  clause: 'SPC-4 6.12',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    disableBlockDescriptors: flag(1, 3),
    pageControl: choice(2, 7, 6, PAGE_CONTROL),
    pageCode: bits(2, 5, 0),
    subpageCode: u8(3),
    allocationLength: u8(4),
  },
  reply: modeParameterList6,
  firstLength: 8,
})

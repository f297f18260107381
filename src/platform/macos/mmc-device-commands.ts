import type { ScsiRequest } from '../transport'
import type { MMCDeviceInterface } from './interface-tables'

/** A function of MMCDeviceInterface that sends a CDB, and what it takes before the buffer. */
export interface MmcDeviceCall {
  readonly name: keyof typeof MMCDeviceInterface
  readonly parameters: readonly number[]
  /** The function takes a buffer and its size. */
  readonly buffer: boolean
  /** Bytes of the reply, read off its own header: the functions do not say how many came. */
  readonly replyBytes: (reply: DataView) => number
}

/** Functions take a size of 16 bits, INQUIRY one of 8. */
const LARGEST_SIZE = 0xffff

const counted16 = (reply: DataView) => reply.getUint16(0) + 2
const counted32 = (reply: DataView) => reply.getUint32(0) + 4

type Encoder = (cdb: DataView) => readonly [MmcDeviceCall['name'], ...number[]] | undefined

/** An opcode: bits of the CDB that the function can set, the reply's length, and the function with its parameters. */
interface Row {
  /** Which bits of bytes 1 to the last may be set; the functions leave all others 0. */
  readonly settable: string
  readonly replyBytes?: (reply: DataView) => number
  readonly headerBytes?: number
  readonly call: Encoder
}

const ROWS: Readonly<Record<number, Row>> = {
  // TEST UNIT READY
  0: { settable: '00 00 00 00 00', call: () => ['TestUnitReady'] },
  // INQUIRY, standard data
  18: {
    settable: '00 00 00 FF 00',
    headerBytes: 5,
    replyBytes: reply => reply.getUint8(4) + 5,
    call: () => ['Inquiry'],
  },
  // READ FORMAT CAPACITIES
  35: {
    settable: '00 00 00 00 00 00 FF FF 00',
    headerBytes: 4,
    replyBytes: reply => reply.getUint8(3) + 4,
    call: () => ['ReadFormatCapacities'],
  },
  // READ TOC/PMA/ATIP. Formats 1 to 3 go out in the form of SFF-8020i (format in byte 9), which drives of today take
  // for format 0: their answer could not be told from a table of contents.
  67: {
    settable: '02 0F 00 00 00 FF FF FF 00',
    headerBytes: 2,
    replyBytes: counted16,
    call: cdb => {
      const format = cdb.getUint8(2)
      if (format !== 0 && format !== 4 && format !== 5) return undefined
      return ['ReadTableOfContents', cdb.getUint8(1) >> 1, format, cdb.getUint8(6)]
    },
  },
  // GET CONFIGURATION
  70: {
    settable: '03 FF FF 00 00 00 FF FF 00',
    headerBytes: 4,
    replyBytes: counted32,
    call: cdb => (cdb.getUint8(1) === 3 ? undefined : ['GetConfiguration', cdb.getUint8(1), cdb.getUint16(2)]),
  },
  // READ DISC INFORMATION
  81: {
    settable: '07 00 00 00 00 00 FF FF 00',
    headerBytes: 2,
    replyBytes: counted16,
    call: cdb => (cdb.getUint8(1) === 0 ? ['ReadDiscInformation'] : ['ReadDiscInformationV2', cdb.getUint8(1)]),
  },
  // READ TRACK INFORMATION
  82: {
    settable: '07 FF FF FF FF 00 FF FF 00',
    headerBytes: 2,
    replyBytes: counted16,
    call: cdb =>
      cdb.getUint8(1) < 4
        ? ['ReadTrackInformation', cdb.getUint8(1), cdb.getUint32(2)]
        : ['ReadTrackInformationV2', 1, cdb.getUint8(1) & 3, cdb.getUint32(2)],
  },
  // MODE SENSE(10)
  90: {
    settable: '18 FF 00 00 00 00 FF FF 00',
    headerBytes: 2,
    replyBytes: counted16,
    call: cdb => [
      'ModeSense10',
      (cdb.getUint8(1) >> 4) & 1,
      (cdb.getUint8(1) >> 3) & 1,
      cdb.getUint8(2) >> 6,
      cdb.getUint8(2) & 0x3f,
    ],
  },
  // GET PERFORMANCE
  172: {
    settable: '1F FF FF FF FF 00 00 FF FF FF 00',
    headerBytes: 4,
    replyBytes: counted32,
    call: cdb => ['GetPerformanceV2', cdb.getUint8(1), cdb.getUint32(2), cdb.getUint16(8), cdb.getUint8(10)],
  },
  // READ DISC STRUCTURE
  173: {
    settable: '0F FF FF FF FF FF FF FF FF 00 00',
    headerBytes: 2,
    replyBytes: counted16,
    call: cdb =>
      cdb.getUint8(1) === 0
        ? ['ReadDVDStructure', cdb.getUint32(2), cdb.getUint8(6), cdb.getUint8(7)]
        : ['ReadDiscStructure', cdb.getUint8(1), cdb.getUint32(2), cdb.getUint8(6), cdb.getUint8(7)],
  },
}

/** Where each CDB has its allocation length; GET PERFORMANCE has none. */
const ALLOCATION_LENGTH: Readonly<Record<number, readonly [offset: number, bytes: 1 | 2]>> = {
  18: [4, 1],
  35: [7, 2],
  67: [7, 2],
  70: [7, 2],
  81: [7, 2],
  82: [7, 2],
  90: [7, 2],
  173: [8, 2],
}

/**
 * The function of MMCDeviceInterface that sends exactly this command, so that the drive sees the same CDB as it would
 * through a task; undefined where there is none.
 */
export function mmcDeviceCall({ cdb, direction, data }: ScsiRequest): MmcDeviceCall | undefined {
  const row = ROWS[cdb[0]!]
  const allowed = row && Buffer.from(row.settable.replaceAll(' ', ''), 'hex')
  if (!row || allowed?.length !== cdb.length - 1 || direction === 'out' || data.length > LARGEST_SIZE) return undefined
  if (allowed.some((bits, index) => (cdb[index + 1]! & ~bits) !== 0)) return undefined
  const view = new DataView(cdb.buffer, cdb.byteOffset, cdb.byteLength)
  const length = ALLOCATION_LENGTH[cdb[0]!]
  // The functions fill the allocation length in from the size of the buffer.
  if (length && data.length !== (length[1] === 1 ? view.getUint8(length[0]) : view.getUint16(length[0]))) {
    return undefined
  }
  const [name, ...parameters] = row.call(view) ?? []
  const buffer = row.replyBytes !== undefined
  // There is no saying "no data" to a function that takes a buffer.
  if (name === undefined || buffer !== data.length > 0) return undefined
  const header = row.headerBytes ?? 0
  return {
    name,
    parameters,
    buffer,
    replyBytes: reply =>
      reply.byteLength < header ? reply.byteLength : Math.min(row.replyBytes?.(reply) ?? 0, reply.byteLength),
  }
}

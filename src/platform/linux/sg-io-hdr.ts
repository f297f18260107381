import { NATIVE, structure } from '../ffi/structure'
import type { Direction } from '../transport'

/** `struct sg_io_hdr`, version 3 of the interface (Linux, `scsi/sg.h`). */
export const sgIoHdr = structure('sg_io_hdr', {
  interface_id: 'i32',
  dxfer_direction: 'i32',
  cmd_len: 'u8',
  mx_sb_len: 'u8',
  iovec_count: 'u16',
  dxfer_len: 'u32',
  dxferp: 'pointer',
  cmdp: 'pointer',
  sbp: 'pointer',
  timeout: 'u32',
  flags: 'u32',
  pack_id: 'i32',
  usr_ptr: 'pointer',
  status: 'u8',
  masked_status: 'u8',
  msg_status: 'u8',
  sb_len_wr: 'u8',
  host_status: 'u16',
  driver_status: 'u16',
  resid: 'i32',
  duration: 'u32',
  info: 'u32',
})

/** `struct flock` with 64-bit offsets, for locks of a file (`fcntl.h`). */
export const flock = structure('flock', {
  l_type: 'i16',
  l_whence: 'i16',
  l_start: 'i64',
  l_len: 'i64',
  l_pid: 'i32',
})

/** ioctl numbers (`scsi/sg.h`). */
export const SG_IO = 0x2285
export const SG_GET_VERSION_NUM = 0x2282
export const SG_GET_RESERVED_SIZE = 0x2272
/** The version of the sg interface from which on `sg_io_hdr` is understood. */
export const SG_IO_HDR_VERSION = 30_000

const INTERFACE_ID = 'S'.charCodeAt(0)
const DIRECTIONS: Readonly<Record<Direction, number>> = { none: -1, out: -2, in: -3 }
const LONGEST_TIMEOUT_MS = 0xffff_ffff

/** Where the parts of a command lie in memory. */
export interface SgIoAddresses {
  readonly data: bigint
  readonly cdb: bigint
  readonly sense: bigint
}

/** Writes a command into a header. A command without data is sent with direction "none", whatever was meant. */
export function setSgIoHdr(
  header: Uint8Array,
  command: {
    readonly direction: Direction
    readonly cdbBytes: number
    readonly senseBytes: number
    readonly dataBytes: number
    readonly timeoutMs: number
  },
  addresses: SgIoAddresses,
): void {
  header.fill(0)
  sgIoHdr.set(header, {
    interface_id: INTERFACE_ID,
    dxfer_direction: DIRECTIONS[command.dataBytes === 0 ? 'none' : command.direction],
    cmd_len: command.cdbBytes,
    mx_sb_len: command.senseBytes,
    dxfer_len: command.dataBytes,
    dxferp: command.dataBytes === 0 ? 0n : addresses.data,
    cmdp: addresses.cdb,
    sbp: addresses.sense,
    // 0 would be the device's default, a minute; the kernel itself raises anything below 7 s to 7 s.
    timeout: Math.min(Math.max(1, Math.ceil(command.timeoutMs)), LONGEST_TIMEOUT_MS),
  })
}

/** What the kernel says of a command that came back. */
export interface SgIoOutcome {
  readonly status: number
  readonly hostStatus: number
  readonly driverStatus: number
  readonly senseBytes: number
  readonly resid: number
}

/** Reads a header after the ioctl. */
export function readSgIoHdr(header: Uint8Array): SgIoOutcome {
  return {
    status: sgIoHdr.get(header, 'status'),
    hostStatus: sgIoHdr.get(header, 'host_status'),
    driverStatus: sgIoHdr.get(header, 'driver_status'),
    senseBytes: sgIoHdr.get(header, 'sb_len_wr'),
    resid: sgIoHdr.get(header, 'resid'),
  }
}

/** Bytes of the header in this process. */
export const SG_IO_HDR_BYTES = sgIoHdr.size(NATIVE)

import { lbaToMsf } from '../../layout'
import type { TrackState } from '../disc/disc-state'

const RAW_BYTES = 96
const Q_BYTES = 16
const CRC_POLYNOMIAL = 0x1021
const toBcd = (value: number) => Math.floor(value / 10) * 16 + (value % 10)

/** CRC of the Q sub-channel's first ten bytes, as it is recorded: inverted (ECMA-130 22.3.6). */
function checksum(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ CRC_POLYNOMIAL) & 0xffff : (crc << 1) & 0xffff
  }
  return ~crc & 0xffff
}

/** Index of a track at an address: 0 in the pre-gap. */
function indexAt(track: TrackState, lba: number): number {
  if (lba < track.start) return 0
  return 1 + (track.indices ?? []).filter(start => lba >= start).length
}

/** The 12 bytes of Q, mode 1: track, index, time in the track, time on the disc; numbers in BCD (ECMA-130 22.3.3). */
export function positionQ(track: TrackState, lba: number): Uint8Array {
  const index = indexAt(track, lba)
  // Before index 1, time runs backwards to zero.
  const relative = index === 0 ? track.start - lba : lba - track.start
  const q = new Uint8Array(12)
  q[0] = (track.control << 4) | 1
  q[1] = toBcd(track.number)
  q[2] = toBcd(index)
  q.set(lbaToMsf(relative - 150).map(toBcd), 3)
  q.set(lbaToMsf(lba).map(toBcd), 7)
  const crc = checksum(q.subarray(0, 10))
  q[10] = crc >> 8
  q[11] = crc & 0xff
  return q
}

/** Sub-channel selections of READ CD: 1 raw P to W, 2 formatted Q, 4 corrected R to W. */
export function subChannel(selection: number, track: TrackState, lba: number): Uint8Array | undefined {
  const q = positionQ(track, lba)
  const pause = lba < track.start
  switch (selection) {
    case 0:
      return new Uint8Array()
    case 1: {
      // Each byte holds one bit of every channel, P uppermost.
      const raw = new Uint8Array(RAW_BYTES)
      for (let bit = 0; bit < RAW_BYTES; bit++) {
        const ofQ = (q[bit >> 3]! >> (7 - (bit & 7))) & 1
        raw[bit] = (pause ? 0x80 : 0) | (ofQ << 6)
      }
      return raw
    }
    case 2: {
      const formatted = new Uint8Array(Q_BYTES)
      formatted.set(q)
      formatted[15] = pause ? 0x80 : 0
      return formatted
    }
    case 4:
      return new Uint8Array(RAW_BYTES)
    default:
      return undefined
  }
}

import { bytes, choice, flag, layout, nested, u16le, u32le } from '../../../layout'
import { u30le } from './fields'

/** extent_ad (ECMA-167 3/7.1): bytes and the logical sector where they begin. */
export const extentAd = layout(
  'extent_ad',
  { extentLength: u32le(0), extentLocation: u32le(4) },
  { clause: 'ECMA-167 3/7.1' },
)

/** lb_addr (ECMA-167 4/7.1): a logical block of a partition, which is named by its place among the partition maps. */
export const logicalBlockAddress = layout(
  'lb_addr',
  { logicalBlockNumber: u32le(0), partitionReferenceNumber: u16le(4) },
  { clause: 'ECMA-167 4/7.1' },
)

/** What an allocation descriptor's extent is (ECMA-167 4/14.14.1.1). */
const EXTENT_TYPES = ['recorded', 'allocated', 'not-allocated', 'continuation'] as const
export type ExtentType = (typeof EXTENT_TYPES)[number]

/** short_ad (ECMA-167 4/14.14.1): in the partition of the descriptor that holds it. */
export const shortAd = layout(
  'short_ad',
  { extentLength: u30le(0), extentType: choice(3, 7, 6, EXTENT_TYPES), extentPosition: u32le(4) },
  { clause: 'ECMA-167 4/14.14.1' },
)

/** long_ad (ECMA-167 4/14.14.2); its implementation use as UDF 2.3.4.3 and 2.3.10.1 have it. */
export const longAd = layout(
  'long_ad',
  {
    extentLength: u30le(0),
    extentType: choice(3, 7, 6, EXTENT_TYPES),
    extentLocation: nested(4, logicalBlockAddress),
    extentErased: flag(10, 0),
    uniqueId: u32le(12).named('UDF Unique ID'),
  },
  { clause: 'ECMA-167 4/14.14.2' },
)

/** ext_ad (ECMA-167 4/14.14.3), which UDF forbids and old discs have. */
export const extendedAd = layout(
  'ext_ad',
  {
    extentLength: u30le(0),
    extentType: choice(3, 7, 6, EXTENT_TYPES),
    recordedLength: u32le(4),
    informationLength: u32le(8),
    extentLocation: nested(12, logicalBlockAddress),
    implementationUse: bytes(18, 2),
  },
  { clause: 'ECMA-167 4/14.14.3' },
)

/** Most bytes that one extent takes: the largest multiple of the block size that 30 bits hold. */
export function maximumExtentLength(blockSize: number): number {
  return Math.floor((2 ** 30 - 1) / blockSize) * blockSize
}

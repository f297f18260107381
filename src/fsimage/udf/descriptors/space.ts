import { layout, nested, rest, u32le } from '../../../layout'
import { descriptorTag } from './tag'

/** Space Bitmap Descriptor (ECMA-167 4/14.12): a bit a logical block, the least significant first, set where it is free. */
export const spaceBitmapDescriptor = layout(
  'Space Bitmap Descriptor',
  { tag: nested(0, descriptorTag), numberOfBits: u32le(16), numberOfBytes: u32le(20), bitmap: rest(24) },
  { clause: 'ECMA-167 4/14.12' },
)

/** Allocation Extent Descriptor (ECMA-167 4/14.5): where a list of allocation descriptors goes on. */
export const allocationExtentDescriptor = layout(
  'Allocation Extent Descriptor',
  {
    tag: nested(0, descriptorTag),
    previousAllocationExtentLocation: u32le(16),
    lengthOfAllocationDescriptors: u32le(20).named('Length of Allocation Descriptors'),
    allocationDescriptors: rest(24),
  },
  { clause: 'ECMA-167 4/14.5' },
)

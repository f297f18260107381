import { FIRST_DESCRIPTOR_BLOCK } from '../iso9660/descriptors'
import type { Contents } from './contents'
import type { PlacedImage, Region } from './image-layer'

/** What a layout is asked for. */
export interface PlacementOptions {
  /** LBA of the image's first block. */
  readonly startAddress: number
  /** Blocks left behind the contents: what reading ahead and the run-out blocks of CDs fall into. */
  readonly padding: number
  /** The image's length is a multiple of this. */
  readonly writeUnitSize: number
}

/** Where everything stands: {@link Region.start} of all regions is set. */
export interface Placement extends PlacedImage {
  /** All regions in the order of their blocks. */
  readonly regions: readonly Region[]
  readonly contentsAddress: number
  /** Blocks from block 16 on that the volume recognition descriptors take. */
  readonly recognitionBlocks: number
}

function align(lba: number, alignment: number | undefined): number {
  return alignment === undefined ? lba : Math.ceil(lba / alignment) * alignment
}

/** Where the image ends so that regions at its end are aligned, too; as given where no end near by would do. */
function alignedEnd(endAddress: number, end: readonly Region[], writeUnitSize: number): number {
  const isAligned = (address: number) =>
    end.every(({ offset = 0, alignment = 1 }) => (address - 1 - offset) % alignment === 0)
  const most = Math.max(1, ...end.map(({ alignment = 1 }) => alignment))
  for (let units = 0; units < most; units++) {
    const address = endAddress + units * writeUnitSize
    if (isAligned(address)) return address
  }
  return endAddress
}

/** Gives every region and every new content its address. */
export function placeImage(regions: readonly Region[], contents: Contents, options: PlacementOptions): Placement {
  const { startAddress } = options
  const at = (stage: Region['stage']) => regions.filter(region => region.stage === stage && region.blocks > 0)
  let next = startAddress + FIRST_DESCRIPTOR_BLOCK
  const place = (region: Region) => {
    next = align(next, region.alignment)
    region.start = next
    next += region.blocks
  }
  for (const region of at('recognition')) place(region)
  const recognitionBlocks = next - startAddress - FIRST_DESCRIPTOR_BLOCK
  for (const region of at('fixed').sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0))) {
    region.start = startAddress + (region.offset ?? 0)
    if (region.start < next) throw new RangeError(`${region.title} at block ${region.start} overlaps what is before it`)
    next = region.start + region.blocks
  }
  const metadataAddress = next
  for (const region of at('metadata')) place(region)
  const contentsAddress = next
  contents.place(next)
  next += contents.newBlocks
  const contentsEndAddress = next
  for (const region of at('trailer')) place(region)
  const end = at('end')
  const reach = Math.max(0, ...end.map(region => (region.offset ?? 0) + 1))
  const length = next - startAddress + Math.max(options.padding, reach)
  const endAddress = alignedEnd(startAddress + align(length, options.writeUnitSize), end, options.writeUnitSize)
  for (const region of end) region.start = endAddress - 1 - (region.offset ?? 0)
  return {
    startAddress,
    endAddress,
    contentsAddress,
    contentsEndAddress,
    metadataAddress,
    recognitionBlocks,
    regions: regions.filter(region => region.blocks > 0).sort((a, b) => a.start - b.start),
  }
}

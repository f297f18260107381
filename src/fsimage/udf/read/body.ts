import { asError } from '../../../errors'
import { type ExtentType, extendedAd, longAd, shortAd } from '../descriptors/allocation'
import { allocationExtentDescriptor } from '../descriptors/space'
import { TAG } from '../descriptors/tag'
import type { Entry } from './entry'
import { addressOf, type BlockAddress, type ByteExtent, blockName, keyOf, type Volume } from './volume'

/** A file's bytes: in its entry, or in extents. */
export type Body =
  | { readonly embedded: Uint8Array; readonly sizeBytes: number }
  | { readonly embedded: undefined; readonly extents: readonly ByteExtent[]; readonly sizeBytes: number }

/** Extents of a file that are taken at most, once those that touch are one. */
const MAXIMUM_EXTENTS = 4_000_000

interface AllocationDescriptor {
  readonly type: ExtentType
  readonly lengthBytes: number
  readonly at: BlockAddress
}

/** Decodes allocation descriptors of one kind up to the end of their bytes or the first one of length 0. */
function* decodeDescriptors(bytes: Uint8Array, kind: unknown, partition: number): Generator<AllocationDescriptor> {
  const layout = kind === 'short_ad' ? shortAd : kind === 'long_ad' ? longAd : extendedAd
  for (let offset = 0; offset + layout.length <= bytes.length; offset += layout.length) {
    const piece = bytes.subarray(offset, offset + layout.length)
    if (layout === shortAd) {
      const short = shortAd.decode(piece)
      if (!short.extentLength) return
      yield {
        type: short.extentType!,
        lengthBytes: short.extentLength,
        at: { partition, block: short.extentPosition! },
      }
    } else {
      const long = (layout as typeof longAd).decode(piece)
      if (!long.extentLength) return
      yield { type: long.extentType!, lengthBytes: long.extentLength, at: addressOf(long.extentLocation) }
    }
  }
}

/**
 * Where the bytes of a file stand (ECMA-167 4/12.1): its allocation descriptors, those of continuations included, as far as
 * its information length goes. Fewer bytes than announced are taken as they are, with a warning.
 *
 * @param fromCopy  where the second copy of the bytes stands, in partitions that have one
 */
export async function readBody(volume: Volume, entry: Entry, fromCopy = false): Promise<Body> {
  const { informationLength, allocationDescriptors } = entry
  const kind = entry.fields.icbTag?.allocationKind
  if (kind === 'embedded') {
    const sizeBytes = Math.min(informationLength, allocationDescriptors.length)
    if (sizeBytes < informationLength) {
      volume.warnings.add(
        `${blockName(entry.at)}: ${informationLength} bytes are announced, and ${sizeBytes} are embedded`,
      )
    }
    return { embedded: allocationDescriptors.subarray(0, sizeBytes), sizeBytes }
  }
  if (kind !== 'short_ad' && kind !== 'long_ad' && kind !== 'ext_ad') {
    volume.warnings.add(`${blockName(entry.at)}: allocation descriptors of the unknown kind ${kind}`)
    return { embedded: undefined, extents: [], sizeBytes: 0 }
  }
  const extents = new ExtentList()
  const visited = new Set<number>()
  let bytes: Uint8Array | undefined = allocationDescriptors
  while (bytes) {
    let continuation: BlockAddress | undefined
    for (const { type, lengthBytes, at } of decodeDescriptors(bytes, kind, entry.at.partition)) {
      const wanted = Math.min(lengthBytes, informationLength - extents.sizeBytes)
      if (type === 'continuation') {
        continuation = at
        break
      }
      if (wanted <= 0 || extents.count >= MAXIMUM_EXTENTS) break
      if (type === 'recorded') for (const extent of await volume.extents(at, wanted, fromCopy)) extents.add(extent)
      else extents.add({ address: undefined, sizeBytes: wanted })
    }
    bytes = undefined
    if (continuation && extents.sizeBytes < informationLength) {
      if (visited.has(keyOf(continuation))) {
        volume.warnings.add(`${blockName(entry.at)}: its allocation descriptors go on in a loop`)
      } else {
        visited.add(keyOf(continuation))
        bytes = await readContinuation(volume, continuation)
      }
    }
  }
  if (extents.sizeBytes < informationLength) {
    volume.warnings.add(
      `${blockName(entry.at)}: ${informationLength} bytes are announced, and ${extents.sizeBytes} are allocated`,
    )
  }
  return { embedded: undefined, extents: extents.list, sizeBytes: extents.sizeBytes }
}

async function readContinuation(volume: Volume, at: BlockAddress): Promise<Uint8Array | undefined> {
  const found = await volume.descriptor(at)
  if (typeof found === 'string' || found.tag.tagIdentifier !== TAG.allocationExtentDescriptor) {
    volume.warnings.add(typeof found === 'string' ? found : `${blockName(at)} holds no allocation descriptors`)
    return undefined
  }
  const { lengthOfAllocationDescriptors, allocationDescriptors } = allocationExtentDescriptor.decode(found.bytes)
  return allocationDescriptors?.subarray(0, lengthOfAllocationDescriptors)
}

/** Extents in the order of the file; those that touch are one. */
class ExtentList {
  readonly list: ByteExtent[] = []
  sizeBytes = 0

  get count(): number {
    return this.list.length
  }

  add(extent: ByteExtent): void {
    const last = this.list.at(-1)
    this.sizeBytes += extent.sizeBytes
    const touches =
      last !== undefined &&
      last.unreachable === undefined &&
      extent.unreachable === undefined &&
      (last.address === undefined ? extent.address === undefined : last.address + last.sizeBytes === extent.address)
    if (touches) this.list[this.list.length - 1] = { ...last, sizeBytes: last.sizeBytes + extent.sizeBytes }
    else this.list.push(extent)
  }
}

/**
 * Reads the first bytes of a small file: a directory, a table, a link's target. What cannot be read ends it, with a
 * warning.
 *
 * @param limit  bytes that are read at most
 */
export async function readBytes(volume: Volume, entry: Entry, limit: number, fromCopy = false): Promise<Uint8Array> {
  const body = await readBody(volume, entry, fromCopy)
  const size = Math.min(body.sizeBytes, limit, volume.sectors.sizeBytes)
  if (size < body.sizeBytes)
    volume.warnings.add(`${blockName(entry.at)}: only ${size} of ${body.sizeBytes} bytes are read`)
  if (body.embedded) return body.embedded.slice(0, size)
  const bytes = Buffer.allocUnsafe(size)
  let filled = 0
  for (const { address, sizeBytes, unreachable } of body.extents) {
    const wanted = Math.min(sizeBytes, size - filled)
    if (wanted <= 0) break
    if (unreachable) {
      volume.warnings.add(`${blockName(entry.at)}: ${unreachable}`)
      return bytes.subarray(0, filled)
    }
    if (address === undefined) {
      bytes.fill(0, filled, filled + wanted)
      filled += wanted
      continue
    }
    try {
      const piece = await volume.sectors.read(address, wanted)
      bytes.set(piece, filled)
      filled += piece.length
      if (piece.length < wanted) break
    } catch (error) {
      volume.warnings.add(`${blockName(entry.at)}: its body cannot be read: ${asError(error).message}`)
      break
    }
  }
  return bytes.subarray(0, filled)
}

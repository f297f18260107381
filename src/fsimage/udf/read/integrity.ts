import { checkTag, TAG } from '../descriptors/tag'
import { logicalVolumeIntegrityDescriptor } from '../descriptors/volume-descriptors'
import type { Sectors } from './sectors'

const MAXIMUM_DESCRIPTORS = 1000

/**
 * Whether the logical volume was closed when it was last written, from the prevailing Logical Volume Integrity Descriptor
 * (ECMA-167 3/8.8.3). Nothing else of it is needed for reading.
 *
 * @returns undefined where there is none
 */
export async function readIntegrity(
  sectors: Sectors,
  sectorSize: number,
  sector: number,
  lengthBytes: number,
): Promise<'open' | 'close' | undefined> {
  let type: 'open' | 'close' | undefined
  let at = sector
  let left = Math.floor(lengthBytes / sectorSize)
  for (let read = 0; left > 0 && read < MAXIMUM_DESCRIPTORS; read++) {
    const bytes = await sectors.read(at * sectorSize, sectorSize).catch(() => new Uint8Array())
    const tag = checkTag(bytes)
    if (typeof tag === 'string' || tag.tagIdentifier !== TAG.logicalVolumeIntegrityDescriptor) break
    const { integrityType, nextIntegrityExtent } = logicalVolumeIntegrityDescriptor.decode(bytes)
    type = integrityType === 0 ? 'open' : 'close'
    at++
    left--
    if (nextIntegrityExtent?.extentLength) {
      at = nextIntegrityExtent.extentLocation!
      left = Math.floor(nextIntegrityExtent.extentLength / sectorSize)
    }
  }
  return type
}

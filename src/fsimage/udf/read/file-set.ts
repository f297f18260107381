import type { Complete } from '../../../layout'
import { maximumExtentLength } from '../descriptors/allocation'
import { fileSetDescriptor } from '../descriptors/file-set-descriptor'
import { TAG } from '../descriptors/tag'
import { momentOf } from '../descriptors/timestamp'
import { addressOf, type BlockAddress, blockName, type Volume } from './volume'

export type FileSetDescriptor = Complete<typeof fileSetDescriptor.fields>

const MAXIMUM_EXTENTS = 16
const MAXIMUM_DESCRIPTORS = 256

/**
 * Reads the file set descriptor sequence (ECMA-167 4/8.3.1): the one recorded last prevails, of equal ones that with the
 * highest number.
 *
 * @returns in words why there is none
 */
export async function readFileSet(
  volume: Volume,
  start: BlockAddress,
  lengthBytes: number,
): Promise<FileSetDescriptor | string> {
  let prevailing: FileSetDescriptor | undefined
  let problem: string | undefined
  let at = start
  let length = lengthBytes || volume.blockSize
  let descriptors = 0
  for (let extent = 0; extent < MAXIMUM_EXTENTS; extent++) {
    const blocks = Math.ceil(Math.min(length, maximumExtentLength(volume.blockSize)) / volume.blockSize)
    let next: FileSetDescriptor['nextExtent'] | undefined
    for (let index = 0; index < blocks && descriptors < MAXIMUM_DESCRIPTORS; index++, descriptors++) {
      const block = { ...at, block: at.block + index }
      const found = await volume.descriptor(block)
      if (typeof found === 'string') {
        problem ??= found
        break
      }
      if (found.tag.tagIdentifier !== TAG.fileSetDescriptor) {
        if (index === 0) problem ??= `${blockName(block)} holds no file set descriptor`
        break
      }
      const fileSet = fileSetDescriptor.decodeComplete(found.bytes)
      if (!fileSet) break
      if (!prevailing || isNewer(fileSet, prevailing)) prevailing = fileSet
      next = fileSet.nextExtent
    }
    if (!next?.extentLength) break
    at = addressOf(next.extentLocation)
    length = next.extentLength
  }
  return prevailing ?? problem ?? 'there is no file set descriptor'
}

function isNewer(one: FileSetDescriptor, other: FileSetDescriptor): boolean {
  const age = (fileSet: FileSetDescriptor) => momentOf(fileSet.recordingDateAndTime) ?? 0
  return (
    age(one) - age(other) > 0 ||
    (age(one) === age(other) && one.fileSetDescriptorNumber > other.fileSetDescriptorNumber)
  )
}

/** The volume descriptor set of a session (ECMA-119 6.7.1): what is there, and where its trees begin. */
import type { Complete } from '../../layout'
import { BLOCK_BYTES } from '../block-source'
import type { CachedBlockSource } from '../cached-block-source'
import {
  bootRecord,
  DESCRIPTOR_TYPE,
  FIRST_DESCRIPTOR_BLOCK,
  JOLIET_ESCAPE_SEQUENCES,
  volumeDescriptor,
} from './descriptors'

/** A decoded primary or supplementary descriptor. */
export type VolumeDescriptor = Complete<typeof volumeDescriptor.fields>

/** What a session's descriptor set names. */
export interface DescriptorSet {
  readonly primary: VolumeDescriptor
  readonly joliet: VolumeDescriptor | undefined
  /** ISO 9660:1999, "level 4". */
  readonly enhanced: VolumeDescriptor | undefined
  /** Block of the boot catalog. */
  readonly bootCatalog: number | undefined
}

/** Descriptors are looked for in as many blocks as Linux does. */
const MAXIMUM_DESCRIPTORS = 84

/**
 * Reads the volume descriptor set of a session.
 *
 * @returns `undefined` where there is no primary volume descriptor
 */
export async function readDescriptorSet(
  source: CachedBlockSource,
  sessionStart: number,
  warn: (warning: string) => void,
): Promise<DescriptorSet | undefined> {
  let primary: VolumeDescriptor | undefined
  let joliet: VolumeDescriptor | undefined
  let enhanced: VolumeDescriptor | undefined
  let bootCatalog: number | undefined
  const first = sessionStart + FIRST_DESCRIPTOR_BLOCK
  for (let index = 0; index < MAXIMUM_DESCRIPTORS; index++) {
    const block = await source.readBlocks(first + index, 1)
    if (
      block.length < BLOCK_BYTES ||
      Buffer.from(block.buffer, block.byteOffset + 1, 5).toString('latin1') !== 'CD001'
    ) {
      if (primary) warn(`The volume descriptors at block ${first} have no terminator.`)
      break
    }
    const type = block[0]
    if (type === DESCRIPTOR_TYPE.terminator) break
    if (type === DESCRIPTOR_TYPE.bootRecord) {
      const record = bootRecord.decodeComplete(block)
      if (record?.bootSystemIdentifier === 'EL TORITO SPECIFICATION') bootCatalog ??= record.bootCatalog
    }
    if (type !== DESCRIPTOR_TYPE.primary && type !== DESCRIPTOR_TYPE.supplementary) continue
    const descriptor = volumeDescriptor.decodeComplete(Uint8Array.from(block))
    if (!descriptor) continue
    if (type === DESCRIPTOR_TYPE.primary) primary ??= descriptor
    else if (isJoliet(descriptor)) joliet ??= descriptor
    else if (descriptor.volumeDescriptorVersion === 2) enhanced ??= descriptor
  }
  return primary && { primary, joliet, enhanced, bootCatalog }
}

function isJoliet(descriptor: VolumeDescriptor): boolean {
  const escapes = descriptor.escapeSequences
  return JOLIET_ESCAPE_SEQUENCES.some(sequence => sequence.every((byte, index) => escapes[index] === byte))
}

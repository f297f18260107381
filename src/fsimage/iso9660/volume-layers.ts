/** Descriptors that stand beside those of the trees. */
import type { ImageLayer, LayerContext, Region } from '../image/image-layer'
import { bootRecord, DESCRIPTOR_TYPE, volumeDescriptorHeader } from './descriptors'
import type { DirectoryTreeLayer } from './directory-tree-layer'
import { enhancedTree } from './tree-format'

/** A layer that is one block of the volume recognition area. */
class DescriptorLayer implements ImageLayer {
  readonly name: string
  private readonly encode: () => Uint8Array

  constructor(name: string, encode: () => Uint8Array) {
    this.name = name
    this.encode = encode
  }

  plan(_context: LayerContext): Region[] {
    return [{ title: this.name, stage: 'recognition', blocks: 1, start: 0, encode: () => [this.encode()] }]
  }

  placed(): void {}
}

/** The Volume Descriptor Set Terminator (8.3). */
export function terminatorLayer(): ImageLayer {
  return new DescriptorLayer('Volume Descriptor Set Terminator', () =>
    volumeDescriptorHeader.encode({
      volumeDescriptorType: DESCRIPTOR_TYPE.terminator,
      standardIdentifier: 'CD001',
      volumeDescriptorVersion: 1,
    }),
  )
}

/** The Enhanced Volume Descriptor of ISO 9660:1999, which names the primary tree. */
export function enhancedLayer(primary: DirectoryTreeLayer): ImageLayer {
  const format = enhancedTree(primary.format)
  return new DescriptorLayer('Enhanced Volume Descriptor', () => primary.encodeDescriptor(format))
}

/** The Boot Record of El Torito. */
export function bootRecordLayer(bootCatalog: () => number): ImageLayer {
  return new DescriptorLayer('Boot Record', () =>
    bootRecord.encode({
      volumeDescriptorType: DESCRIPTOR_TYPE.bootRecord,
      standardIdentifier: 'CD001',
      volumeDescriptorVersion: 1,
      bootSystemIdentifier: 'EL TORITO SPECIFICATION',
      bootCatalog: bootCatalog(),
    }),
  )
}

/** What the file systems of an image are to be like, and the layers that follow from it. */
import { BootCatalogLayer, type BootImage, emulationOf, writeBootInfoTable } from './el-torito/write'
import { type ContentPatches, wholeContent } from './image/content-stream'
import type { ImageLayer } from './image/image-layer'
import type { Placement } from './image/placement'
import { ImapiError } from './imapi-error'
import type { FileSystemType } from './imported-file-system'
import { FIRST_DESCRIPTOR_BLOCK } from './iso9660/descriptors'
import { DirectoryTreeLayer } from './iso9660/directory-tree-layer'
import type { InterchangeLevel } from './iso9660/identifiers'
import { JOLIET_UNITS, jolietTree, primaryTree } from './iso9660/tree-format'
import { enhancedLayer, terminatorLayer } from './iso9660/volume-layers'
import type { FileContent } from './tree/file-content'
import { type GrowingVolume, UdfLayer, type UdfRevision } from './udf'

/** What decides the layers of an image. */
export interface ImageSettings {
  readonly fileSystems: ReadonlySet<FileSystemType>
  readonly level: InterchangeLevel
  readonly rockRidge: boolean
  readonly jolietLongNames: boolean
  readonly strict: boolean
  readonly udfRevision: UdfRevision
  readonly duplicateUdfMetadata: boolean
  readonly udfVirtualAllocationTable: boolean
  readonly bootImages: readonly BootImage[]
}

/**
 * The layers in the order in which their descriptors stand.
 *
 * @param growing  what a volume with a Virtual Allocation Table goes on from
 * @throws {ImapiError} `IMAPI_E_NO_OUTPUT` where there are none
 */
export function layersOf(settings: ImageSettings, growing: GrowingVolume): ImageLayer[] {
  const { fileSystems, bootImages } = settings
  if (fileSystems.size === 0) {
    throw new ImapiError('IMAPI_E_NO_OUTPUT', 'No file system has been chosen for the image.')
  }
  const layers: ImageLayer[] = []
  const primary = fileSystems.has('ISO9660') || fileSystems.has('Joliet') || bootImages.length > 0
  if (primary) {
    const { level, rockRidge, strict } = settings
    // Every reader takes deep trees as they are; libarchive fails where a relocated directory holds another one.
    const tree = new DirectoryTreeLayer(primaryTree({ level, rockRidge, relocation: strict, strict }))
    layers.push(tree)
    if (bootImages.length > 0) layers.push(new BootCatalogLayer(bootImages))
    if (fileSystems.has('Joliet')) {
      const maximumUnits = settings.jolietLongNames ? JOLIET_UNITS.long : JOLIET_UNITS.standard
      layers.push(new DirectoryTreeLayer(jolietTree({ maximumUnits })))
    }
    if (level === 4) layers.push(enhancedLayer(tree))
    layers.push(terminatorLayer())
  }
  if (fileSystems.has('UDF')) {
    const { udfRevision, duplicateUdfMetadata, udfVirtualAllocationTable } = settings
    layers.push(
      new UdfLayer({
        revision: udfRevision,
        duplicateMetadata: duplicateUdfMetadata,
        virtualAllocationTable: udfVirtualAllocationTable ? growing : undefined,
      }),
    )
  }
  return layers
}

/** Boot images with the partition type that a hard disk image has in its first block. */
export async function completedBootImages(images: readonly BootImage[]): Promise<BootImage[]> {
  return Promise.all(
    images.map(async image => {
      if (emulationOf(image) !== 'hard-disk' || image.systemType !== undefined) return image
      const bytes = await wholeContent(image.content)
      return { ...image, systemType: bytes[FIRST_PARTITION_TYPE] ?? 0 }
    }),
  )
}

/** In the partition table of a hard disk image: type of the first partition. */
const FIRST_PARTITION_TYPE = 0x1c2

/** The boot information tables of the images that ask for one. */
export function bootPatches(
  images: readonly BootImage[],
): (placement: Placement, startOf: (content: FileContent) => number) => ContentPatches {
  return (placement, startOf) =>
    new Map(
      images
        .filter(image => image.bootInfoTable)
        .map(({ content }) => [
          content,
          (bytes: Uint8Array) =>
            writeBootInfoTable(
              Uint8Array.from(bytes),
              placement.startAddress + FIRST_DESCRIPTOR_BLOCK,
              startOf(content),
            ),
        ]),
    )
}

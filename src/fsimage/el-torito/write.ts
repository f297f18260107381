import { BLOCK_BYTES } from '../block-source'
import type { ImageLayer, LayerContext, PlacedImage, Region } from '../image/image-layer'
import { ImapiError } from '../imapi-error'
import { bootRecordLayer } from '../iso9660/volume-layers'
import type { FileContent } from '../tree/file-content'
import {
  bootEntry,
  CATALOG_ENTRY_BYTES,
  EMULATION,
  type Emulation,
  FLOPPY_BYTES,
  HEADER_ID,
  sectionHeaderEntry,
  VIRTUAL_SECTOR_BYTES,
  validationEntry,
} from './boot-catalog'
import { checksum } from './read'

/** A boot image and how firmware is to start it. */
export interface BootImage {
  readonly content: FileContent
  /** 0 x86 (the default), 1 PowerPC, 2 Mac, 239 EFI. */
  readonly platformId?: number
  /** Without it: a floppy where the image has the size of one and the platform is x86, else none. */
  readonly emulation?: Emulation
  /** 0, the default, is 7C0h. */
  readonly loadSegment?: number
  /** Units of 512 bytes to load; without it 4 for x86 without emulation, else the whole image. */
  readonly loadSectors?: number
  readonly bootable?: boolean
  /** Partition type of a hard disk image; FileSystemImage reads it from its partition table where it is left out. */
  readonly systemType?: number
  /** Who made it, up to 24 characters (IMAPI's Manufacturer). */
  readonly manufacturer?: string
  /** isolinux and others ask for their own address in bytes 8 to 63 of the image. */
  readonly bootInfoTable?: boolean
}

const X86 = 0
const ISOLINUX_LOAD_SECTORS = 4
const MAXIMUM_SECTORS = 0xffff
const MAXIMUM_ENTRIES = 63
const BOOT_INFO_TABLE_START = 8
const BOOT_INFO_TABLE_END = 64

/**
 * How an image is emulated.
 *
 * @throws {ImapiError} `IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH` where its size is not that of the floppy asked for
 */
export function emulationOf(image: BootImage): Emulation {
  const floppy = FLOPPY_BYTES[image.content.sizeBytes]
  const emulation = image.emulation ?? ((image.platformId ?? X86) === X86 ? floppy : undefined) ?? 'none'
  if (emulation.startsWith('floppy') && emulation !== floppy) {
    throw new ImapiError(
      'IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH',
      `The boot image has ${image.content.sizeBytes} bytes, which no ${emulation} has.`,
      { hint: 'Use no emulation, or an image of the floppy’s exact size.' },
    )
  }
  if (emulation === 'hard-disk' && image.content.sizeBytes < VIRTUAL_SECTOR_BYTES) {
    throw new ImapiError('IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH', 'The boot image has no partition table.')
  }
  return emulation
}

function sectorCount(image: BootImage, emulation: Emulation): number {
  if (image.loadSectors !== undefined) return image.loadSectors
  if (emulation !== 'none') return 1
  if ((image.platformId ?? X86) === X86) return ISOLINUX_LOAD_SECTORS
  const sectors = Math.ceil(image.content.sizeBytes / VIRTUAL_SECTOR_BYTES)
  // The field has 16 bits: 0 makes UEFI take the image to the end of the medium.
  return sectors > MAXIMUM_SECTORS ? 0 : sectors
}

/** The boot catalog of an image, and the boot record that names it. */
export class BootCatalogLayer implements ImageLayer {
  readonly name = 'El Torito'
  private readonly images: readonly BootImage[]
  private readonly record: ImageLayer
  private catalog!: Region
  private context!: LayerContext

  /** @throws {ImapiError} `IMAPI_E_BOOT_IMAGE_DATA` where an image is empty or there are more than 63 */
  constructor(images: readonly BootImage[]) {
    if (images.length > MAXIMUM_ENTRIES || images.some(({ content }) => content.sizeBytes === 0)) {
      throw new ImapiError(
        'IMAPI_E_BOOT_IMAGE_DATA',
        `A boot catalog holds 1 to ${MAXIMUM_ENTRIES} images, none empty.`,
      )
    }
    this.images = images
    this.record = bootRecordLayer(() => this.catalog.start)
  }

  plan(context: LayerContext): Region[] {
    this.context = context
    for (const image of this.images) emulationOf(image)
    this.catalog = {
      title: 'Boot Catalog',
      stage: 'metadata',
      blocks: Math.ceil((this.entryCount * CATALOG_ENTRY_BYTES) / BLOCK_BYTES),
      start: 0,
      encode: () => [this.encodeCatalog()],
    }
    return [...this.record.plan(context), this.catalog]
  }

  placed(_image: PlacedImage): void {}

  private get entryCount(): number {
    return 2 + 2 * (this.images.length - 1)
  }

  private encodeCatalog(): Uint8Array {
    const bytes = new Uint8Array(this.catalog.blocks * BLOCK_BYTES)
    const [first, ...others] = this.images
    const validation = validationEntry.encode({
      headerId: HEADER_ID.validation,
      platformId: first!.platformId ?? X86,
      idString: (first!.manufacturer ?? '').slice(0, 24),
      keyBytes: 0xaa55,
    })
    new DataView(validation.buffer, validation.byteOffset).setUint16(28, -checksum(validation) & 0xffff, true)
    bytes.set(validation, 0)
    bytes.set(this.entry(first!), CATALOG_ENTRY_BYTES)
    let at = 2 * CATALOG_ENTRY_BYTES
    for (const [index, image] of others.entries()) {
      const header = sectionHeaderEntry.encode({
        headerIndicator: index === others.length - 1 ? HEADER_ID.lastSectionHeader : HEADER_ID.sectionHeader,
        platformId: image.platformId ?? X86,
        numberOfSectionEntries: 1,
        idString: (image.manufacturer ?? '').slice(0, 28),
      })
      bytes.set(header, at)
      bytes.set(this.entry(image), at + CATALOG_ENTRY_BYTES)
      at += 2 * CATALOG_ENTRY_BYTES
    }
    return bytes
  }

  private entry(image: BootImage): Uint8Array {
    const emulation = emulationOf(image)
    return bootEntry.encode({
      bootIndicator: image.bootable === false ? HEADER_ID.notBootable : HEADER_ID.bootable,
      bootMediaType: EMULATION.indexOf(emulation),
      loadSegment: image.loadSegment ?? 0,
      systemType: image.systemType ?? 0,
      sectorCount: sectorCount(image, emulation),
      loadRba: this.context.contents.extentsOf(image.content)[0]?.start ?? 0,
    })
  }
}

/**
 * Writes a boot information table into an image: where the volume descriptor and the image are, its size and checksum.
 *
 * @param bytes  the whole image; changed in place
 */
export function writeBootInfoTable(bytes: Uint8Array, volumeDescriptor: number, start: number): Uint8Array {
  if (bytes.length < BOOT_INFO_TABLE_END) {
    throw new ImapiError('IMAPI_E_BOOT_IMAGE_DATA', 'The boot image is too short for a boot information table.')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let sum = 0
  for (let at = BOOT_INFO_TABLE_END; at < bytes.length; at += 4) {
    let word = 0
    for (let index = Math.min(3, bytes.length - 1 - at); index >= 0; index--) word = word * 256 + bytes[at + index]!
    sum = (sum + word) % 2 ** 32
  }
  view.setUint32(BOOT_INFO_TABLE_START, volumeDescriptor, true)
  view.setUint32(BOOT_INFO_TABLE_START + 4, start, true)
  view.setUint32(BOOT_INFO_TABLE_START + 8, bytes.length, true)
  view.setUint32(BOOT_INFO_TABLE_START + 12, sum, true)
  bytes.fill(0, BOOT_INFO_TABLE_START + 16, BOOT_INFO_TABLE_END)
  return bytes
}

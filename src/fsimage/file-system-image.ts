import { EventEmitter } from 'node:events'
import { UsageError } from '../errors'
import type { Drive, MediumFamilyName } from '../mmc'
import { readMedium } from '../mmc/medium'
import { CachedBlockSource } from './cached-block-source'
import { DirectoryItem } from './directory-item'
import { driveBlockSource } from './drive-block-source'
import { FileSystemImageResult } from './file-system-image-result'
import type { HresultName } from './hresult'
import { planImage } from './image/image'
import type { VolumeIdentification } from './image/image-layer'
import { imageDefaults, usualCapacityBlocks } from './image-defaults'
import { FILE_SYSTEM_TYPES, invalid } from './image-properties'
import { bootPatches, completedBootImages, type ImageSettings, layersOf } from './image-settings'
import { ImageTree } from './image-tree'
import { type FileSystemImageEvents, loadTreeWithUpdates } from './image-updates'
import { ImapiError } from './imapi-error'
import type { FileSystemType, ImportedFileSystem } from './imported-file-system'
import {
  type AcceptedMultisession,
  acceptMultisession,
  MULTISESSION_KINDS,
  type MultisessionInterface,
  type MultisessionKind,
} from './multisession'
import { readSession } from './open-image'
import {
  checkSameDisc,
  IMPORT_PREFERENCE,
  type ImageToExtend,
  importable,
  isRewritten,
  mergeImported,
  missingFromImported,
  type PreviousSession,
  previousSessionOf,
  previousSessionOfImage,
} from './session-import'
import { findSessions, sessionsOfMedium } from './sessions'
import { loadTree } from './tree/node'
import { UDF_REVISIONS } from './udf'
import { unreadableFiles } from './unreadable-files'

/** What a {@link FileSystemImage} is made with. */
export interface FileSystemImageOptions {
  /** The kinds of multisession interfaces that the image supports; both unless given, IMAPI as first released had one. */
  readonly supportedMultisession?: readonly MultisessionKind[]
  /**
   * When the image is made, milliseconds since 1970-01-01 UTC: all that has no time of its own gets this one. Without it
   * the environment's SOURCE_DATE_EPOCH, else the time at which the object is made.
   */
  readonly creationTime?: number
}

/** What is imported. */
export interface ImportOptions {
  /** An earlier session than the last: files that were hidden since are seen again, and later ones are not. */
  readonly session?: number
}

/** What an import is refused with because of what the disc holds. */
const NOT_EXTENSIBLE: ReadonlySet<HresultName> = new Set([
  'IMAPI_E_EMPTY_DISC',
  'IMAPI_E_NO_SUPPORTED_FILE_SYSTEM',
  'IMAPI_E_FILE_SYSTEM_NOT_FOUND',
  'IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION',
  'IMAPI_E_UDF_NOT_WRITE_COMPATIBLE',
])

/** A file-system image that grows session after session (IMAPI's IFileSystemImage). */
export class FileSystemImage extends ImageTree {
  private readonly supportedMultisession: readonly MultisessionKind[]
  private interfaces: readonly MultisessionInterface[] = []
  private accepted: AcceptedMultisession | undefined
  /** Tells how far importing and sending have come; who does not listen pays nothing. */
  readonly events = new EventEmitter<FileSystemImageEvents>()
  private result: FileSystemImageResult | undefined
  private warningsOfImport: readonly string[] = []
  /** Readers go by the descriptors at the disc's beginning, and those can be replaced. */
  private replacesDescriptors = false

  constructor(options: FileSystemImageOptions = {}) {
    super(options.creationTime ?? sourceDateEpoch() ?? Date.now())
    const kinds = options.supportedMultisession ?? MULTISESSION_KINDS
    const unknown = kinds.find(kind => !MULTISESSION_KINDS.includes(kind))
    if (unknown !== undefined) {
      throw new UsageError('USAGE_MULTISESSION_KIND', `"${unknown}" is no kind of multisession interface.`, {
        hint: `There are: ${MULTISESSION_KINDS.join(', ')}.`,
      })
    }
    this.supportedMultisession = [...kinds]
  }

  /**
   * Sets the multisession interfaces that the next session is made with (put_MultisessionInterfaces): what
   * `drive.multisessionInterfaces()` gives, or elements of the caller's own. Each property is read once; a call that
   * fails changes nothing.
   *
   * @throws {ImapiError} with the row of the decision table in `rule`
   */
  async putMultisessionInterfaces(list: Iterable<MultisessionInterface> | null | undefined): Promise<void> {
    const accepted = await acceptMultisession(list, this.supportedMultisession)
    this.interfaces = accepted.list
    this.accepted = accepted
  }

  /** The multisession interfaces as they were set (get_MultisessionInterfaces); empty before. */
  get multisessionInterfaces(): readonly MultisessionInterface[] {
    return this.interfaces
  }

  /** The one of them that the next session is made with; `undefined` before they are set. */
  get acceptedMultisession(): AcceptedMultisession | undefined {
    return this.accepted
  }

  /** The root directory. */
  get root(): DirectoryItem {
    return new DirectoryItem(this, this.rootNode)
  }

  /** Chooses file systems and size for the medium in a drive. @throws {ImapiError} where there is none */
  async chooseImageDefaults(drive: Drive): Promise<void> {
    const medium = await readMedium(drive)
    if (!medium) throw new ImapiError('E_IMAPI_RECORDER_MEDIA_NO_MEDIA', 'There is no medium in the drive.')
    const defaults = imageDefaults(medium.family)
    this.set({ fileSystems: new Set(defaults.fileSystems), udfRevision: defaults.udfRevision })
    this.unit = defaults.writeUnitSize
    this.replacesDescriptors = isRewritten(medium)
    const blocks = medium.isOverwritable ? medium.capacityBlocks : (medium.freeBlocks ?? medium.capacityBlocks)
    if (blocks !== null && blocks > 0) this.freeMediaBlocks = blocks
  }

  /**
   * Chooses file systems and size for a kind of medium, whether or not there is one: the size is that of its usual disc.
   *
   * @throws {ImapiError} `IMAPI_E_INVALID_PARAM` for a kind that cannot be written
   */
  chooseImageDefaultsForMediaType(family: MediumFamilyName): void {
    const blocks = usualCapacityBlocks(family)
    if (blocks === undefined) throw invalid('MediaType', family)
    const defaults = imageDefaults(family)
    this.set({ fileSystems: new Set(defaults.fileSystems), udfRevision: defaults.udfRevision })
    this.unit = defaults.writeUnitSize
    this.freeMediaBlocks = blocks
  }

  /** The limit becomes the capacity of the medium in a drive. */
  async setMaxMediaBlocksFromDevice(drive: Drive): Promise<void> {
    const medium = await readMedium(drive)
    if (!medium) throw new ImapiError('E_IMAPI_RECORDER_MEDIA_NO_MEDIA', 'There is no medium in the drive.')
    this.freeMediaBlocks = medium.capacityBlocks ?? 0
  }

  // ---- Importing

  /** The kinds of file system that the last session of a disc holds; without a drive, of the one that was accepted. */
  async identifyFileSystemsOnDisc(drive?: Drive): Promise<FileSystemType[]> {
    if (!drive) {
      const { contents } = await previousSessionOf(this.mustBeAccepted())
      return contents.fileSystems.map(system => system.type)
    }
    const medium = await readMedium(drive)
    if (!medium) throw new ImapiError('IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE', 'There is no medium in the drive.')
    const source = new CachedBlockSource(await driveBlockSource(drive))
    const listed = medium.isOverwritable ? [] : sessionsOfMedium(medium)
    const session = (listed.length > 0 ? listed : await findSessions(source)).at(-1)!
    const { fileSystems } = await readSession(source, session)
    return fileSystems.map(system => system.type)
  }

  /** The one of them that an import takes. @throws {ImapiError} `IMAPI_E_INVALID_PARAM` where there is none */
  getDefaultFileSystemForImport(types: readonly FileSystemType[]): FileSystemType {
    const found = IMPORT_PREFERENCE.find(type => types.includes(type))
    if (!found) throw new ImapiError('IMAPI_E_INVALID_PARAM', 'None of these file systems can be imported.')
    return found
  }

  /**
   * Imports the last session of the medium that was accepted (ImportFileSystem): names, times, sizes and extents; the
   * bytes of files stay on the disc. What the image holds already wins.
   *
   * @returns the file system that was imported: UDF, else ISO 9660 with Rock Ridge, else Joliet, else plain ISO 9660
   * @throws {ImapiError} `IMAPI_E_MULTISESSION_NOT_SET`, `IMAPI_E_EMPTY_DISC`, `IMAPI_E_NO_SUPPORTED_FILE_SYSTEM`,
   *   `IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION`, `IMAPI_E_BOOT_OBJECT_CONFLICT`, …
   */
  async importFileSystem(options: ImportOptions = {}): Promise<FileSystemType> {
    return this.importSession(await previousSessionOf(this.mustBeAccepted(), options.session), undefined)
  }

  /** As {@link importFileSystem}, for one kind. @throws {ImapiError} `IMAPI_E_FILE_SYSTEM_NOT_FOUND` */
  async importSpecificFileSystem(type: FileSystemType, options: ImportOptions = {}): Promise<FileSystemType> {
    if (!FILE_SYSTEM_TYPES.includes(type)) throw invalid('FileSystem', type)
    return this.importSession(await previousSessionOf(this.mustBeAccepted(), options.session), type)
  }

  /**
   * Whether a next session can be put on a file system of the medium that was accepted (ProbeSpecificFileSystem).
   *
   * @throws {ImapiError} where the medium cannot be read: `IMAPI_E_IMPORT_…`, `IMAPI_E_MULTISESSION_NOT_SET`
   */
  async probeSpecificFileSystem(type: FileSystemType): Promise<boolean> {
    if (!FILE_SYSTEM_TYPES.includes(type)) throw invalid('FileSystem', type)
    try {
      const previous = await previousSessionOf(this.mustBeAccepted())
      asImported(previous, importable(previous.contents, type))
      return true
    } catch (error) {
      if (error instanceof ImapiError && NOT_EXTENSIBLE.has(error.code)) return false
      throw error
    }
  }

  /** Imports from an image instead of a drive: what is made next is appended to it. @throws {ImapiError} as above */
  async importImage(image: ImageToExtend, type?: FileSystemType): Promise<FileSystemType> {
    return this.importSession(await previousSessionOfImage(image), type)
  }

  /**
   * What was found wrong with the imported session, and what its other file systems hold that the imported one lacks: as
   * on a disc where another program added to one of them alone. Grows while directories are read.
   */
  get importWarnings(): readonly string[] {
    return [...this.warningsOfImport, ...(this.imported?.warnings ?? [])]
  }

  /** A signature of the disc and its sessions, to see whether it is still the same. @throws {ImapiError} */
  async calculateDiscIdentifier(): Promise<string> {
    const { fingerprint } = this.previous ?? (await previousSessionOf(this.mustBeAccepted()))
    return fingerprint.toString('hex').slice(0, 32)
  }

  /**
   * Takes out imported files that cannot be read: after an interrupted recording, directories name what was never written.
   * Reads the ends of every imported file.
   *
   * @returns their paths
   */
  async removeUnreadableFiles(): Promise<string[]> {
    this.checkWritable()
    if (!this.previous) return []
    const files = await unreadableFiles(this.rootNode, this.previous.source)
    return files.map(file => {
      const { path } = file
      this.removeNode(file)
      return path
    })
  }

  // ---- The result

  /**
   * Makes the image (CreateResultImage): names, sizes and addresses are chosen, nothing is read yet but the directories
   * that were imported. Until {@link releaseResult} the image cannot be changed.
   *
   * @throws {ImapiError} where the tree does not fit: `IMAPI_E_IMAGE_SIZE_LIMIT`, `IMAPI_E_NO_UNIQUE_NAME`,
   *   `IMAPI_E_ISO9660_LEVELS`, `IMAPI_E_DATA_TOO_BIG`, `IMAPI_E_TOO_MANY_DIRS`, …; `IMAPI_E_DISC_MISMATCH` where another
   *   disc is in the drive than was imported from
   */
  async createResultImage(): Promise<FileSystemImageResult> {
    this.checkWritable()
    if (this.previous) await checkSameDisc(this.previous)
    await this.loadImported()
    const bootImages = await completedBootImages(this.settings.bootImages)
    const volume = this.volume()
    const { previous } = this
    const image = planImage({
      root: this.rootNode,
      layers: layersOf(
        { ...this.settings, bootImages },
        {
          previous: udfOf(previous)?.virtualAllocationTable,
          mediumEnd: this.limitBlocks > 0 ? this.firstBlock + this.limitBlocks : undefined,
        },
      ),
      volume,
      startAddress: this.firstBlock,
      disc: previous?.source,
      rewritable: previous?.rewritable ?? (this.replacesDescriptors && this.firstBlock > 0),
      writeUnitSize: this.unit,
      systemArea: this.area,
      furtherContents: bootImages.map(({ content }) => content),
      patches: bootPatches(bootImages),
    })
    const result = new FileSystemImageResult(image, volume.volumeName, this.created, this.events)
    if (this.limitBlocks > 0 && image.endAddress - this.firstBlock > this.limitBlocks) {
      throw new ImapiError(
        'IMAPI_E_IMAGE_SIZE_LIMIT',
        `The image has ${image.endAddress - this.firstBlock} blocks; there is room for ${this.limitBlocks}.`,
        { hint: 'Leave something out, or use a larger medium.' },
      )
    }
    this.result = result
    return result
  }

  /** Gives the last result up: the image can be changed again. */
  releaseResult(): void {
    this.result = undefined
  }

  /** @throws {ImapiError} `IMAPI_E_READONLY` while there is a result */
  checkWritable(): void {
    if (!this.result) return
    throw new ImapiError('IMAPI_E_READONLY', 'The image cannot be changed while there is a result of it.', {
      hint: 'Call releaseResult when the result is written.',
    })
  }

  private async loadImported(): Promise<void> {
    const { imported, events } = this
    if (!imported || events.listenerCount('updateImport') === 0) return loadTree(this.rootNode)
    await loadTreeWithUpdates(this.rootNode, imported.type, update => events.emit('updateImport', update))
  }

  private mustBeAccepted(): AcceptedMultisession {
    if (this.accepted) return this.accepted
    throw new ImapiError('IMAPI_E_MULTISESSION_NOT_SET', 'putMultisessionInterfaces has to come before this call.')
  }

  private async importSession(previous: PreviousSession, type: FileSystemType | undefined): Promise<FileSystemType> {
    this.checkWritable()
    if (this.settings.bootImages.length > 0 && !previous.rewritable) {
      throw new ImapiError('IMAPI_E_BOOT_OBJECT_CONFLICT', 'Only the first session of a disc can be booted from.')
    }
    const found = importable(previous.contents, type)
    const before = this.changes.changePoint
    try {
      await mergeImported(this.rootNode, found.root, this.changes)
    } catch (error) {
      this.changes.rollback(before)
      throw error
    }
    this.previous = previous
    this.imported = found
    this.warningsOfImport = [...previous.contents.warnings, ...(await missingFromImported(previous.contents, found))]
    this.firstBlock = previous.nextWritableAddress
    this.unit = Math.max(this.unit, previous.writeUnitSize)
    if (previous.freeBlocks !== undefined && previous.freeBlocks > 0) this.limitBlocks = previous.freeBlocks
    this.settings = { ...this.settings, ...asImported(previous, found) }
    return found.type
  }

  private volume(): VolumeIdentification {
    return {
      systemIdentifier: '',
      volumeSetIdentifier: '',
      publisher: '',
      dataPreparer: '',
      application: 'SCSI-MMC',
      copyrightFile: '',
      abstractFile: '',
      bibliographicFile: '',
      created: this.created,
      modified: this.created,
      expires: undefined,
      effective: undefined,
      ...this.identification,
      volumeName: this.volumeName,
    }
  }
}

/** The settings that go on as the imported session has them. */
function asImported(previous: PreviousSession, imported: ImportedFileSystem): Partial<ImageSettings> {
  const there = previous.contents.fileSystems
  const udf = udfOf(previous)
  const revision = UDF_REVISIONS.find(each => each === udf?.revision)
  if (imported.type === 'UDF' && !revision) {
    throw new ImapiError(
      'IMAPI_E_UDF_NOT_WRITE_COMPATIBLE',
      `UDF ${imported.revision} of the imported session is none that can be written.`,
    )
  }
  const primary = there.find(system => system.type === 'ISO9660')
  return {
    fileSystems: new Set(there.map(system => system.type)),
    ...(primary ? { rockRidge: primary.rockRidge ?? false } : {}),
    ...(revision ? { udfRevision: revision } : {}),
    udfVirtualAllocationTable: udf?.virtualAllocationTable !== undefined && !previous.rewritable,
  }
}

function udfOf(previous: PreviousSession | undefined): ImportedFileSystem | undefined {
  return previous?.contents.fileSystems.find(system => system.type === 'UDF')
}

function sourceDateEpoch(): number | undefined {
  const seconds = process.env['SOURCE_DATE_EPOCH']
  return seconds !== undefined && /^\d{1,11}$/.test(seconds) ? Number(seconds) * 1000 : undefined
}

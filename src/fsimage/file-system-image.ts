import { UsageError } from '../errors'
import type { Drive } from '../mmc'
import { readMedium } from '../mmc'
import { CachedBlockSource } from './cached-block-source'
import { DirectoryItem } from './directory-item'
import { driveBlockSource } from './drive-block-source'
import type { BootImage } from './el-torito/write'
import { FileSystemImageResult } from './file-system-image-result'
import { blocksOf } from './image/contents'
import { planImage } from './image/image'
import type { VolumeIdentification } from './image/image-layer'
import { imageDefaults } from './image-defaults'
import { bootPatches, completedBootImages, type ImageSettings, layersOf } from './image-settings'
import { ImapiError } from './imapi-error'
import type { FileSystemType, ImportedFileSystem } from './imported-file-system'
import type { InterchangeLevel } from './iso9660/identifiers'
import { plainText } from './iso9660/tree-format'
import {
  type AcceptedMultisession,
  acceptMultisession,
  MULTISESSION_KINDS,
  type MultisessionInterface,
  type MultisessionKind,
} from './multisession'
import { readSession } from './open-image'
import {
  discFingerprint,
  IMPORT_PREFERENCE,
  type ImageToExtend,
  importable,
  mergeImported,
  type PreviousSession,
  previousSessionOf,
  previousSessionOfImage,
} from './session-import'
import { findSessions, sessionsOfMedium } from './sessions'
import { Staging } from './staging'
import { TreeChanges } from './tree/changes'
import { DirectoryNode, type FileNode, loadTree, type Metadata, type TreeNode } from './tree/node'
import { find } from './tree/paths'
import { UDF_REVISIONS, type UdfRevision } from './udf'

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

const FILE_SYSTEM_TYPES: readonly FileSystemType[] = ['ISO9660', 'Joliet', 'UDF']
const MAXIMUM_VOLUME_NAME = 126
/** Blocks that descriptors, directories and padding take at least. */
const OVERHEAD_BLOCKS = 512

/** A file-system image that grows session after session (IMAPI's IFileSystemImage). */
export class FileSystemImage {
  private readonly supportedMultisession: readonly MultisessionKind[]
  private interfaces: readonly MultisessionInterface[] = []
  private accepted: AcceptedMultisession | undefined
  /** The tree's changes so far, for change points. */
  readonly changes = new TreeChanges()
  private readonly created: number
  private readonly rootNode: DirectoryNode
  private settings: ImageSettings
  private result: FileSystemImageResult | undefined
  private previous: PreviousSession | undefined
  private imported: ImportedFileSystem | undefined
  private identification: Partial<VolumeIdentification> = {}
  private limitBlocks = 0
  private usedContentBlocks = 0
  private unit = 1
  private firstBlock = 0
  private staging: Staging | undefined
  private stagingDirectory: string | undefined
  private restricted = false
  private area: Uint8Array | undefined

  constructor(options: FileSystemImageOptions = {}) {
    const kinds = options.supportedMultisession ?? MULTISESSION_KINDS
    const unknown = kinds.find(kind => !MULTISESSION_KINDS.includes(kind))
    if (unknown !== undefined) {
      throw new UsageError('USAGE_MULTISESSION_KIND', `"${unknown}" is no kind of multisession interface.`, {
        hint: `There are: ${MULTISESSION_KINDS.join(', ')}.`,
      })
    }
    this.supportedMultisession = [...kinds]
    this.created = options.creationTime ?? sourceDateEpoch() ?? Date.now()
    this.rootNode = new DirectoryNode('', this.newMetadata())
    this.settings = {
      fileSystems: new Set(['ISO9660', 'Joliet']),
      level: 3,
      rockRidge: true,
      jolietLongNames: false,
      strict: false,
      udfRevision: '1.02',
      duplicateUdfMetadata: true,
      bootImages: [],
    }
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

  // ---- What the image is made of

  /** The file systems to be made (FileSystemsToCreate); ISO9660 and Joliet unless chosen otherwise. */
  get fileSystemsToCreate(): readonly FileSystemType[] {
    return FILE_SYSTEM_TYPES.filter(type => this.settings.fileSystems.has(type))
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_PARAM`, `IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED` without the imported one */
  set fileSystemsToCreate(types: readonly FileSystemType[]) {
    const unknown = types.find(type => !FILE_SYSTEM_TYPES.includes(type))
    if (unknown !== undefined) throw invalid('FileSystemsToCreate', unknown)
    if (this.imported && !types.includes(this.imported.type)) {
      throw new ImapiError(
        'IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED',
        `The imported session is ${this.imported.type}: the next one must have that, too.`,
      )
    }
    this.set({ fileSystems: new Set(types) })
  }

  get fileSystemsSupported(): readonly FileSystemType[] {
    return FILE_SYSTEM_TYPES
  }

  /** Revision of UDF, as text: `2.50`. */
  get udfRevision(): UdfRevision {
    return this.settings.udfRevision
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_PARAM`, `IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED` after an import of UDF */
  set udfRevision(revision: UdfRevision) {
    if (!UDF_REVISIONS.includes(revision)) throw invalid('UDFRevision', revision)
    if (this.imported?.type === 'UDF' && revision !== this.settings.udfRevision) {
      throw new ImapiError(
        'IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED',
        `The imported session has UDF ${this.imported.revision}: the next one must have that, too.`,
      )
    }
    this.set({ udfRevision: revision })
  }

  get udfRevisionsSupported(): readonly UdfRevision[] {
    return UDF_REVISIONS
  }

  /** Interchange level of ISO 9660, 1 to 3; 4 stands for ISO 9660:1999. */
  get iso9660InterchangeLevel(): InterchangeLevel {
    return this.settings.level
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_PARAM` */
  set iso9660InterchangeLevel(level: InterchangeLevel) {
    if (![1, 2, 3, 4].includes(level)) throw invalid('ISO9660InterchangeLevel', level)
    this.set({ level })
  }

  get iso9660InterchangeLevelsSupported(): readonly InterchangeLevel[] {
    return [1, 2, 3, 4]
  }

  /** POSIX names, owners, modes and links beside ISO 9660; true unless set otherwise. */
  get rockRidge(): boolean {
    return this.settings.rockRidge
  }

  set rockRidge(rockRidge: boolean) {
    this.set({ rockRidge })
  }

  /** Joliet names of up to 103 characters, which all known readers take; its specification has 64. */
  get jolietLongNames(): boolean {
    return this.settings.jolietLongNames
  }

  set jolietLongNames(jolietLongNames: boolean) {
    this.set({ jolietLongNames })
  }

  /** Limits of ISO 9660 that all readers overlook are errors, too. */
  get strictFileSystemCompliance(): boolean {
    return this.settings.strict
  }

  /** @throws {ImapiError} `IMAPI_E_FILE_SYSTEM_NOT_EMPTY` where something has been added */
  set strictFileSystemCompliance(strict: boolean) {
    if (strict && !this.isEmpty) {
      throw new ImapiError(
        'IMAPI_E_FILE_SYSTEM_NOT_EMPTY',
        'Strict compliance can be asked for while the image is empty.',
      )
    }
    this.set({ strict })
  }

  /** Names added from now on must be of the characters 32 to 127. */
  get useRestrictedCharacterSet(): boolean {
    return this.restricted
  }

  set useRestrictedCharacterSet(restricted: boolean) {
    this.checkWritable()
    this.restricted = restricted
  }

  /** With UDF 2.50 and later, the metadata partition is recorded twice. */
  get createRedundantUdfMetadataFiles(): boolean {
    return this.settings.duplicateUdfMetadata
  }

  set createRedundantUdfMetadataFiles(duplicateUdfMetadata: boolean) {
    this.set({ duplicateUdfMetadata })
  }

  /** The entries of the boot catalog, in order; none makes no boot catalog. */
  get bootImages(): readonly BootImage[] {
    return this.settings.bootImages
  }

  /** @throws {ImapiError} `IMAPI_E_BOOT_OBJECT_CONFLICT` on top of an earlier session: firmware looks at the first */
  set bootImages(bootImages: readonly BootImage[]) {
    if (bootImages.length > 0 && this.previous && !this.previous.rewritable) {
      throw new ImapiError('IMAPI_E_BOOT_OBJECT_CONFLICT', 'Only the first session of a disc can be booted from.')
    }
    this.set({ bootImages: [...bootImages] })
  }

  /** The first 16 blocks of the image, up to 32,768 bytes: boot code for disks. */
  get systemArea(): Uint8Array | undefined {
    return this.area
  }

  set systemArea(area: Uint8Array | undefined) {
    this.checkWritable()
    if (area && area.length > 32_768) throw invalid('SystemArea', `${area.length} bytes`)
    this.area = area
  }

  // ---- Names and dates of the volume

  /** What the volume is called; after an import the name that it had, unless set otherwise. */
  get volumeName(): string {
    return this.identification.volumeName ?? this.carriedName() ?? nameByDate(this.created)
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_VOLUME_NAME` where it is too long or has control characters */
  set volumeName(volumeName: string) {
    if (volumeName.length > MAXIMUM_VOLUME_NAME || /[\0-\x1f\x7f]/.test(volumeName)) {
      throw new ImapiError(
        'IMAPI_E_INVALID_VOLUME_NAME',
        `A volume name has up to ${MAXIMUM_VOLUME_NAME} characters, none of them a control character.`,
      )
    }
    this.identify({ volumeName })
  }

  /** The volume's name as ISO 9660 holds it. */
  get volumeNameISO9660(): string {
    return Buffer.from(plainText(this.volumeName, 32, 'd'))
      .toString('latin1')
      .trimEnd()
  }

  /** The volume's name as Joliet holds it. */
  get volumeNameJoliet(): string {
    return this.volumeName.slice(0, 16)
  }

  /** The volume's name as UDF holds it. */
  get volumeNameUDF(): string {
    return this.volumeName
  }

  /** What the imported session was called; null before an import. */
  get importedVolumeName(): string | null {
    return this.imported?.volumeName ?? null
  }

  /** Sets texts and dates of the volume descriptors; what is left out stays as it is. */
  identify(identification: Partial<VolumeIdentification>): void {
    this.checkWritable()
    this.identification = { ...this.identification, ...identification }
  }

  // ---- Room

  /** The image may have as many blocks; 0 is no limit. Set from the medium by an import and by chooseImageDefaults. */
  get freeMediaBlocks(): number {
    return this.limitBlocks
  }

  /** @throws {ImapiError} `IMAPI_E_IMAGE_TOO_BIG` where the image has more already, `IMAPI_E_INVALID_PARAM` */
  set freeMediaBlocks(blocks: number) {
    if (!Number.isSafeInteger(blocks) || blocks < 0) throw invalid('FreeMediaBlocks', blocks)
    if (blocks > 0 && this.usedBlocks > blocks) {
      throw new ImapiError('IMAPI_E_IMAGE_TOO_BIG', `The image has ${this.usedBlocks} blocks already.`)
    }
    this.checkWritable()
    this.limitBlocks = blocks
  }

  /** Blocks that the image takes so far, as far as they can be told before it is made. */
  get usedBlocks(): number {
    return this.isEmpty ? 0 : this.usedContentBlocks + OVERHEAD_BLOCKS
  }

  /** LBA of the next session's first block. */
  get sessionStartBlock(): number {
    return this.firstBlock
  }

  /** @throws {ImapiError} `IMAPI_E_PROPERTY_NOT_ACCESSIBLE` after an import, which decides it */
  set sessionStartBlock(lba: number) {
    if (!Number.isSafeInteger(lba) || lba < 0) throw invalid('SessionStartBlock', lba)
    if (this.previous) {
      throw new ImapiError('IMAPI_E_PROPERTY_NOT_ACCESSIBLE', 'The imported session decides where the next one begins.')
    }
    this.checkWritable()
    this.firstBlock = lba
  }

  /** The image's length is a multiple of this many blocks: 16 for DVD, 32 for BD. */
  get writeUnitSize(): number {
    return this.unit
  }

  set writeUnitSize(blocks: number) {
    if (!Number.isSafeInteger(blocks) || blocks < 1) throw invalid('WriteUnitSize', blocks)
    this.checkWritable()
    this.unit = blocks
  }

  /** Chooses file systems and size for the medium in a drive. @throws {ImapiError} where there is none */
  async chooseImageDefaults(drive: Drive): Promise<void> {
    const medium = await readMedium(drive)
    if (!medium) throw new ImapiError('E_IMAPI_RECORDER_MEDIA_NO_MEDIA', 'There is no medium in the drive.')
    const defaults = imageDefaults(medium.family)
    this.set({ fileSystems: new Set(defaults.fileSystems), udfRevision: defaults.udfRevision })
    this.unit = defaults.writeUnitSize
    const blocks = medium.isOverwritable ? medium.capacityBlocks : (medium.freeBlocks ?? medium.capacityBlocks)
    if (blocks !== null && blocks > 0) this.freeMediaBlocks = blocks
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
  async importFileSystem(): Promise<FileSystemType> {
    return this.importSession(await previousSessionOf(this.mustBeAccepted()), undefined)
  }

  /** As {@link importFileSystem}, for one kind. @throws {ImapiError} `IMAPI_E_FILE_SYSTEM_NOT_FOUND` */
  async importSpecificFileSystem(type: FileSystemType): Promise<FileSystemType> {
    if (!FILE_SYSTEM_TYPES.includes(type)) throw invalid('FileSystem', type)
    return this.importSession(await previousSessionOf(this.mustBeAccepted()), type)
  }

  /** Imports from an image instead of a drive: what is made next is appended to it. @throws {ImapiError} as above */
  async importImage(image: ImageToExtend, type?: FileSystemType): Promise<FileSystemType> {
    return this.importSession(await previousSessionOfImage(image), type)
  }

  /** A signature of the disc and its sessions, to see whether it is still the same. @throws {ImapiError} */
  async calculateDiscIdentifier(): Promise<string> {
    const { source, contents } = this.previous ?? (await previousSessionOf(this.mustBeAccepted()))
    return (await discFingerprint(source, contents.start)).toString('hex').slice(0, 32)
  }

  // ---- Change points

  /** Counts the changes of the tree. */
  get changePoint(): number {
    return this.changes.changePoint
  }

  /** Takes back all changes behind a change point. @throws {ImapiError} `IMAPI_E_INVALID_PARAM` */
  rollbackToChangePoint(changePoint: number): void {
    this.checkWritable()
    this.changes.rollback(changePoint)
  }

  /** Changes so far can no longer be taken back. */
  lockInChangePoint(): void {
    this.changes.lock()
  }

  // ---- Files copied beforehand

  /** Files added from now on are copied to the working directory first. */
  get stageFiles(): boolean {
    return this.staging !== undefined
  }

  set stageFiles(stage: boolean) {
    this.checkWritable()
    this.staging = stage ? (this.staging ?? new Staging(this.stagingDirectory)) : undefined
  }

  /** Where copies of files go; the system's directory of temporary files unless set. */
  get workingDirectory(): string | undefined {
    return this.stagingDirectory
  }

  set workingDirectory(path: string | undefined) {
    this.checkWritable()
    if (this.staging) {
      throw new ImapiError('IMAPI_E_PROPERTY_NOT_ACCESSIBLE', 'Set the working directory before stageFiles.')
    }
    this.stagingDirectory = path
  }

  // ---- The tree as a whole

  /** What stands at a path. */
  async exists(path: string): Promise<'not-found' | 'directory' | 'file'> {
    const node = await find(this.rootNode, path)
    if (!node) return 'not-found'
    return node.kind === 'directory' ? 'directory' : 'file'
  }

  /** Files, links and special files of the tree; reads all that was imported. */
  async fileCount(): Promise<number> {
    return (await this.counts()).files
  }

  /** Directories of the tree, the root not counted. */
  async directoryCount(): Promise<number> {
    return (await this.counts()).directories
  }

  /** Adds a node to a directory of the tree. @throws {ImapiError} `IMAPI_E_IMAGE_SIZE_LIMIT`, `IMAPI_E_NOT_IN_FILE_SYSTEM` */
  addNode(directory: DirectoryNode, node: TreeNode): void {
    this.checkWritable()
    this.checkBelongs(directory)
    this.checkCharacters(node)
    this.take(node)
    this.changes.attach(directory, node)
  }

  /** Takes a node out of the tree. @throws {ImapiError} `IMAPI_E_NOT_IN_FILE_SYSTEM`, `IMAPI_E_INVALID_PATH` for the root */
  removeNode(node: TreeNode): void {
    this.checkWritable()
    if (!node.parent) throw new ImapiError('IMAPI_E_INVALID_PATH', 'The root cannot be removed.')
    this.checkBelongs(node.parent)
    this.changes.detach(node)
    const blocks = newBlocks(node)
    this.usedContentBlocks -= blocks
    this.changes.record(() => {
      this.usedContentBlocks += blocks
    })
  }

  /** Merges a tree into a directory, as a whole or not at all. */
  async mergeTree(target: DirectoryNode, added: DirectoryNode): Promise<void> {
    this.checkWritable()
    this.checkBelongs(target)
    for (const node of added.loadedEntries.values()) this.checkCharacters(node)
    await this.staging?.stage(added)
    const before = this.changes.changePoint
    try {
      this.take(added)
      await merge(target, added, this.changes)
    } catch (error) {
      this.changes.rollback(before)
      throw error
    }
  }

  /** A file with its content copied, where files are staged. */
  async staged(node: FileNode): Promise<FileNode> {
    await this.staging?.stage(node)
    return node
  }

  /** Metadata of what is made here and has none of its own. */
  newMetadata(): Partial<Metadata> {
    const time = this.created
    return { created: time, modified: time, accessed: time, attributesChanged: time }
  }

  // ---- The result

  /**
   * Makes the image (CreateResultImage): names, sizes and addresses are chosen, nothing is read yet but the directories
   * that were imported. Until {@link releaseResult} the image cannot be changed.
   *
   * @throws {ImapiError} where the tree does not fit: `IMAPI_E_IMAGE_SIZE_LIMIT`, `IMAPI_E_NO_UNIQUE_NAME`,
   *   `IMAPI_E_ISO9660_LEVELS`, `IMAPI_E_DATA_TOO_BIG`, `IMAPI_E_TOO_MANY_DIRS`, …
   */
  async createResultImage(): Promise<FileSystemImageResult> {
    this.checkWritable()
    await loadTree(this.rootNode)
    const bootImages = await completedBootImages(this.settings.bootImages)
    const volume = this.volume()
    const { previous } = this
    const image = planImage({
      root: this.rootNode,
      layers: layersOf({ ...this.settings, bootImages }),
      volume,
      startAddress: this.firstBlock,
      disc: previous?.source,
      rewritable: previous?.rewritable ?? false,
      writeUnitSize: this.unit,
      systemArea: this.area,
      furtherContents: bootImages.map(({ content }) => content),
      patches: bootPatches(bootImages),
    })
    const result = new FileSystemImageResult(image, volume.volumeName, this.created)
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

  /** Removes copies of staged files. */
  async close(): Promise<void> {
    await this.staging?.close()
  }

  /** @throws {ImapiError} `IMAPI_E_READONLY` while there is a result */
  checkWritable(): void {
    if (!this.result) return
    throw new ImapiError('IMAPI_E_READONLY', 'The image cannot be changed while there is a result of it.', {
      hint: 'Call releaseResult when the result is written.',
    })
  }

  private get isEmpty(): boolean {
    return this.rootNode.isLoaded && this.rootNode.loadedEntries.size === 0
  }

  private set(settings: Partial<ImageSettings>): void {
    this.checkWritable()
    this.settings = { ...this.settings, ...settings }
  }

  /** The imported name, in lower case and whole where another file system of the session has the same one like that. */
  private carriedName(): string | undefined {
    const name = this.imported?.volumeName
    if (name === undefined) return undefined
    const legal = (text: string) =>
      Buffer.from(plainText(text, 32, 'd'))
        .toString('latin1')
        .trimEnd()
    const others = this.previous?.contents.fileSystems.map(system => system.volumeName) ?? []
    return others.find(other => other !== name && legal(other) === name) ?? name
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

  /** Counts what is added against the limit. */
  private take(node: TreeNode): void {
    const blocks = newBlocks(node)
    if (this.limitBlocks > 0 && this.usedContentBlocks + blocks + OVERHEAD_BLOCKS > this.limitBlocks) {
      throw new ImapiError(
        'IMAPI_E_IMAGE_SIZE_LIMIT',
        `${node.path} takes ${blocks} blocks; ${Math.max(0, this.limitBlocks - this.usedBlocks)} are left.`,
        { hint: 'Raise freeMediaBlocks, or leave something out.' },
      )
    }
    this.usedContentBlocks += blocks
    this.changes.record(() => {
      this.usedContentBlocks -= blocks
    })
  }

  private checkBelongs(directory: DirectoryNode): void {
    let top = directory
    while (top.parent) top = top.parent
    if (top !== this.rootNode) {
      throw new ImapiError('IMAPI_E_NOT_IN_FILE_SYSTEM', `${directory.name} is no part of this image.`)
    }
  }

  private checkCharacters(node: TreeNode): void {
    if (!this.restricted) return
    if (!/^[\x20-\x7f]*$/.test(node.name)) {
      throw new ImapiError('IMAPI_E_RESTRICTED_NAME_VIOLATION', `"${node.name}" has characters beyond 127.`)
    }
    if (node.kind === 'directory') for (const below of node.loadedEntries.values()) this.checkCharacters(below)
  }

  private async counts(): Promise<{ files: number; directories: number }> {
    await loadTree(this.rootNode)
    const counts = { files: 0, directories: 0 }
    const pending = [this.rootNode]
    for (let directory = pending.pop(); directory; directory = pending.pop()) {
      for (const node of directory.loadedEntries.values()) {
        if (node.kind === 'directory') {
          counts.directories++
          pending.push(node)
        } else {
          counts.files++
        }
      }
    }
    return counts
  }
}

/** The settings that go on as the imported session has them. */
function asImported(previous: PreviousSession, imported: ImportedFileSystem): Partial<ImageSettings> {
  const there = previous.contents.fileSystems
  const revision = UDF_REVISIONS.find(each => each === there.find(system => system.type === 'UDF')?.revision)
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
  }
}

/** Blocks that a node and all below take anew; directories a block each, imported ones none. */
function newBlocks(node: TreeNode): number {
  if (node.kind === 'file') return node.content.kind === 'recorded' ? 0 : blocksOf(node.content)
  if (node.kind !== 'directory' || !node.isLoaded) return 0
  let blocks = 1
  for (const below of node.loadedEntries.values()) blocks += newBlocks(below)
  return blocks
}

/** Puts what was read elsewhere into a directory: directories of one name become one, anything else is replaced. */
async function merge(target: DirectoryNode, added: DirectoryNode, changes: TreeChanges): Promise<void> {
  await target.load()
  for (const node of [...added.loadedEntries.values()]) {
    const before = target.loadedEntries.get(node.name)
    if (before?.kind === 'directory' && node.kind === 'directory') await merge(before, node, changes)
    else changes.attach(target, node)
  }
}

function invalid(property: string, value: unknown): ImapiError {
  return new ImapiError('IMAPI_E_INVALID_PARAM', `${String(value)} is no value for ${property}.`)
}

/** As IMAPI does it where no name is given: by date and time. */
function nameByDate(created: number): string {
  return new Date(created).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_')
}

function sourceDateEpoch(): number | undefined {
  const seconds = process.env['SOURCE_DATE_EPOCH']
  return seconds !== undefined && /^\d{1,11}$/.test(seconds) ? Number(seconds) * 1000 : undefined
}

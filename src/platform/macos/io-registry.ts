import { cString } from '../ffi'
import { CoreFoundation } from './core-foundation'
import type { Frameworks } from './frameworks'

const kIOMainPortDefault = 0
const kIOServicePlane = cString('IOService')
const kIORegistryIterateRecursively = 1
const kIORegistryIterateParents = 2
/** sizeof(io_string_t). */
const PATH_BYTES = 512
/** A registry deeper, or a drive with more media, would be a loop. */
const DEEPEST = 64
const MOST_ENTRIES = 1024

/**
 * The classes of optical drives, one for each by its best ability to read. The user client for commands attaches to
 * those of them that can write.
 */
const SERVICES = ['IODVDServices', 'IOBDServices', 'IOCompactDiscServices']

/** A handle of a registry entry: io_registry_entry_t. Who is given one releases it. */
export type RegistryEntry = number

/** What the registry says of a drive. */
export interface DriveIdentity {
  readonly vendor: string
  readonly product: string
  readonly revision: string
}

/** The I/O Registry, as far as it is about optical drives. */
export class IoRegistry {
  readonly coreFoundation: CoreFoundation
  private readonly frameworks: Frameworks

  constructor(frameworks: Frameworks) {
    this.frameworks = frameworks
    this.coreFoundation = new CoreFoundation(frameworks)
  }

  /** The drives of this machine, each once. */
  drives(): RegistryEntry[] {
    const found = new Map<string, RegistryEntry>()
    for (const service of SERVICES) {
      const iterator = Buffer.alloc(4)
      // The dictionary is consumed.
      const matching = this.frameworks.IOServiceMatching.call(cString(service)).value
      const { value } = this.frameworks.IOServiceGetMatchingServices.call(kIOMainPortDefault, matching, iterator)
      if (value !== 0) continue
      for (const entry of this.entriesOf(iterator.readUInt32LE())) {
        const path = this.path(entry) ?? `${entry}`
        if (found.has(path)) this.release(entry)
        else found.set(path, entry)
      }
    }
    return [...found.values()]
  }

  /** The drive with a medium of that BSD name in it (`disk4`), or with that registry path. */
  drive(bsdNameOrPath: string): RegistryEntry | undefined {
    const start = bsdNameOrPath.startsWith('IOService:')
      ? this.frameworks.IORegistryEntryFromPath.call(kIOMainPortDefault, cString(bsdNameOrPath)).value
      : this.frameworks.IOServiceGetMatchingService.call(
          kIOMainPortDefault,
          this.frameworks.IOBSDNameMatching.call(kIOMainPortDefault, 0, cString(bsdNameOrPath)).value,
        ).value
    let entry = start
    for (let depth = 0; entry !== 0 && depth < DEEPEST; depth++) {
      if (SERVICES.some(service => this.conformsTo(entry, service))) return entry
      const parent = Buffer.alloc(4)
      const { value } = this.frameworks.IORegistryEntryGetParentEntry.call(entry, kIOServicePlane, parent)
      this.release(entry)
      entry = value === 0 ? parent.readUInt32LE() : 0
    }
    if (entry !== 0) this.release(entry)
    return undefined
  }

  /** The names of a drive's media, the whole disk first: `disk4`, `disk4s1`; empty without a medium that can be read. */
  bsdNames(drive: RegistryEntry): string[] {
    const iterator = Buffer.alloc(4)
    const { value } = this.frameworks.IORegistryEntryCreateIterator.call(
      drive,
      kIOServicePlane,
      kIORegistryIterateRecursively,
      iterator,
    )
    if (value !== 0) return []
    const names: string[] = []
    for (const entry of this.entriesOf(iterator.readUInt32LE())) {
      const name = this.conformsTo(entry, 'IOMedia')
        ? this.useProperty(entry, 'BSD Name', text => this.coreFoundation.text(text))
        : undefined
      if (name) names.push(name)
      this.release(entry)
    }
    return names.sort((one, other) => one.length - other.length || (one < other ? -1 : 1))
  }

  /** The path in the service plane: `IOService:/…`. */
  path(entry: RegistryEntry): string | undefined {
    const buffer = Buffer.alloc(PATH_BYTES)
    const { value } = this.frameworks.IORegistryEntryGetPath.call(entry, kIOServicePlane, buffer)
    return value === 0 ? buffer.toString('utf8', 0, buffer.indexOf(0)) : undefined
  }

  /** What the drive calls itself. */
  identity(drive: RegistryEntry): DriveIdentity {
    return this.useProperty(drive, 'Device Characteristics', characteristics => {
      const text = (key: string) =>
        this.coreFoundation.text(this.coreFoundation.entry(characteristics, key))?.trim() ?? ''
      return {
        vendor: text('Vendor Name'),
        product: text('Product Name'),
        revision: text('Product Revision Level'),
      }
    })
  }

  /** True where macOS gives commands to the drive: it can write. */
  takesCommands(drive: RegistryEntry): boolean {
    return this.useProperty(drive, 'IOCFPlugInTypes', types => types !== undefined)
  }

  /** A number that the entry or one above it has, such as the largest transfer of its bus. */
  numberAbove(entry: RegistryEntry, key: string): number | undefined {
    const { coreFoundation, frameworks } = this
    const options = kIORegistryIterateRecursively | kIORegistryIterateParents
    const { value } = coreFoundation.useString(key, name =>
      frameworks.IORegistryEntrySearchCFProperty.call(entry, kIOServicePlane, name, 0n, options),
    )
    return coreFoundation.useOwned(value, number => coreFoundation.number(number))
  }

  /** Gives a handle back. */
  release(entry: RegistryEntry): void {
    this.frameworks.IOObjectRelease.call(entry)
  }

  private conformsTo(entry: RegistryEntry, className: string): boolean {
    return this.frameworks.IOObjectConformsTo.call(entry, cString(className)).value !== 0
  }

  private useProperty<T>(entry: RegistryEntry, key: string, use: (value: bigint | undefined) => T): T {
    const { coreFoundation, frameworks } = this
    const { value } = coreFoundation.useString(key, name =>
      frameworks.IORegistryEntryCreateCFProperty.call(entry, name, 0n, 0),
    )
    return coreFoundation.useOwned(value, use)
  }

  /** What an iterator gives; the iterator itself is released. */
  private entriesOf(iterator: number): RegistryEntry[] {
    const entries: RegistryEntry[] = []
    while (entries.length < MOST_ENTRIES) {
      const { value } = this.frameworks.IOIteratorNext.call(iterator)
      if (value === 0) break
      entries.push(value)
    }
    this.release(iterator)
    return entries
  }
}

import { UsageError } from '../errors'
import type { Transport } from './transport'

/** How a drive is opened. */
export interface OpenOptions {
  /** `read` (the default) never asks the system for more than reading needs; `write` claims the drive where it can. */
  readonly access?: 'read' | 'write'
  /** Which FFI backend talks to the system; else the environment's `SCSI_MMC_FFI`, else koffi. */
  readonly ffi?: 'koffi' | 'ffi-napi'
}

/** A drive as a platform lists it. */
export interface ListedDrive {
  /** The address to open it by: `/dev/sr0`, `D:`, `disk4`. */
  readonly address: string
  readonly vendor: string
  readonly product: string
  readonly revision: string
  /** Other names of the same drive: `/dev/sg1`, `\\.\CdRom0`. */
  readonly otherAddresses: readonly string[]
  /** Where a file system of the medium is mounted. */
  readonly mountPoints: readonly string[]
  /** Who else has the drive open, as far as the system tells: `brasero (pid 4711)`. */
  readonly heldBy: readonly string[]
  /** Why vendor, product or the rest could not be found out. */
  readonly problem?: string
}

/** A way to reach drives: an operating system, a file, another machine. A new one is a row in `src/platforms.ts`. */
export interface Platform {
  readonly name: string
  /** The forms of address it opens, for help texts: `/dev/sr0`. */
  readonly addressForms: readonly string[]
  /** True where it is this platform's to open such an address (on this system). */
  opens(address: string): boolean
  open(address: string, options: OpenOptions): Promise<Transport>
  list?(options: OpenOptions): Promise<ListedDrive[]>
}

/**
 * Opens a way to the drive at an address.
 *
 * @throws {UsageError} `USAGE_ADDRESS` where no platform knows such an address
 * @throws {TransportError} where the system does not let it be opened
 */
export async function openTransport(
  platforms: readonly Platform[],
  address: string,
  options: OpenOptions = {},
): Promise<Transport> {
  const platform = platforms.find(candidate => candidate.opens(address))
  if (platform) return platform.open(address, options)
  const forms = platforms.flatMap(({ addressForms }) => addressForms)
  throw new UsageError('USAGE_ADDRESS', `"${address}" is no drive address.`, {
    hint: `An address looks like one of: ${forms.join(', ')}.`,
  })
}

import { close, constants, open, type Stats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { constants as system } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { CLibrary } from './c-library'
import { type DeviceNumbers, deviceNumbersOf, type ScsiDevice, scsiDeviceOf } from './device-node'
import { errnoOf } from './errno'
import { notScsiDevice, openError } from './errors'
import { OPTICAL_DRIVE } from './list'
import { LINUX_PATHS, type LinuxPaths } from './paths'
import { flock, SG_GET_VERSION_NUM, SG_IO_HDR_VERSION } from './sg-io-hdr'

const openDescriptor = promisify(open)
const closeDescriptor = promisify(close)

/** `fcntl.h`: a lock that belongs to the open file, not to the process; the same numbers on every architecture. */
const F_OFD_SETLK = 37
const F_WRLCK = 1
/** The generic driver's major number (`linux/major.h`). */
const SG_MAJOR = 21
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK
const WRITE_FLAGS = constants.O_RDWR | constants.O_NONBLOCK | constants.O_EXCL

/** How long another program's short look at the drive is waited for. */
export interface BusyPatience {
  readonly attempts: number
  readonly napMs: number
}

/** udev and the desktop look at a drive whose medium changed: that takes a second or two. */
const PATIENCE: BusyPatience = { attempts: 30, napMs: 100 }

/** A device that is open. */
export interface OpenDevice {
  readonly descriptor: number
  /** The node itself, where the address was a link to it. */
  readonly node: string
  readonly numbers: DeviceNumbers
  readonly device: ScsiDevice
  close(): Promise<void>
}

/** How {@link openDevice} opens. */
export interface OpenDeviceOptions {
  readonly access: 'read' | 'write'
  readonly paths?: LinuxPaths
  readonly patience?: BusyPatience
}

/**
 * Opens a drive's node. For reading nothing is claimed, so that a mounted disc can be looked at; for writing the drive
 * is claimed against mounting, against other programs that claim it, and against the kernel's own polling.
 *
 * @throws {TransportError} where it is no optical drive, or the system does not let it be opened
 */
export async function openDevice(
  address: string,
  library: CLibrary,
  { access, paths = LINUX_PATHS, patience = PATIENCE }: OpenDeviceOptions,
): Promise<OpenDevice> {
  const node = await realpath(address).catch(() => address)
  const stats = await stat(node).catch(() => undefined)
  const numbers = stats && deviceNumbersOf(stats)
  if (stats && !numbers) throw notScsiDevice(node, stats.isDirectory() ? 'a directory' : 'a file')
  const device = numbers && (await scsiDeviceOf(numbers, paths))
  if (device?.type !== undefined && device.type !== OPTICAL_DRIVE) {
    throw notScsiDevice(node, `of peripheral device type ${device.type}, not an optical drive`)
  }

  // Opening alone starts a watchdog or rewinds a tape: only what may be a drive is opened.
  if (numbers?.kind === 'char' && numbers.major !== SG_MAJOR) {
    throw notScsiDevice(node, 'a character device of another driver')
  }

  const opened: number[] = []
  const closeAll = async () => {
    for (const descriptor of opened.splice(0).reverse()) await closeDescriptor(descriptor)
  }
  try {
    const flags = access === 'write' ? WRITE_FLAGS : READ_FLAGS
    // The cdrom driver's claim is the one that mounts and other burners respect; the generic driver knows nothing of it.
    if (access === 'write' && numbers?.kind === 'char' && device?.sr !== undefined) {
      const sr = join(paths.dev, device.sr)
      const srStats = await stat(sr).catch(() => undefined)
      if (srStats) opened.push(await openPatiently(sr, flags, srStats, paths, patience))
    }
    const descriptor = await openPatiently(node, flags, stats, paths, patience)
    opened.push(descriptor)
    if (!numbers || !device) throw notScsiDevice(node, 'no device')
    checkInterface(node, descriptor, library)
    if (access === 'write') await lock(node, descriptor, library, stats, paths)
    return { descriptor, node, numbers, device, close: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function openPatiently(
  node: string,
  flags: number,
  stats: Stats | undefined,
  paths: LinuxPaths,
  { attempts, napMs }: BusyPatience,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openDescriptor(node, flags)
    } catch (error) {
      const { errno = 0, code } = error as NodeJS.ErrnoException
      if (code !== 'EBUSY' || attempt >= attempts) {
        throw await openError(node, Math.abs(errno), stats, paths)
      }
      await sleep(napMs)
    }
  }
}

/** Only what knows `sg_io_hdr` is sent commands. */
function checkInterface(node: string, descriptor: number, { ioctl }: CLibrary): void {
  const version = new Int32Array(1)
  const { value, error } = ioctl.call(descriptor, SG_GET_VERSION_NUM, new Uint8Array(version.buffer))
  if (value === -1) throw notScsiDevice(node, `a device that takes no SCSI commands (${errnoOf(error).name})`, error)
  if (version[0]! < SG_IO_HDR_VERSION) throw notScsiDevice(node, `driven by a version of sg that is too old`)
}

/** The second lock that burners take: programs that open without O_EXCL may still ask for it. */
async function lock(
  node: string,
  descriptor: number,
  { fcntl }: CLibrary,
  stats: Stats | undefined,
  paths: LinuxPaths,
): Promise<void> {
  const { value, error } = fcntl.call(descriptor, F_OFD_SETLK, flock.encode({ l_type: F_WRLCK }))
  if (value !== -1) return
  const { name, number } = errnoOf(error)
  const isHeld = name === 'EAGAIN' || name === 'EACCES'
  // A kernel before 3.15 has no such locks; O_EXCL has claimed the drive already.
  if (name === 'EINVAL') return
  throw await openError(node, isHeld ? system.errno.EBUSY : number, stats, paths)
}

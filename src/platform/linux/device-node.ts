import type { Stats } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type LinuxPaths, textOf } from './paths'

/** A device node by its kind and numbers. */
export interface DeviceNumbers {
  readonly kind: 'block' | 'char'
  readonly major: number
  readonly minor: number
}

/** The kind and numbers of a device node; undefined for any other kind of file. */
export function deviceNumbersOf(
  stats: Pick<Stats, 'rdev' | 'isBlockDevice' | 'isCharacterDevice'>,
): DeviceNumbers | undefined {
  const kind = stats.isBlockDevice() ? 'block' : stats.isCharacterDevice() ? 'char' : undefined
  if (!kind) return undefined
  const device = BigInt(stats.rdev)
  // glibc's makedev: the major number in bits 8-19 and 32-63, the minor one in 0-7 and 20-31.
  const major = Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn))
  const minor = Number((device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffff_ffffn))
  return { kind, major, minor }
}

/** What sysfs knows of a SCSI device. */
export interface ScsiDevice {
  /** Peripheral device type; 5 for optical drives. */
  readonly type: number | undefined
  /** `sr0`, where the cdrom driver has it. */
  readonly sr: string | undefined
  /** `sg1`, where the generic driver has it. */
  readonly sg: string | undefined
  /** The device's folder in sysfs. */
  readonly folder: string
}

async function onlyEntry(folder: string): Promise<string | undefined> {
  return readdir(folder).then(
    names => names[0],
    () => undefined,
  )
}

/** Reads what sysfs has of a SCSI device, given its folder. */
export async function scsiDeviceAt(folder: string): Promise<ScsiDevice> {
  const [type, sr, sg] = await Promise.all([
    textOf(join(folder, 'type')),
    onlyEntry(join(folder, 'block')),
    onlyEntry(join(folder, 'scsi_generic')),
  ])
  return { type: type === undefined || type === '' ? undefined : Number(type), sr, sg, folder }
}

/** The SCSI device behind a node, whichever driver's. */
export function scsiDeviceOf({ kind, major, minor }: DeviceNumbers, { sys }: LinuxPaths): Promise<ScsiDevice> {
  return scsiDeviceAt(join(sys, 'dev', kind, `${major}:${minor}`, 'device'))
}

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListedDrive } from '../open'
import { type ScsiDevice, scsiDeviceAt } from './device-node'
import { holdersOf, mountPoints } from './holders'
import { LINUX_PATHS, type LinuxPaths, textOf } from './paths'

/** Peripheral device type of CD, DVD and BD drives (SPC-4, Peripheral Device Type). */
export const OPTICAL_DRIVE = 5

async function opticalDrives({ sys }: LinuxPaths): Promise<ScsiDevice[]> {
  const folder = join(sys, 'bus/scsi/devices')
  const names = await readdir(folder).catch(() => [])
  const devices = await Promise.all(
    names.filter(name => /^\d+:\d+:\d+:\d+$/.test(name)).map(name => scsiDeviceAt(join(folder, name))),
  )
  const number = ({ sr, sg }: ScsiDevice) => Number(/\d+$/.exec(sr ?? sg ?? '')?.[0] ?? 0)
  return devices
    .filter(({ type, sr, sg }) => type === OPTICAL_DRIVE && (sr ?? sg) !== undefined)
    .sort((left, right) => number(left) - number(right))
}

/** The optical drives that the kernel knows, from sysfs: nothing is opened, no command is sent. */
export async function listLinuxDrives(paths: LinuxPaths = LINUX_PATHS): Promise<ListedDrive[]> {
  const devices = await opticalDrives(paths)
  const nodesOf = ({ sr, sg }: ScsiDevice) =>
    [sr, sg].filter(name => name !== undefined).map(name => join(paths.dev, name))
  const [holders, mounts] = await Promise.all([holdersOf(devices.flatMap(nodesOf), paths), mountPoints(paths)])
  return Promise.all(
    devices.map(async device => {
      const [vendor, product, revision, numbers] = await Promise.all([
        textOf(join(device.folder, 'vendor')),
        textOf(join(device.folder, 'model')),
        textOf(join(device.folder, 'rev')),
        device.sr === undefined ? undefined : textOf(join(device.folder, 'block', device.sr, 'dev')),
      ])
      const [address, ...otherAddresses] = nodesOf(device)
      const unknown = vendor === undefined || product === undefined || revision === undefined
      return {
        address: address!,
        vendor: vendor ?? '',
        product: product ?? '',
        revision: revision ?? '',
        otherAddresses,
        mountPoints: (numbers === undefined ? undefined : mounts.get(numbers)) ?? [],
        heldBy: [...new Set(nodesOf(device).flatMap(node => holders.get(node) ?? []))],
        ...(unknown ? { problem: `${device.folder} does not say all of vendor, model and revision` } : {}),
      }
    }),
  )
}

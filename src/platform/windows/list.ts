import type { ListedDrive } from '../open'
import { control, member, modelOf, storageProperty, textAt } from './control'
import { opticalInterfacePaths } from './device-interfaces'
import { exclusiveOwner } from './exclusive-access'
import { inquire } from './inquiry'
import { OPTICAL_DEVICE_TYPES, STORAGE_DEVICE_DESCRIPTOR, STORAGE_DEVICE_NUMBER } from './structures'
import {
  DRIVE_CDROM,
  FILE_SHARE_READ_WRITE,
  GENERIC_READ,
  GENERIC_READ_WRITE,
  type Handle,
  NO_ACCESS,
  type Win32,
} from './win32'

/** CdRomN is tried up to here where SetupAPI lists nothing. */
const MOST_DRIVES = 64

/** The optical drives of this machine: those that SetupAPI lists, and those that have a letter. */
export async function listWindowsDrives(win32: Win32): Promise<ListedDrive[]> {
  const letters = lettersByNumber(win32)
  const numbers = new Set([...(await presentNumbers(win32)), ...letters.keys()])
  const drives: ListedDrive[] = []
  for (const number of [...numbers].sort((one, other) => one - other)) {
    drives.push(await describe(win32, number, letters.get(number) ?? []))
  }
  return drives
}

const devicePath = (number: number) => `\\\\.\\CdRom${number}`

/** Letters of optical drives by the number of their device: `\Device\CdRom0` is 0. */
function lettersByNumber(win32: Win32): Map<number, string[]> {
  const bits = win32.GetLogicalDrives()
  const found = new Map<number, string[]>()
  for (let index = 0; index < 26; index++) {
    const letter = `${String.fromCharCode(0x41 + index)}:`
    if ((bits & (1 << index)) === 0 || win32.GetDriveTypeW(`${letter}\\`) !== DRIVE_CDROM) continue
    const [, number] = /^\\Device\\CdRom(\d{1,5})$/i.exec(win32.QueryDosDeviceW(letter).value ?? '') ?? []
    if (number !== undefined) found.set(Number(number), [...(found.get(Number(number)) ?? []), letter])
  }
  return found
}

async function presentNumbers(win32: Win32): Promise<number[]> {
  const numbers: number[] = []
  for (const path of opticalInterfacePaths(win32)) {
    const number = await withDevice(win32, path, NO_ACCESS, handle => deviceNumber(win32, handle))
    if (number !== undefined) numbers.push(number)
  }
  if (numbers.length > 0) return numbers
  for (let number = 0; number < MOST_DRIVES; number++) {
    if ((await withDevice(win32, devicePath(number), NO_ACCESS, async () => true)) === undefined) break
    numbers.push(number)
  }
  return numbers
}

async function deviceNumber(win32: Win32, handle: Handle): Promise<number | undefined> {
  const size = STORAGE_DEVICE_NUMBER.size(modelOf(win32))
  const { value } = await control(win32, handle, 'IOCTL_STORAGE_GET_DEVICE_NUMBER', undefined, size)
  if (!value || !OPTICAL_DEVICE_TYPES.includes(member(win32, STORAGE_DEVICE_NUMBER, value, 'DeviceType') ?? 0)) {
    return undefined
  }
  return member(win32, STORAGE_DEVICE_NUMBER, value, 'DeviceNumber')
}

async function describe(win32: Win32, number: number, letters: readonly string[]): Promise<ListedDrive> {
  const path = devicePath(number)
  const [address = path, ...others] = letters
  const mountPoints: string[] = []
  for (const letter of letters) {
    // Opening a volume for reading makes Windows mount what file system it finds.
    const mounted = await withDevice(win32, `\\\\.\\${letter}`, GENERIC_READ, handle =>
      control(win32, handle, 'FSCTL_IS_VOLUME_MOUNTED'),
    )
    if (mounted?.value) mountPoints.push(`${letter}\\`)
  }
  const identity =
    (await withDevice(win32, path, NO_ACCESS, handle => identityOf(win32, handle))) ?? (await inquire(win32, address))
  const owner = await withDevice(win32, path, GENERIC_READ_WRITE, handle => exclusiveOwner(win32, handle))
  return {
    address,
    ...('problem' in identity ? { vendor: '', product: '', revision: '', ...identity } : identity),
    otherAddresses: letters.length > 0 ? [...others, path] : [],
    mountPoints,
    heldBy: owner === undefined ? [] : [owner],
  }
}

/** The drive's names as Windows keeps them; undefined where it has none. */
async function identityOf(win32: Win32, handle: Handle) {
  const descriptor = await storageProperty(win32, handle, 'StorageDeviceProperty')
  if (!descriptor) return undefined
  const text = (name: 'VendorIdOffset' | 'ProductIdOffset' | 'ProductRevisionOffset') =>
    textAt(descriptor, member(win32, STORAGE_DEVICE_DESCRIPTOR, descriptor, name))
  const identity = {
    vendor: text('VendorIdOffset'),
    product: text('ProductIdOffset'),
    revision: text('ProductRevisionOffset'),
  }
  // Wine answers, and names nothing.
  return identity.vendor || identity.product ? identity : undefined
}

/** What is done with a device that is opened and closed again; undefined where it cannot be opened. */
async function withDevice<T>(
  win32: Win32,
  path: string,
  desiredAccess: number,
  use: (handle: Handle) => Promise<T>,
): Promise<T | undefined> {
  const { value: handle } = await win32.CreateFileW(path, desiredAccess, FILE_SHARE_READ_WRITE)
  if (handle === undefined) return undefined
  try {
    return await use(handle)
  } finally {
    win32.CloseHandle(handle)
  }
}

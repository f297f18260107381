import { setTimeout as sleep } from 'node:timers/promises'
import { control, member, modelOf } from './control'
import {
  CDROM_EXCLUSIVE_ACCESS,
  CDROM_EXCLUSIVE_LOCK,
  CDROM_EXCLUSIVE_LOCK_STATE,
  CDROM_NO_MEDIA_NOTIFICATIONS,
  EXCLUSIVE_ACCESS_REQUEST_TYPE,
  PREVENT_MEDIA_REMOVAL,
} from './structures'
import type { Handle, Win32 } from './win32'
import { win32Error } from './win32-errors'

/** The name that others see: letters, digits, blank and `.,:;-_` only. */
const CALLER_NAME = 'scsi-mmc'
const ERROR_INVALID_FUNCTION = 1
const ERROR_ACCESS_DENIED = 5
const ERROR_BAD_COMMAND = 22
const ERROR_NOT_SUPPORTED = 50
/** The driver, or Wine, has no such request: what it would have kept away is kept away by the volume's lock alone. */
const NOT_THERE: readonly number[] = [ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED]

/** How long it is tried to lock a volume that somebody has just opened: Explorer and the indexer let go by themselves. */
export interface Patience {
  readonly attempts: number
  readonly pauseMs: number
}

const PATIENCE: Patience = { attempts: 20, pauseMs: 500 }

/** Who has exclusive use of the drive, by the name they gave; undefined where nobody has or the system cannot say. */
export async function exclusiveOwner(win32: Win32, handle: Handle): Promise<string | undefined> {
  const model = modelOf(win32)
  const query = CDROM_EXCLUSIVE_ACCESS.encode(
    { RequestType: EXCLUSIVE_ACCESS_REQUEST_TYPE.ExclusiveAccessQueryState },
    model,
  )
  const size = CDROM_EXCLUSIVE_LOCK_STATE.size(model)
  const { value } = await control(win32, handle, 'IOCTL_CDROM_EXCLUSIVE_ACCESS', query, size)
  if (!value || !member(win32, CDROM_EXCLUSIVE_LOCK_STATE, value, 'LockState')) return undefined
  const [name = ''] = Buffer.from(value.subarray(1)).toString('latin1').split('\0')
  return name.replace(/[^ -~]/g, '?') || 'a program without a name'
}

/**
 * Takes a drive for oneself: locks and dismounts its volume, so that no file system reads between writes, takes
 * exclusive use where the class driver has it, and stops the polling for another medium.
 *
 * @returns what gives all of it back, in the reverse order
 * @throws {TransportError} `TRANSPORT_BUSY` where somebody else has the drive or files on it open
 */
export async function takeExclusiveAccess(
  win32: Win32,
  handle: Handle,
  address: string,
  patience: Patience = PATIENCE,
): Promise<() => Promise<void>> {
  const undo: (() => Promise<unknown>)[] = []
  const release = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    if (await lockVolume(win32, handle, address, patience)) {
      undo.push(() => control(win32, handle, 'FSCTL_UNLOCK_VOLUME'))
      await control(win32, handle, 'FSCTL_DISMOUNT_VOLUME')
    }
    if (await lockDevice(win32, handle, address)) undo.push(() => unlockDevice(win32, handle))
    if (await mediaChangeNotification(win32, handle, false)) {
      undo.push(() => mediaChangeNotification(win32, handle, true))
    }
    return release
  } catch (error) {
    await release()
    throw error
  }
}

/** True where the volume is locked; false where there is none to lock: no medium, or one without a file system. */
async function lockVolume(win32: Win32, handle: Handle, address: string, patience: Patience): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const { value, error } = await control(win32, handle, 'FSCTL_LOCK_VOLUME')
    if (value) return true
    if (error !== ERROR_ACCESS_DENIED) return false
    if (attempt >= patience.attempts) {
      const owner = await exclusiveOwner(win32, handle)
      throw win32Error(error, {
        address,
        what: `The volume in ${address} cannot be locked`,
        code: 'TRANSPORT_BUSY',
        sentence: owner ? `"${owner}" has the drive for itself` : 'files on it are open in another program',
        hint: 'Close Explorer windows and programs that show the disc, burn or play, then try again.',
      })
    }
    await sleep(patience.pauseMs)
  }
}

/** True where the drive is ours now; false where the driver knows no exclusive use. */
async function lockDevice(win32: Win32, handle: Handle, address: string): Promise<boolean> {
  const lock = CDROM_EXCLUSIVE_LOCK.encode(
    {
      RequestType: EXCLUSIVE_ACCESS_REQUEST_TYPE.ExclusiveAccessLockDevice,
      Flags: CDROM_NO_MEDIA_NOTIFICATIONS,
      CallerName: Buffer.from(`${CALLER_NAME}\0`, 'latin1'),
    },
    modelOf(win32),
  )
  const { value, error } = await control(win32, handle, 'IOCTL_CDROM_EXCLUSIVE_ACCESS', lock)
  if (value) return true
  if (NOT_THERE.includes(error)) return false
  const what = `${address} cannot be taken for exclusive use`
  if (error === ERROR_ACCESS_DENIED) {
    const owner = await exclusiveOwner(win32, handle)
    throw win32Error(error, {
      address,
      what,
      code: 'TRANSPORT_BUSY',
      sentence: owner ? `"${owner}" has it` : 'another program has it',
      hint: 'End that program, or wait until it is done.',
    })
  }
  if (error === ERROR_BAD_COMMAND) {
    throw win32Error(error, {
      address,
      what,
      code: 'TRANSPORT_BUSY',
      sentence: 'a volume in it is mounted and could not be locked',
      hint: 'Close what shows the disc and try again.',
    })
  }
  throw win32Error(error, { address, what })
}

async function unlockDevice(win32: Win32, handle: Handle): Promise<void> {
  const unlock = CDROM_EXCLUSIVE_ACCESS.encode(
    {
      RequestType: EXCLUSIVE_ACCESS_REQUEST_TYPE.ExclusiveAccessUnlockDevice,
      Flags: CDROM_NO_MEDIA_NOTIFICATIONS,
    },
    modelOf(win32),
  )
  await control(win32, handle, 'IOCTL_CDROM_EXCLUSIVE_ACCESS', unlock)
}

/** Switches the class driver's polling, which swallows unit attentions and disturbs writes; true where that worked. */
async function mediaChangeNotification(win32: Win32, handle: Handle, on: boolean): Promise<boolean> {
  const request = PREVENT_MEDIA_REMOVAL.encode({ PreventMediaRemoval: on ? 0 : 1 }, modelOf(win32))
  const { value } = await control(win32, handle, 'IOCTL_STORAGE_MCN_CONTROL', request)
  return value !== undefined
}

import type { ListedDrive, OpenOptions } from '../open'
import type { Transport } from '../transport'
import { parseWindowsAddress } from './address'
import { listWindowsDrives } from './list'
import { ScsiPassThroughTransport } from './scsi-pass-through-transport'
import { win32SystemCalls } from './system-calls'

/** Opens a drive for commands through SCSI pass-through. */
export async function openWindowsDrive(address: string, options: OpenOptions): Promise<Transport> {
  const win32 = win32SystemCalls(options)
  try {
    return await ScsiPassThroughTransport.open(win32, parseWindowsAddress(address)?.address ?? address, {
      ...options,
      whenClosed: () => win32.close(),
    })
  } catch (error) {
    await win32.close()
    throw error
  }
}

/** The optical drives of this machine. */
export async function windowsDrives(options: OpenOptions): Promise<ListedDrive[]> {
  const win32 = win32SystemCalls(options)
  try {
    return await listWindowsDrives(win32)
  } finally {
    await win32.close()
  }
}

import { loadFfi } from '../ffi'
import type { ListedDrive, OpenOptions } from '../open'
import type { Transport } from '../transport'
import { parseMacosAddress } from './address'
import { type Frameworks, loadFrameworks } from './frameworks'
import { listMacosDrives } from './list'
import { ScsiTaskTransport } from './scsi-task-transport'

/** Opens a drive for commands through SCSITaskLib. */
export async function openMacosDrive(address: string, options: OpenOptions): Promise<Transport> {
  const frameworks = loaded(options)
  const close = () => frameworks.ffi.close()
  try {
    const name = parseMacosAddress(address) ?? address
    return await ScsiTaskTransport.open(frameworks, name, { ...options, whenClosed: close })
  } catch (error) {
    await close()
    throw error
  }
}

/** The optical drives of this machine. */
export async function macosDrives(options: OpenOptions): Promise<ListedDrive[]> {
  const frameworks = loaded(options)
  try {
    return listMacosDrives(frameworks)
  } finally {
    await frameworks.ffi.close()
  }
}

function loaded(options: OpenOptions): Frameworks {
  return loadFrameworks(loadFfi(options))
}

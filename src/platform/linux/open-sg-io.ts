import { join } from 'node:path'
import { type Ffi, loadFfi } from '../ffi'
import type { OpenOptions } from '../open'
import type { Transport } from '../transport'
import { type CLibrary, cLibrary } from './c-library'
import { scsiDeviceAt } from './device-node'
import { type OpenDevice, openDevice } from './open-device'
import { LINUX_PATHS } from './paths'
import { SG_GET_RESERVED_SIZE } from './sg-io-hdr'
import { SgIoTransport } from './sg-io-transport'
import { maximumTransferBytes } from './transfer-limit'

/** Opens a drive's node for commands through SG_IO; see {@link openDevice}. */
export async function openSgIo(address: string, options: OpenOptions = {}): Promise<Transport> {
  const ffi = loadFfi(options)
  let device: OpenDevice | undefined
  try {
    const library = cLibrary(ffi)
    device = await openDevice(address, library, { access: options.access ?? 'read' })
    return await transportOf(address, device, ffi, library, options)
  } catch (error) {
    await device?.close()
    await ffi.close()
    throw error
  }
}

async function transportOf(
  address: string,
  { descriptor, numbers, device, close }: OpenDevice,
  ffi: Ffi,
  library: CLibrary,
  options: OpenOptions,
): Promise<Transport> {
  const reserved = new Int32Array(1)
  const asked = library.ioctl.call(descriptor, SG_GET_RESERVED_SIZE, new Uint8Array(reserved.buffer))
  const reservedBytes = asked.value === -1 ? undefined : reserved[0]
  return new SgIoTransport(
    address,
    {
      descriptor,
      isBlock: numbers.kind === 'block',
      writable: options.access === 'write',
      sg: device.sg === undefined ? undefined : join(LINUX_PATHS.dev, device.sg),
      // Without a sysfs nothing can be said of it.
      isGone: async () => device.type !== undefined && (await scsiDeviceAt(device.folder)).type === undefined,
      close,
    },
    ffi,
    library,
    { maximumTransferBytes: await maximumTransferBytes(device, reservedBytes), alignmentMask: 0 },
  )
}

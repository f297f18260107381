import { modelOf } from './control'
import { DEVICE_PATH_OFFSET, deviceInterfaceDetailSize, SP_DEVICE_INTERFACE_DATA } from './structures'
import type { Win32 } from './win32'

/** GUID_DEVINTERFACE_CDROM, {53F56308-B6BF-11D0-94F2-00A0C91EFB8B}, as it lies in memory. */
export const GUID_DEVINTERFACE_CDROM = Uint8Array.of(
  ...[0x08, 0x63, 0xf5, 0x53, 0xbf, 0xb6, 0xd0, 0x11, 0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b],
)
/** More drives than any machine has, and paths longer than Windows makes them: what says more is not believed. */
const MOST_INTERFACES = 256
const LONGEST_DETAIL_BYTES = 0x1_0000

/** The device paths of the optical drives that are present, as SetupAPI lists them; empty where it lists none. */
export function opticalInterfacePaths(win32: Win32): string[] {
  const set = win32.SetupDiGetClassDevsW(GUID_DEVINTERFACE_CDROM).value
  if (set === undefined) return []
  try {
    const paths: string[] = []
    const model = modelOf(win32)
    const interfaceData = SP_DEVICE_INTERFACE_DATA.encode({ cbSize: SP_DEVICE_INTERFACE_DATA.size(model) }, model)
    for (let index = 0; index < MOST_INTERFACES; index++) {
      const found = win32.SetupDiEnumDeviceInterfaces(set, GUID_DEVINTERFACE_CDROM, index, interfaceData)
      if (!found.value) break
      const { requiredBytes } = win32.SetupDiGetDeviceInterfaceDetailW(set, interfaceData, null)
      if (requiredBytes <= DEVICE_PATH_OFFSET || requiredBytes > LONGEST_DETAIL_BYTES) continue
      const detail = Buffer.alloc(requiredBytes)
      detail.writeUInt32LE(deviceInterfaceDetailSize(win32.pointerBytes))
      if (!win32.SetupDiGetDeviceInterfaceDetailW(set, interfaceData, detail).value) continue
      const [path = ''] = detail.subarray(DEVICE_PATH_OFFSET).toString('utf16le').split('\0')
      if (path) paths.push(path)
    }
    return paths
  } finally {
    win32.SetupDiDestroyDeviceInfoList(set)
  }
}

import { dataModelOf } from '../../../src/platform/ffi/structure'
import { IO_CONTROL_CODES } from '../../../src/platform/windows/io-control-codes'
import {
  DEVICE_PATH_OFFSET,
  deviceInterfaceDetailSize,
  WINDOWS_STRUCTURES,
} from '../../../src/platform/windows/structures'
import { WIN32_ERRORS } from '../../../src/platform/windows/win32-errors'
import recorded from './structures.json'

type Printed = Record<string, { size: number; members: Record<string, [offset: number, size: number]> }>

// structures.json is what mingw-w64's compilers print (print-structures.cjs); the VM's tests print it anew.
describe.each([
  [64, 'x64'],
  [64, 'arm64'],
  [32, 'ia32'],
] as const)('structures of %i-bit Windows (%s)', (width, arch) => {
  const model = dataModelOf('win32', arch)
  const printed = recorded[width] as unknown as Printed

  test.each(WINDOWS_STRUCTURES.map(structure => [structure.name, structure] as const))('%s', (name, structure) => {
    const { size, members } = printed[name]!
    expect(structure.size(model)).toBe(size)
    expect(structure.offsets(model)).toEqual(
      Object.fromEntries(Object.entries(members).map(([member, [offset]]) => [member, offset])),
    )
    for (const [member, [, bytes]] of Object.entries(members)) {
      // All ones, read back through our own width, fill the member and nothing beside it.
      const filled = new Uint8Array(size)
      structure.set(
        filled,
        {
          [member]: bytes > 8 || ARRAYS.has(member) ? new Uint8Array(bytes).fill(0xff) : (1n << BigInt(8 * bytes)) - 1n,
        },
        model,
      )
      expect(filled.filter(byte => byte === 0xff)).toHaveLength(bytes)
    }
  })

  test('SP_DEVICE_INTERFACE_DETAIL_DATA_W', () => {
    const { size, members } = printed['SP_DEVICE_INTERFACE_DETAIL_DATA_W']!
    expect(deviceInterfaceDetailSize(model.pointerBytes)).toBe(size)
    expect(members['DevicePath']![0]).toBe(DEVICE_PATH_OFFSET)
  })
})

const ARRAYS = new Set(['AdditionalParameters', 'RawDeviceProperties', 'Cdb'])

test('control codes are those of the headers', () => {
  // IOCTL_CDROM_EXCLUSIVE_ACCESS is not in mingw-w64's: CTL_CODE(FILE_DEVICE_CD_ROM, 0x17, METHOD_BUFFERED, read | write).
  const exclusive = (0x02 << 16) | (3 << 14) | (0x17 << 2)
  // Nor is IOCTL_SCSI_PASS_THROUGH_DIRECT_EX: CTL_CODE(IOCTL_SCSI_BASE, 0x412, METHOD_BUFFERED, read | write).
  const directEx = (0x04 << 16) | (3 << 14) | (0x412 << 2)
  expect(IO_CONTROL_CODES).toEqual({
    ...recorded.codes,
    IOCTL_CDROM_EXCLUSIVE_ACCESS: exclusive,
    IOCTL_SCSI_PASS_THROUGH_DIRECT_EX: directEx,
  })
})

test('error names are those of the headers', () => {
  const names = Object.fromEntries(Object.entries(WIN32_ERRORS).map(([number, { name }]) => [name, Number(number)]))
  expect(names).toEqual({ ...recorded.errors, ERROR_DEVICE_HARDWARE_ERROR: 483, ERROR_NO_SUCH_DEVICE: 433 })
})

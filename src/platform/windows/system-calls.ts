import { type Ffi, loadFfi, wideString } from '../ffi'
import type { OpenOptions } from '../open'
import type { Win32 } from './win32'

const OPEN_EXISTING = 3
const FILE_ATTRIBUTE_NORMAL = 0x80
const MAXIMUM_PATH = 260
const DIGCF_PRESENT_DEVICEINTERFACE = 0x2 | 0x10

/** The functions of Windows through an FFI backend. SetupAPI is loaded when it is first needed. */
export function win32SystemCalls(options: OpenOptions, ffi: Ffi = loadFfi(options)): Win32 {
  const pointerBytes = process.arch === 'ia32' ? 4 : 8
  const invalidHandle = (1n << BigInt(8 * pointerBytes)) - 1n
  const handleOrNothing = (value: bigint) => (value === invalidHandle || value === 0n ? undefined : value)
  const kernel = ffi.library(['kernel32.dll'])
  const createFile = kernel.function('CreateFileW', {
    parameters: ['pointer', 'u32', 'u32', 'pointer', 'u32', 'u32', 'pointer'],
    result: 'pointer',
    convention: 'stdcall',
  })
  const closeHandle = kernel.function('CloseHandle', {
    parameters: ['pointer'],
    result: 'i32',
    convention: 'stdcall',
  })
  const deviceIoControl = kernel.function('DeviceIoControl', {
    parameters: ['pointer', 'u32', 'pointer', 'u32', 'pointer', 'u32', 'pointer', 'pointer'],
    result: 'i32',
    convention: 'stdcall',
  })
  const getLogicalDrives = kernel.function('GetLogicalDrives', {
    parameters: [],
    result: 'u32',
    convention: 'stdcall',
  })
  const getDriveType = kernel.function('GetDriveTypeW', {
    parameters: ['pointer'],
    result: 'u32',
    convention: 'stdcall',
  })
  const queryDosDevice = kernel.function('QueryDosDeviceW', {
    parameters: ['pointer', 'pointer', 'u32'],
    result: 'u32',
    convention: 'stdcall',
  })
  const setup = lazily(() => setupApi(ffi))

  return {
    pointerBytes,
    CreateFileW: async (path, desiredAccess, shareMode) => {
      const { value, error } = await createFile.callAsync(
        wideString(path),
        desiredAccess,
        shareMode,
        null,
        OPEN_EXISTING,
        FILE_ATTRIBUTE_NORMAL,
        null,
      )
      return { value: handleOrNothing(value), error }
    },
    CloseHandle: handle => {
      closeHandle.call(handle)
    },
    DeviceIoControl: async (handle, controlCode, buffer, inputBytes, outputBytes) => {
      const returned = Buffer.alloc(4)
      const { value, error } = await deviceIoControl.callAsync(
        handle,
        controlCode,
        buffer,
        inputBytes,
        buffer,
        outputBytes,
        returned,
        null,
      )
      return { value: value === 0 ? undefined : Math.min(returned.readUInt32LE(), outputBytes), error }
    },
    GetLogicalDrives: () => getLogicalDrives.call().value,
    GetDriveTypeW: rootPath => getDriveType.call(wideString(rootPath)).value,
    QueryDosDeviceW: deviceName => {
      const target = Buffer.alloc(2 * MAXIMUM_PATH)
      const { value, error } = queryDosDevice.call(wideString(deviceName), target, MAXIMUM_PATH)
      const [first] = target.toString('utf16le').split('\0')
      return { value: value === 0 ? undefined : first, error }
    },
    SetupDiGetClassDevsW: classGuid => {
      const { value, error } = setup().getClassDevs.call(classGuid, null, null, DIGCF_PRESENT_DEVICEINTERFACE)
      return { value: handleOrNothing(value), error }
    },
    SetupDiEnumDeviceInterfaces: (set, classGuid, index, interfaceData) => {
      const { value, error } = setup().enumDeviceInterfaces.call(set, null, classGuid, index, interfaceData)
      return { value: value !== 0, error }
    },
    SetupDiGetDeviceInterfaceDetailW: (set, interfaceData, detailData) => {
      const required = Buffer.alloc(4)
      const size = detailData?.length ?? 0
      const { value, error } = setup().getInterfaceDetail.call(set, interfaceData, detailData, size, required, null)
      return { value: value !== 0, error, requiredBytes: required.readUInt32LE() }
    },
    SetupDiDestroyDeviceInfoList: set => {
      setup().destroyDeviceInfoList.call(set)
    },
    addressOf: bytes => ffi.addressOf(bytes),
    close: () => ffi.close(),
  }
}

function setupApi(ffi: Ffi) {
  const library = ffi.library(['setupapi.dll'])
  return {
    getClassDevs: library.function('SetupDiGetClassDevsW', {
      parameters: ['pointer', 'pointer', 'pointer', 'u32'],
      result: 'pointer',
      convention: 'stdcall',
    }),
    enumDeviceInterfaces: library.function('SetupDiEnumDeviceInterfaces', {
      parameters: ['pointer', 'pointer', 'pointer', 'u32', 'pointer'],
      result: 'i32',
      convention: 'stdcall',
    }),
    getInterfaceDetail: library.function('SetupDiGetDeviceInterfaceDetailW', {
      parameters: ['pointer', 'pointer', 'pointer', 'u32', 'pointer', 'pointer'],
      result: 'i32',
      convention: 'stdcall',
    }),
    destroyDeviceInfoList: library.function('SetupDiDestroyDeviceInfoList', {
      parameters: ['pointer'],
      result: 'i32',
      convention: 'stdcall',
    }),
  }
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

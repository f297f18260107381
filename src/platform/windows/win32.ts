/** A HANDLE or HDEVINFO. */
export type Handle = bigint

/** What a function of Windows gave: its value, and GetLastError as this very call left it. */
export interface Win32Result<T> {
  readonly value: T
  readonly error: number
}

/**
 * The functions of Windows that drives need: one method each, under its own name, with its own last error. Everything
 * above is the same on Windows, under Wine, and on a table of what Windows answers.
 */
export interface Win32 {
  readonly pointerBytes: 4 | 8
  /** Opens a device that exists (OPEN_EXISTING); undefined where it fails (INVALID_HANDLE_VALUE). */
  CreateFileW(path: string, desiredAccess: number, shareMode: number): Promise<Win32Result<Handle | undefined>>
  CloseHandle(handle: Handle): void
  /** The buffer serves as input and output. The value is the bytes returned, undefined where it fails. */
  DeviceIoControl(
    handle: Handle,
    controlCode: number,
    buffer: Uint8Array,
    inputBytes: number,
    outputBytes: number,
  ): Promise<Win32Result<number | undefined>>
  /** A bit for each drive letter, A: the lowest. */
  GetLogicalDrives(): number
  /** DRIVE_CDROM is 5. */
  GetDriveTypeW(rootPath: string): number
  /** What a DOS device name stands for: `\Device\CdRom0` for `D:`; undefined where it fails. */
  QueryDosDeviceW(deviceName: string): Win32Result<string | undefined>
  /** The device interfaces of a class that are present; undefined where it fails. */
  SetupDiGetClassDevsW(classGuid: Uint8Array): Win32Result<Handle | undefined>
  /** Fills in SP_DEVICE_INTERFACE_DATA of the interface with that index; false where there is none. */
  SetupDiEnumDeviceInterfaces(
    set: Handle,
    classGuid: Uint8Array,
    index: number,
    interfaceData: Uint8Array,
  ): Win32Result<boolean>
  /** Fills in SP_DEVICE_INTERFACE_DETAIL_DATA_W; without room for it (null), only says how much it takes. */
  SetupDiGetDeviceInterfaceDetailW(
    set: Handle,
    interfaceData: Uint8Array,
    detailData: Uint8Array | null,
  ): Win32Result<boolean> & { readonly requiredBytes: number }
  SetupDiDestroyDeviceInfoList(set: Handle): void
  /** Where the first byte lies. It holds as long as the bytes are kept. */
  addressOf(bytes: Uint8Array): bigint
  /** Waits for calls under way and gives what it runs on free. */
  close(): Promise<void>
}

/** Access rights and share modes (winnt.h). */
export const GENERIC_READ_WRITE = 0xc000_0000
export const GENERIC_READ = 0x8000_0000
export const NO_ACCESS = 0
export const FILE_SHARE_READ_WRITE = 0x3

/** What GetDriveTypeW says of an optical drive. */
export const DRIVE_CDROM = 5

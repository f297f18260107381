import { type MemberType, type Structure, structure } from '../ffi/structure'

const passThrough = {
  Length: 'u16',
  ScsiStatus: 'u8',
  PathId: 'u8',
  TargetId: 'u8',
  Lun: 'u8',
  CdbLength: 'u8',
  SenseInfoLength: 'u8',
  DataIn: 'u8',
  DataTransferLength: 'u32',
  TimeOutValue: 'u32',
} as const

/** DataIn of a pass-through request. */
export const SCSI_IOCTL_DATA = { out: 0, in: 1, none: 2 } as const

/** A command whose data lie where DataBuffer points (ntddscsi.h). */
export const SCSI_PASS_THROUGH_DIRECT = structure('SCSI_PASS_THROUGH_DIRECT', {
  ...passThrough,
  DataBuffer: 'pointer',
  SenseInfoOffset: 'u32',
  Cdb: ['u8', 16],
})

/** A command whose data lie in the same buffer, DataBufferOffset behind its begin (ntddscsi.h). */
export const SCSI_PASS_THROUGH = structure('SCSI_PASS_THROUGH', {
  ...passThrough,
  // ULONG_PTR: as wide as a pointer.
  DataBufferOffset: 'pointer',
  SenseInfoOffset: 'u32',
  Cdb: ['u8', 16],
})

/** A command of any length whose data lie where the pointer for its direction points (ntddscsi.h, since Windows 8). */
export const SCSI_PASS_THROUGH_DIRECT_EX = structure('SCSI_PASS_THROUGH_DIRECT_EX', {
  Version: 'u32',
  Length: 'u32',
  CdbLength: 'u32',
  StorAddressLength: 'u32',
  ScsiStatus: 'u8',
  SenseInfoLength: 'u8',
  DataDirection: 'u8',
  Reserved: 'u8',
  TimeOutValue: 'u32',
  StorAddressOffset: 'u32',
  SenseInfoOffset: 'u32',
  DataOutTransferLength: 'u32',
  DataInTransferLength: 'u32',
  DataOutBuffer: 'pointer',
  DataInBuffer: 'pointer',
  // As long as the CDB is, beyond the structure's end.
  Cdb: ['u8', 1],
})

/** A unit's address: bus, target and logical unit, 8 bits each (scsi.h, storport.h). */
export const STOR_ADDR_BTL8 = structure('STOR_ADDR_BTL8', {
  Type: 'u16',
  Port: 'u16',
  AddressLength: 'u32',
  Path: 'u8',
  Target: 'u8',
  Lun: 'u8',
  Reserved: 'u8',
})

/** STOR_ADDR_BTL8's type; its address has 4 bytes. */
export const STOR_ADDRESS_TYPE_BTL8 = 1

/** What the adapter of a unit can carry, by the older of the two requests (ntddscsi.h). */
export const IO_SCSI_CAPABILITIES = structure('IO_SCSI_CAPABILITIES', {
  Length: 'u32',
  MaximumTransferLength: 'u32',
  MaximumPhysicalPages: 'u32',
  SupportedAsynchronousEvents: 'u32',
  AlignmentMask: 'u32',
  TaggedQueuing: 'u8',
  AdapterScansDown: 'u8',
  AdapterUsesPio: 'u8',
})

/** Which property is asked for (winioctl.h). */
export const STORAGE_PROPERTY_QUERY = structure('STORAGE_PROPERTY_QUERY', {
  PropertyId: 'u32',
  QueryType: 'u32',
  AdditionalParameters: ['u8', 1],
})

/** STORAGE_PROPERTY_ID. */
export const STORAGE_PROPERTY_ID = { StorageDeviceProperty: 0, StorageAdapterProperty: 1 } as const

/** The drive's name and bus. Each offset is that of a zero-terminated text in the same buffer; 0 is none (winioctl.h). */
export const STORAGE_DEVICE_DESCRIPTOR = structure('STORAGE_DEVICE_DESCRIPTOR', {
  Version: 'u32',
  Size: 'u32',
  DeviceType: 'u8',
  DeviceTypeModifier: 'u8',
  RemovableMedia: 'u8',
  CommandQueueing: 'u8',
  VendorIdOffset: 'u32',
  ProductIdOffset: 'u32',
  ProductRevisionOffset: 'u32',
  SerialNumberOffset: 'u32',
  BusType: 'u32',
  RawPropertiesLength: 'u32',
  RawDeviceProperties: ['u8', 1],
})

/** What the adapter can carry (winioctl.h). Windows before 8 stops short of the last two members. */
export const STORAGE_ADAPTER_DESCRIPTOR = structure('STORAGE_ADAPTER_DESCRIPTOR', {
  Version: 'u32',
  Size: 'u32',
  MaximumTransferLength: 'u32',
  MaximumPhysicalPages: 'u32',
  AlignmentMask: 'u32',
  AdapterUsesPio: 'u8',
  AdapterScansDown: 'u8',
  CommandQueueing: 'u8',
  AcceleratedTransfer: 'u8',
  BusType: 'u8',
  BusMajorVersion: 'u16',
  BusMinorVersion: 'u16',
  SrbType: 'u8',
  AddressType: 'u8',
})

/** Type and number of a device: N of `\\.\CdRomN` (winioctl.h). */
export const STORAGE_DEVICE_NUMBER = structure('STORAGE_DEVICE_NUMBER', {
  DeviceType: 'u32',
  DeviceNumber: 'u32',
  PartitionNumber: 'u32',
})

/** FILE_DEVICE_CD_ROM and FILE_DEVICE_DVD. */
export const OPTICAL_DEVICE_TYPES: readonly number[] = [0x02, 0x33]

/** Turns media-change notification off (1) and on (0) again (winioctl.h). */
export const PREVENT_MEDIA_REMOVAL = structure('PREVENT_MEDIA_REMOVAL', { PreventMediaRemoval: 'u8' })

/** A request for the state of exclusive use, or for its end (ntddcdrm.h). */
export const CDROM_EXCLUSIVE_ACCESS = structure('CDROM_EXCLUSIVE_ACCESS', { RequestType: 'u32', Flags: 'u32' })

/** EXCLUSIVE_ACCESS_REQUEST_TYPE. */
export const EXCLUSIVE_ACCESS_REQUEST_TYPE = {
  ExclusiveAccessQueryState: 0,
  ExclusiveAccessLockDevice: 1,
  ExclusiveAccessUnlockDevice: 2,
} as const

/** Flags of a request for exclusive use. */
export const CDROM_NO_MEDIA_NOTIFICATIONS = 2

/** A request for exclusive use. The name: 1 to 63 of letters, digits, blank and `.,:;-_`, and a NUL (ntddcdrm.h). */
export const CDROM_EXCLUSIVE_LOCK = structure('CDROM_EXCLUSIVE_LOCK', {
  RequestType: 'u32',
  Flags: 'u32',
  CallerName: ['u8', 64],
})

/** Whether somebody has exclusive use, and under which name (ntddcdrm.h). */
export const CDROM_EXCLUSIVE_LOCK_STATE = structure('CDROM_EXCLUSIVE_LOCK_STATE', {
  LockState: 'u8',
  CallerName: ['u8', 64],
})

/** A device interface as it is enumerated (setupapi.h). */
export const SP_DEVICE_INTERFACE_DATA = structure('SP_DEVICE_INTERFACE_DATA', {
  cbSize: 'u32',
  // A GUID begins on 4 bytes; its first member does that here.
  InterfaceClassGuidData1: 'u32',
  InterfaceClassGuidRest: ['u8', 12],
  Flags: 'u32',
  Reserved: 'pointer',
})

/**
 * Bytes that cbSize of SP_DEVICE_INTERFACE_DETAIL_DATA_W must say (setupapi.h): the size of the structure with a path of
 * one character, which 32-bit headers pack to one byte.
 */
export const deviceInterfaceDetailSize = (pointerBytes: 4 | 8) => (pointerBytes === 8 ? 8 : 6)

/** Where the path begins in SP_DEVICE_INTERFACE_DETAIL_DATA_W. */
export const DEVICE_PATH_OFFSET = 4

/** Every structure that is given to Windows or comes from it. */
export const WINDOWS_STRUCTURES: readonly Structure<Readonly<Record<string, MemberType>>>[] = [
  SCSI_PASS_THROUGH_DIRECT,
  SCSI_PASS_THROUGH,
  SCSI_PASS_THROUGH_DIRECT_EX,
  STOR_ADDR_BTL8,
  IO_SCSI_CAPABILITIES,
  STORAGE_PROPERTY_QUERY,
  STORAGE_DEVICE_DESCRIPTOR,
  STORAGE_ADAPTER_DESCRIPTOR,
  STORAGE_DEVICE_NUMBER,
  PREVENT_MEDIA_REMOVAL,
  CDROM_EXCLUSIVE_ACCESS,
  CDROM_EXCLUSIVE_LOCK,
  CDROM_EXCLUSIVE_LOCK_STATE,
  SP_DEVICE_INTERFACE_DATA,
]

// Prints, as assembler comments, where a compiler for Windows puts the members of each structure that DeviceIoControl
// and SetupAPI take: "@ STRUCTURE MEMBER OFFSET SIZE", and "@ STRUCTURE . 0 SIZE" for the whole. Nothing is run:
//   x86_64-w64-mingw32-gcc -S -o - structures.c
#define NTDDI_VERSION 0x06020000
#define _WIN32_WINNT 0x0602
#include <stddef.h>
#include <windows.h>
#include <winioctl.h>
#include <setupapi.h>
#include <ntddscsi.h>

// mingw-w64 has no exclusive use in its ntddcdrm.h; members as Microsoft documents them for that header.
typedef struct { int RequestType; ULONG Flags; } CDROM_EXCLUSIVE_ACCESS;
typedef struct { CDROM_EXCLUSIVE_ACCESS Access; UCHAR CallerName[64]; } CDROM_EXCLUSIVE_LOCK;
typedef struct { BOOLEAN LockState; UCHAR CallerName[64]; } CDROM_EXCLUSIVE_LOCK_STATE;

// Debian's mingw-w64 ends before Windows 8 in its ntddscsi.h; members as Microsoft documents them.
typedef struct {
  ULONG Version, Length, CdbLength, StorAddressLength;
  UCHAR ScsiStatus, SenseInfoLength, DataDirection, Reserved;
  ULONG TimeOutValue, StorAddressOffset, SenseInfoOffset, DataOutTransferLength, DataInTransferLength;
  PVOID DataOutBuffer, DataInBuffer;
  UCHAR Cdb[1];
} SCSI_PASS_THROUGH_DIRECT_EX;
typedef struct { USHORT Type, Port; ULONG AddressLength; UCHAR Path, Target, Lun, Reserved; } STOR_ADDR_BTL8;

#define LINE(structure, member, offset, size) \
  __asm__ volatile("@ " #structure " " #member " %c0 %c1" ::"i"(offset), "i"(size))
#define WHOLE(structure) LINE(structure, ., 0, sizeof(structure))
#define PART(structure, member) LINE(structure, member, offsetof(structure, member), sizeof(((structure *)0)->member))
#define PART_AS(structure, member, name) \
  LINE(structure, name, offsetof(structure, member), sizeof(((structure *)0)->member))

#define PASS_THROUGH(structure) \
  WHOLE(structure); PART(structure, Length); PART(structure, ScsiStatus); PART(structure, PathId); \
  PART(structure, TargetId); PART(structure, Lun); PART(structure, CdbLength); PART(structure, SenseInfoLength); \
  PART(structure, DataIn); PART(structure, DataTransferLength); PART(structure, TimeOutValue); \
  PART(structure, SenseInfoOffset); PART(structure, Cdb)

void structures(void) {
  PASS_THROUGH(SCSI_PASS_THROUGH_DIRECT);
  PART(SCSI_PASS_THROUGH_DIRECT, DataBuffer);
  PASS_THROUGH(SCSI_PASS_THROUGH);
  PART(SCSI_PASS_THROUGH, DataBufferOffset);

  WHOLE(SCSI_PASS_THROUGH_DIRECT_EX);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, Version);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, Length);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, CdbLength);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, StorAddressLength);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, ScsiStatus);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, SenseInfoLength);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, DataDirection);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, Reserved);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, TimeOutValue);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, StorAddressOffset);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, SenseInfoOffset);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, DataOutTransferLength);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, DataInTransferLength);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, DataOutBuffer);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, DataInBuffer);
  PART(SCSI_PASS_THROUGH_DIRECT_EX, Cdb);
  WHOLE(STOR_ADDR_BTL8);
  PART(STOR_ADDR_BTL8, Type);
  PART(STOR_ADDR_BTL8, Port);
  PART(STOR_ADDR_BTL8, AddressLength);
  PART(STOR_ADDR_BTL8, Path);
  PART(STOR_ADDR_BTL8, Target);
  PART(STOR_ADDR_BTL8, Lun);
  PART(STOR_ADDR_BTL8, Reserved);

  WHOLE(IO_SCSI_CAPABILITIES);
  PART(IO_SCSI_CAPABILITIES, Length);
  PART(IO_SCSI_CAPABILITIES, MaximumTransferLength);
  PART(IO_SCSI_CAPABILITIES, MaximumPhysicalPages);
  PART(IO_SCSI_CAPABILITIES, SupportedAsynchronousEvents);
  PART(IO_SCSI_CAPABILITIES, AlignmentMask);
  PART(IO_SCSI_CAPABILITIES, TaggedQueuing);
  PART(IO_SCSI_CAPABILITIES, AdapterScansDown);
  PART(IO_SCSI_CAPABILITIES, AdapterUsesPio);

  WHOLE(STORAGE_PROPERTY_QUERY);
  PART(STORAGE_PROPERTY_QUERY, PropertyId);
  PART(STORAGE_PROPERTY_QUERY, QueryType);
  PART(STORAGE_PROPERTY_QUERY, AdditionalParameters);

  WHOLE(STORAGE_DEVICE_DESCRIPTOR);
  PART(STORAGE_DEVICE_DESCRIPTOR, Version);
  PART(STORAGE_DEVICE_DESCRIPTOR, Size);
  PART(STORAGE_DEVICE_DESCRIPTOR, DeviceType);
  PART(STORAGE_DEVICE_DESCRIPTOR, DeviceTypeModifier);
  PART(STORAGE_DEVICE_DESCRIPTOR, RemovableMedia);
  PART(STORAGE_DEVICE_DESCRIPTOR, CommandQueueing);
  PART(STORAGE_DEVICE_DESCRIPTOR, VendorIdOffset);
  PART(STORAGE_DEVICE_DESCRIPTOR, ProductIdOffset);
  PART(STORAGE_DEVICE_DESCRIPTOR, ProductRevisionOffset);
  PART(STORAGE_DEVICE_DESCRIPTOR, SerialNumberOffset);
  PART(STORAGE_DEVICE_DESCRIPTOR, BusType);
  PART(STORAGE_DEVICE_DESCRIPTOR, RawPropertiesLength);
  PART(STORAGE_DEVICE_DESCRIPTOR, RawDeviceProperties);

  WHOLE(STORAGE_ADAPTER_DESCRIPTOR);
  PART(STORAGE_ADAPTER_DESCRIPTOR, Version);
  PART(STORAGE_ADAPTER_DESCRIPTOR, Size);
  PART(STORAGE_ADAPTER_DESCRIPTOR, MaximumTransferLength);
  PART(STORAGE_ADAPTER_DESCRIPTOR, MaximumPhysicalPages);
  PART(STORAGE_ADAPTER_DESCRIPTOR, AlignmentMask);
  PART(STORAGE_ADAPTER_DESCRIPTOR, AdapterUsesPio);
  PART(STORAGE_ADAPTER_DESCRIPTOR, AdapterScansDown);
  PART(STORAGE_ADAPTER_DESCRIPTOR, CommandQueueing);
  PART(STORAGE_ADAPTER_DESCRIPTOR, AcceleratedTransfer);
  PART(STORAGE_ADAPTER_DESCRIPTOR, BusType);
  PART(STORAGE_ADAPTER_DESCRIPTOR, BusMajorVersion);
  PART(STORAGE_ADAPTER_DESCRIPTOR, BusMinorVersion);
  PART(STORAGE_ADAPTER_DESCRIPTOR, SrbType);
  PART(STORAGE_ADAPTER_DESCRIPTOR, AddressType);

  WHOLE(STORAGE_DEVICE_NUMBER);
  PART(STORAGE_DEVICE_NUMBER, DeviceType);
  PART(STORAGE_DEVICE_NUMBER, DeviceNumber);
  PART(STORAGE_DEVICE_NUMBER, PartitionNumber);

  WHOLE(PREVENT_MEDIA_REMOVAL);
  PART(PREVENT_MEDIA_REMOVAL, PreventMediaRemoval);

  WHOLE(CDROM_EXCLUSIVE_ACCESS);
  PART(CDROM_EXCLUSIVE_ACCESS, RequestType);
  PART(CDROM_EXCLUSIVE_ACCESS, Flags);
  WHOLE(CDROM_EXCLUSIVE_LOCK);
  PART_AS(CDROM_EXCLUSIVE_LOCK, Access.RequestType, RequestType);
  PART_AS(CDROM_EXCLUSIVE_LOCK, Access.Flags, Flags);
  PART(CDROM_EXCLUSIVE_LOCK, CallerName);
  WHOLE(CDROM_EXCLUSIVE_LOCK_STATE);
  PART(CDROM_EXCLUSIVE_LOCK_STATE, LockState);
  PART(CDROM_EXCLUSIVE_LOCK_STATE, CallerName);

  WHOLE(SP_DEVICE_INTERFACE_DATA);
  PART(SP_DEVICE_INTERFACE_DATA, cbSize);
  PART_AS(SP_DEVICE_INTERFACE_DATA, InterfaceClassGuid.Data1, InterfaceClassGuidData1);
  LINE(SP_DEVICE_INTERFACE_DATA, InterfaceClassGuidRest, offsetof(SP_DEVICE_INTERFACE_DATA, InterfaceClassGuid) + 4, 12);
  PART(SP_DEVICE_INTERFACE_DATA, Flags);
  PART(SP_DEVICE_INTERFACE_DATA, Reserved);

  WHOLE(SP_DEVICE_INTERFACE_DETAIL_DATA_W);
  PART(SP_DEVICE_INTERFACE_DETAIL_DATA_W, DevicePath);
}

#define CODE(name) __asm__ volatile("@ code " #name " %c0 0" ::"i"(name))
void codes(void) {
  CODE(IOCTL_SCSI_PASS_THROUGH);
  CODE(IOCTL_SCSI_GET_CAPABILITIES);
  CODE(IOCTL_SCSI_PASS_THROUGH_DIRECT);
  CODE(IOCTL_STORAGE_QUERY_PROPERTY);
  CODE(IOCTL_STORAGE_GET_DEVICE_NUMBER);
  CODE(IOCTL_STORAGE_MCN_CONTROL);
  CODE(FSCTL_LOCK_VOLUME);
  CODE(FSCTL_UNLOCK_VOLUME);
  CODE(FSCTL_DISMOUNT_VOLUME);
  CODE(FSCTL_IS_VOLUME_MOUNTED);
}

#define ERROR_CODE(name) __asm__ volatile("@ error " #name " %c0 0" ::"i"(name))
void errors(void) {
#include "win32-error-names.h"
}

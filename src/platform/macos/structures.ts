import { type MemberType, type Structure, structure } from '../ffi'

/** 16 bytes of a UUID, passed by value (CFUUID.h). */
export const CFUUIDBytes = structure('CFUUIDBytes', { byte: ['u8', 16] })

/** A piece of memory that data come from or go to: SCSITaskSGElement of 64-bit programs (IOTypes.h). */
export const IOAddressRange = structure('IOAddressRange', { address: 'u64', length: 'u64' })

/** Bytes of SCSI_Sense_Data: sense data in fixed format. */
export const SENSE_BYTES = 18

/** Every structure that is given to macOS. */
export const MACOS_STRUCTURES: readonly Structure<Readonly<Record<string, MemberType>>>[] = [
  CFUUIDBytes,
  IOAddressRange,
]

function uuid(text: string): Uint8Array {
  return Buffer.from(text.replaceAll('-', ''), 'hex')
}

/** The UUIDs of plug-in types and interfaces (IOCFPlugIn.h, SCSITaskLib.h). */
export const UUIDS = {
  kIOCFPlugInInterfaceID: uuid('C244E858-109C-11D4-91D4-0050E4C6426F'),
  kIOMMCDeviceUserClientTypeID: uuid('97ABCF2C-23CC-11D5-A0E8-003065704866'),
  kIOMMCDeviceInterfaceID: uuid('1F651106-23CC-11D5-BBDB-003065704866'),
} as const

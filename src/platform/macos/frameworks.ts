import type { Ffi, NativeLibrary } from '../ffi'
import { CFUUIDBytes } from './structures'

/** Where the system's libraries are; since macOS 11 they are no files, and can be loaded by these paths all the same. */
export interface FrameworkPaths {
  readonly coreFoundation: string
  readonly ioKit: string
  readonly diskArbitration: string
  readonly system: string
}

const framework = (name: string) => `/System/Library/Frameworks/${name}.framework/${name}`

export const FRAMEWORK_PATHS: FrameworkPaths = {
  coreFoundation: framework('CoreFoundation'),
  ioKit: framework('IOKit'),
  diskArbitration: framework('DiskArbitration'),
  system: '/usr/lib/libSystem.B.dylib',
}

function coreFoundation(library: NativeLibrary) {
  return {
    CFRelease: library.function('CFRelease', { parameters: ['pointer'], result: 'void' }),
    CFGetTypeID: library.function('CFGetTypeID', { parameters: ['pointer'], result: 'ulong' }),
    CFStringGetTypeID: library.function('CFStringGetTypeID', { parameters: [], result: 'ulong' }),
    CFNumberGetTypeID: library.function('CFNumberGetTypeID', { parameters: [], result: 'ulong' }),
    CFDictionaryGetTypeID: library.function('CFDictionaryGetTypeID', { parameters: [], result: 'ulong' }),
    CFURLGetTypeID: library.function('CFURLGetTypeID', { parameters: [], result: 'ulong' }),
    CFStringCreateWithCString: library.function('CFStringCreateWithCString', {
      parameters: ['pointer', 'pointer', 'u32'],
      result: 'pointer',
    }),
    CFStringGetCString: library.function('CFStringGetCString', {
      parameters: ['pointer', 'pointer', 'long', 'u32'],
      result: 'u8',
    }),
    CFNumberGetValue: library.function('CFNumberGetValue', {
      parameters: ['pointer', 'long', 'pointer'],
      result: 'u8',
    }),
    CFDictionaryGetValue: library.function('CFDictionaryGetValue', {
      parameters: ['pointer', 'pointer'],
      result: 'pointer',
    }),
    CFURLGetFileSystemRepresentation: library.function('CFURLGetFileSystemRepresentation', {
      parameters: ['pointer', 'u8', 'pointer', 'long'],
      result: 'u8',
    }),
    CFUUIDCreateFromUUIDBytes: library.function('CFUUIDCreateFromUUIDBytes', {
      parameters: ['pointer', CFUUIDBytes],
      result: 'pointer',
    }),
  }
}

function ioKit(library: NativeLibrary) {
  return {
    IOServiceMatching: library.function('IOServiceMatching', { parameters: ['pointer'], result: 'pointer' }),
    IOBSDNameMatching: library.function('IOBSDNameMatching', {
      parameters: ['u32', 'u32', 'pointer'],
      result: 'pointer',
    }),
    IOServiceGetMatchingServices: library.function('IOServiceGetMatchingServices', {
      parameters: ['u32', 'pointer', 'pointer'],
      result: 'i32',
    }),
    IOServiceGetMatchingService: library.function('IOServiceGetMatchingService', {
      parameters: ['u32', 'pointer'],
      result: 'u32',
    }),
    IOIteratorNext: library.function('IOIteratorNext', { parameters: ['u32'], result: 'u32' }),
    IOObjectRelease: library.function('IOObjectRelease', { parameters: ['u32'], result: 'i32' }),
    IOObjectConformsTo: library.function('IOObjectConformsTo', { parameters: ['u32', 'pointer'], result: 'u32' }),
    IORegistryEntryGetParentEntry: library.function('IORegistryEntryGetParentEntry', {
      parameters: ['u32', 'pointer', 'pointer'],
      result: 'i32',
    }),
    IORegistryEntryCreateIterator: library.function('IORegistryEntryCreateIterator', {
      parameters: ['u32', 'pointer', 'u32', 'pointer'],
      result: 'i32',
    }),
    IORegistryEntryGetPath: library.function('IORegistryEntryGetPath', {
      parameters: ['u32', 'pointer', 'pointer'],
      result: 'i32',
    }),
    IORegistryEntryFromPath: library.function('IORegistryEntryFromPath', {
      parameters: ['u32', 'pointer'],
      result: 'u32',
    }),
    IORegistryEntryCreateCFProperty: library.function('IORegistryEntryCreateCFProperty', {
      parameters: ['u32', 'pointer', 'pointer', 'u32'],
      result: 'pointer',
    }),
    IORegistryEntrySearchCFProperty: library.function('IORegistryEntrySearchCFProperty', {
      parameters: ['u32', 'pointer', 'pointer', 'pointer', 'u32'],
      result: 'pointer',
    }),
    IOCreatePlugInInterfaceForService: library.function('IOCreatePlugInInterfaceForService', {
      parameters: ['u32', 'pointer', 'pointer', 'pointer', 'pointer'],
      result: 'i32',
    }),
    IODestroyPlugInInterface: library.function('IODestroyPlugInInterface', {
      parameters: ['pointer'],
      result: 'i32',
    }),
  }
}

function diskArbitration(library: NativeLibrary) {
  return {
    DASessionCreate: library.function('DASessionCreate', { parameters: ['pointer'], result: 'pointer' }),
    DASessionSetDispatchQueue: library.function('DASessionSetDispatchQueue', {
      parameters: ['pointer', 'pointer'],
      result: 'void',
    }),
    DADiskCreateFromBSDName: library.function('DADiskCreateFromBSDName', {
      parameters: ['pointer', 'pointer', 'pointer'],
      result: 'pointer',
    }),
    DADiskCopyDescription: library.function('DADiskCopyDescription', { parameters: ['pointer'], result: 'pointer' }),
    DADiskUnmount: library.function('DADiskUnmount', {
      parameters: ['pointer', 'u32', 'pointer', 'pointer'],
      result: 'void',
    }),
    DADiskMount: library.function('DADiskMount', {
      parameters: ['pointer', 'pointer', 'u32', 'pointer', 'pointer'],
      result: 'void',
    }),
    DADissenterGetStatus: library.function('DADissenterGetStatus', { parameters: ['pointer'], result: 'i32' }),
    DADissenterGetStatusString: library.function('DADissenterGetStatusString', {
      parameters: ['pointer'],
      result: 'pointer',
    }),
  }
}

function dispatch(library: NativeLibrary) {
  return {
    dispatch_queue_create: library.function('dispatch_queue_create', {
      parameters: ['pointer', 'pointer'],
      result: 'pointer',
    }),
    dispatch_release: library.function('dispatch_release', { parameters: ['pointer'], result: 'void' }),
  }
}

/**
 * The functions of macOS that drives need.
 *
 * @throws {TransportError} `TRANSPORT_UNAVAILABLE` where a framework cannot be loaded or lacks one of them
 */
export function loadFrameworks(ffi: Ffi, paths: FrameworkPaths = FRAMEWORK_PATHS) {
  return {
    ffi,
    ...coreFoundation(ffi.library([paths.coreFoundation])),
    ...ioKit(ffi.library([paths.ioKit])),
    ...diskArbitration(ffi.library([paths.diskArbitration])),
    ...dispatch(ffi.library([paths.system])),
  }
}

/** The functions of macOS that drives need, and the FFI they are called by. */
export type Frameworks = ReturnType<typeof loadFrameworks>

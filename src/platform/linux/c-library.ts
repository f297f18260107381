import type { Ffi } from '../ffi'

/** The functions of the C library that this platform calls. */
export function cLibrary(ffi: Ffi) {
  // The program itself is linked to the C library, glibc's or musl's: no name to guess.
  const library = ffi.library([null])
  return {
    ioctl: library.function('ioctl', { parameters: ['i32', 'ulong', 'pointer'], result: 'i32', named: 2 }),
    fcntl: library.function('fcntl', { parameters: ['i32', 'i32', 'pointer'], result: 'i32', named: 2 }),
  }
}

export type CLibrary = ReturnType<typeof cLibrary>

// Preloaded: makes this process one of macOS, as far as the library asks. The FFI backends choose their binaries by the
// system that they are loaded on, so they are loaded before.
require('koffi')
try {
  require('ffi-napi')
  require('ref-napi')
} catch (error) {
  // Optional: where it is not installed, the library says so when it is asked for.
  if (error.code !== 'MODULE_NOT_FOUND') throw error
}
Object.defineProperty(process, 'platform', { value: 'darwin' })

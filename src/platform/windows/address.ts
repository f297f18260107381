/** An address of an optical drive as Windows names it. */
export interface WindowsAddress {
  /** As lists show it: `D:` or `\\.\CdRom0`. */
  readonly address: string
  /** What CreateFileW takes: without a backslash at its end, which would name the root folder of the volume. */
  readonly devicePath: string
}

/** `D:`, `D:\`, `\\.\D:`, `\\?\D:`, `\\.\CdRom0`, with either slash and in any case; undefined where it is none of them. */
export function parseWindowsAddress(text: string): WindowsAddress | undefined {
  const [, name] = /^(?:[\\/]{2}[.?][\\/])?([a-z]:|cdrom\d{1,5})[\\/]?$/i.exec(text) ?? []
  if (name === undefined) return undefined
  if (name.endsWith(':')) return { address: name.toUpperCase(), devicePath: `\\\\.\\${name.toUpperCase()}` }
  // `CdRom0` alone would be a file's name.
  if (!/^[\\/]/.test(text)) return undefined
  const devicePath = `\\\\.\\CdRom${Number(name.slice('cdrom'.length))}`
  return { address: devicePath, devicePath }
}

/** Names of a disc as the host can have them. */

const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
/** The longest name of a host's file system: bytes of UTF-8 on POSIX systems, UTF-16 units on Windows. */
const MAXIMUM_NAME = 255
/** Bytes of an extension that a name which is too long keeps. */
const KEPT_EXTENSION = 16

/**
 * A name that is harmless on the host and not too long for it: no separator, no control character, nothing that Windows
 * takes for a device, a drive or a stream.
 */
export function hostName(name: string, platform: NodeJS.Platform = process.platform): string {
  let safe = name.replace(/[\u0000-\u001f\u007f-\u009f/]/g, '_')
  if (platform === 'win32') {
    safe = safe.replace(/[\\:*?"<>|]/g, '_').replace(/[ .]+$/, match => '_'.repeat(match.length))
    if (WINDOWS_DEVICE.test(safe)) safe = `_${safe}`
  }
  safe = safe === '' || safe === '.' || safe === '..' ? '_' : safe
  return lengthOf(safe, platform) <= MAXIMUM_NAME ? safe : shortened(safe, '~', platform)
}

/**
 * The host's names for all that a directory holds: those that are harmless stay as they are, the others become so, and none
 * is given twice.
 */
export function hostNames(
  names: Iterable<string>,
  platform: NodeJS.Platform = process.platform,
): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>()
  const taken = new Set<string>()
  const changed: string[] = []
  for (const name of names) {
    if (hostName(name, platform) === name) {
      chosen.set(name, name)
      taken.add(name)
    } else changed.push(name)
  }
  for (const name of changed) {
    const safe = hostName(name, platform)
    let unique = safe
    for (let number = 2; taken.has(unique); number++) unique = shortened(safe, `~${number}`, platform)
    chosen.set(name, unique)
    taken.add(unique)
  }
  return chosen
}

function lengthOf(text: string, platform: NodeJS.Platform): number {
  return platform === 'win32' ? text.length : Buffer.byteLength(text)
}

/** The beginning of a name, a mark, and the extension; whole characters. */
function shortened(name: string, mark: string, platform: NodeJS.Platform): string {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && lengthOf(name.slice(dot), platform) <= KEPT_EXTENSION ? name.slice(dot) : ''
  const end = mark + extension
  let room = MAXIMUM_NAME - lengthOf(end, platform)
  let start = ''
  for (const character of extension ? name.slice(0, dot) : name) {
    room -= lengthOf(character, platform)
    if (room < 0) break
    start += character
  }
  return start + end
}

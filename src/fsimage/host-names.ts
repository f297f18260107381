/** Names of a disc as the host can have them. */
import { shortenedName } from './tree/shortened-name'

const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
/** The longest name of a host's file system: bytes of UTF-8 on POSIX systems, UTF-16 units on Windows. */
const MAXIMUM_NAME = 255

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
  const lengthOf = lengthOn(platform)
  return lengthOf(safe) <= MAXIMUM_NAME ? safe : shortenedName(safe, '~', MAXIMUM_NAME, lengthOf)
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
    for (let number = 2; taken.has(unique); number++) {
      unique = shortenedName(safe, `~${number}`, MAXIMUM_NAME, lengthOn(platform))
    }
    chosen.set(name, unique)
    taken.add(unique)
  }
  return chosen
}

function lengthOn(platform: NodeJS.Platform): (text: string) => number {
  return platform === 'win32' ? text => text.length : Buffer.byteLength
}

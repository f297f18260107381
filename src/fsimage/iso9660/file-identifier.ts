/**
 * File and directory identifiers as they are on discs, made into names of the tree. Bytes come as the characters of
 * ISO 8859-1.
 */
import { decodeText } from '../rock-ridge/read'

const VERSION = /;\d{1,5}$/

/** An identifier of a primary or enhanced tree: without version, and without the dot of an empty extension. */
export function plainName(identifier: string, isDirectory: boolean): string {
  const text = decodeText(identifier)
  if (isDirectory) return text
  const name = text.replace(VERSION, '')
  return name.length > 1 && name.endsWith('.') && !name.slice(0, -1).includes('.') ? name.slice(0, -1) : name
}

/** An identifier of a Joliet tree: UCS-2, by many writers UTF-16, most significant byte first. */
export function jolietName(identifier: string): string {
  const text = Buffer.from(identifier.slice(0, identifier.length & ~1), 'latin1')
    .swap16()
    .toString('utf16le')
    .replace(VERSION, '')
  // With the u flag only lone surrogates match.
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text
}

/** A name that a directory of the tree can hold: `/` and NUL, and names that mean something else, are replaced. */
export function nodeName(name: string): string {
  if (name === '' || name === '.' || name === '..') return `_${name.slice(1)}`.padEnd(1, '_')
  return name.includes('/') || name.includes('\0') ? name.replace(/[/\0]/g, '_') : name
}

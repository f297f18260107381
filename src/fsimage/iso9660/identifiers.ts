/** Names of the tree made into identifiers that ECMA-119 allows: legal, short enough, unique in their directory. */
import { ImapiError } from '../imapi-error'
import type { TreeNode } from '../tree/node'

/** Interchange levels; 4 stands for ISO 9660:1999. */
export type InterchangeLevel = 1 | 2 | 3 | 4

/** How long an identifier may be, and of which characters. */
interface IdentifierRule {
  /** A name's legal form, in two parts: what stands before and behind the last dot. */
  parts(name: string, isDirectory: boolean): { base: string; extension: string }
  /** Cuts both so that they fit together with a suffix of `reserved` characters at the end of the base. */
  fit(base: string, extension: string, reserved: number, isDirectory: boolean): { base: string; extension: string }
  compose(base: string, extension: string, isDirectory: boolean): string
  /** What two identifiers must not have in common. */
  key(identifier: string): string
}

/** Suffixes tried before a name is given up. */
const MAXIMUM_SUFFIX = 9_999_999

/**
 * Gives each node of a directory an identifier, in the order of the nodes. Names that are legal as they are keep
 * themselves; of others that become alike, the later ones get a number.
 *
 * @throws {ImapiError} `IMAPI_E_NO_UNIQUE_NAME` where no number makes a name unique
 */
export function assignIdentifiers(nodes: readonly TreeNode[], rule: IdentifierRule): string[] {
  const identifiers = new Array<string>(nodes.length)
  const taken = new Set<string>()
  const altered: number[] = []
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!
    const isDirectory = node.kind === 'directory'
    const { base, extension } = rule.parts(node.name, isDirectory)
    const fitted = rule.fit(base, extension, 0, isDirectory)
    const identifier = rule.compose(fitted.base, fitted.extension, isDirectory)
    identifiers[index] = identifier
    const same = identifier === node.name || identifier === `${node.name};1` || identifier === `${node.name}.;1`
    const key = rule.key(identifier)
    if (same && !taken.has(key)) taken.add(key)
    else altered.push(index)
  }
  const counters = new Map<string, number>()
  for (const index of altered) {
    const first = rule.key(identifiers[index]!)
    if (!taken.has(first)) {
      taken.add(first)
      continue
    }
    identifiers[index] = numbered(nodes[index]!, rule, taken, counters)
  }
  return identifiers
}

function numbered(node: TreeNode, rule: IdentifierRule, taken: Set<string>, counters: Map<string, number>): string {
  const isDirectory = node.kind === 'directory'
  const { base, extension } = rule.parts(node.name, isDirectory)
  for (let digits = 1; digits <= 7; digits++) {
    const fitted = rule.fit(base, extension, digits, isDirectory)
    // Names that become alike in this form go on counting where the last one stopped.
    const family = `${digits} ${fitted.base}.${fitted.extension}`
    const limit = Math.min(10 ** digits, MAXIMUM_SUFFIX)
    for (let number = counters.get(family) ?? 0; number < limit; number++) {
      const suffix = String(number).padStart(digits, '0')
      const identifier = rule.compose(fitted.base + suffix, fitted.extension, isDirectory)
      const key = rule.key(identifier)
      if (taken.has(key)) continue
      taken.add(key)
      counters.set(family, number + 1)
      return identifier
    }
    counters.set(family, limit)
  }
  throw new ImapiError('IMAPI_E_NO_UNIQUE_NAME', `No identifier is left for ${node.path}.`, {
    hint: 'Spread the files over more directories, or choose a higher interchange level.',
  })
}

function split(name: string): { base: string; extension: string } {
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? { base: name, extension: '' } : { base: name.slice(0, dot), extension: name.slice(dot + 1) }
}

const NO_D_CHARACTER = /[^A-Z0-9_]/g
/** One character of what is shown, surrogate pairs whole, becomes one. */
const dCharacters = (text: string) =>
  text
    .toUpperCase()
    .replace(/[\ud800-\udbff][\udc00-\udfff]/g, '_')
    .replace(NO_D_CHARACTER, '_')

/** d-characters, dot and version: levels 1 to 3 (ECMA-119 7.5, 7.6, 10). */
export function standardRule(level: 1 | 2 | 3): IdentifierRule {
  const directoryLength = level === 1 ? 8 : 31
  return {
    parts(name, isDirectory) {
      if (isDirectory) return { base: dCharacters(name), extension: '' }
      const { base, extension } = split(name)
      return { base: dCharacters(base), extension: dCharacters(extension) }
    },
    fit(base, extension, reserved, isDirectory) {
      if (isDirectory) return { base: base.slice(0, directoryLength - reserved), extension: '' }
      if (level === 1) return { base: base.slice(0, 8 - reserved), extension: extension.slice(0, 3) }
      const keptExtension = extension.slice(0, Math.max(3, 30 - reserved - base.length))
      return { base: base.slice(0, 30 - reserved - keptExtension.length), extension: keptExtension }
    },
    compose: (base, extension, isDirectory) => (isDirectory ? base || '_' : `${base}.${extension};1`),
    key: identifier => identifier.replace(/\.?;1$/, ''),
  }
}

/** Up to `maximumBytes` bytes of UTF-8, any character but `/` and NUL: ISO 9660:1999. */
export function enhancedRule(maximumBytes: number): IdentifierRule {
  return {
    parts: (name, isDirectory) => {
      const legal = name.replace(/[/\0]/g, '_')
      return isDirectory ? { base: legal, extension: '' } : split(legal)
    },
    fit(base, extension, reserved) {
      const end = extension === '' ? '' : cutBytes(extension, Math.max(8, maximumBytes - 1 - Buffer.byteLength(base)))
      const room = maximumBytes - reserved - (end === '' ? 0 : Buffer.byteLength(end) + 1)
      return { base: cutBytes(base, room), extension: end }
    },
    compose: (base, extension) => (extension === '' ? base : `${base}.${extension}`),
    key: identifier => identifier,
  }
}

/** The longest beginning that takes no more bytes of UTF-8, characters whole. */
export function cutBytes(text: string, maximumBytes: number): string {
  if (Buffer.byteLength(text) <= maximumBytes) return text
  const bytes = Buffer.from(text)
  let end = Math.max(0, maximumBytes)
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

/** Characters that Joliet does not allow. UCS-2 ends at U+FFFF: libcdio gives up a directory that has surrogates. */
const NO_JOLIET_CHARACTER = /[\0-\x1f*/:;?\\]|[\u{10000}-\u{10ffff}]|\p{Surrogate}/gu

/** UCS-2, up to `maximumUnits` units of 16 bits (Joliet). */
export function jolietRule(maximumUnits: number): IdentifierRule {
  return {
    parts(name, isDirectory) {
      const legal = name.replace(NO_JOLIET_CHARACTER, '_')
      return isDirectory ? { base: legal, extension: '' } : split(legal)
    },
    fit(base, extension, reserved) {
      const end = extension.slice(0, Math.max(8, maximumUnits - 1 - base.length))
      const room = maximumUnits - reserved - (end === '' ? 0 : end.length + 1)
      return { base: base.slice(0, room), extension: end }
    },
    compose: (base, extension) => (extension === '' ? base : `${base}.${extension}`),
    key: identifier => identifier,
  }
}

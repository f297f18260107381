import { encodedLength, truncateCharacters } from '../descriptors/character-set'
import { crc16 } from '../descriptors/crc'

/** Bytes of a file identifier with its compression identifier (UDF 2.3.4.5, 2.1.1). */
export const MAXIMUM_IDENTIFIER_BYTES = 255
/** Characters of an extension that outlive shortening (UDF 4.2.2.1). */
const KEPT_EXTENSION = 5

/** A byte-order mark either way round, and halves of surrogate pairs: what OSTA CS0 does not hold. */
const ILLEGAL = /[\0/\uFEFF\uFFFE]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
const PLAIN = /^[\x20-\x2e\x30-\x7e]{3,254}$/

/** Chooses the file identifiers of one directory: as the names are, or where those cannot be, legal and different. */
export class FileIdentifiers {
  private readonly taken = new Set<string>()

  /** @param names  all names of the directory, so that none that is legal has to give way to one that is not */
  constructor(names: Iterable<string>) {
    for (const name of names) if (isLegal(name)) this.taken.add(name)
  }

  /** The identifier for a name; each name is asked for once. */
  choose(name: string): string {
    if (isLegal(name)) return name
    const legal = name.replace(ILLEGAL, '_').replace(/^\.{0,2}$/, '_')
    for (let attempt = 0; ; attempt++) {
      const candidate = attempt === 0 && fits(legal) ? legal : shortened(legal, checksum(name) + attempt)
      if (this.taken.has(candidate)) continue
      this.taken.add(candidate)
      return candidate
    }
  }
}

function fits(name: string): boolean {
  return encodedLength(name) <= MAXIMUM_IDENTIFIER_BYTES
}

function isLegal(name: string): boolean {
  if (PLAIN.test(name)) return true
  return fits(name) && !/^\.{0,2}$/.test(name) && name.search(ILLEGAL) < 0
}

/** The beginning of the name, "#" with a checksum of all of it, and its extension (as UDF 4.2.2.1 does for hosts). */
function shortened(name: string, sum: number): string {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot - 1 <= KEPT_EXTENSION ? name.slice(dot) : ''
  const end = `#${(sum & 0xffff).toString(16).toUpperCase().padStart(4, '0')}${extension}`
  const width = encodedLength(name) - 1 > name.length ? 2 : 1
  const room = MAXIMUM_IDENTIFIER_BYTES - end.length * width
  return truncateCharacters(extension ? name.slice(0, dot) : name, room) + end
}

function checksum(name: string): number {
  return crc16(Buffer.from(name, 'utf16le').swap16())
}

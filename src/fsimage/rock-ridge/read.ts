/** Rock Ridge (RRIP 1.09, 1.10, 1.12): POSIX attributes in system use entries. */
import { decodeRecordingDate, decodeVolumeDate, RECORDING_DATE_BYTES, VOLUME_DATE_BYTES } from '../iso9660/date'
import { little32 } from '../iso9660/fields'
import { signature } from './system-use'

const PX = signature('PX')
const PN = signature('PN')
const SL = signature('SL')
const NM = signature('NM')
const CL = signature('CL')
const PL = signature('PL')
const RE = signature('RE')
const TF = signature('TF')
const SF = signature('SF')
const ZF = signature('ZF')
const SP = signature('SP')
const ER = signature('ER')
const RR = signature('RR')

const NAME_CURRENT = 0x02
const NAME_PARENT = 0x04
const NAME_HOST = 0x20
const COMPONENT_CONTINUES = 0x01
const COMPONENT_CURRENT = 0x02
const COMPONENT_PARENT = 0x04
const COMPONENT_ROOT = 0x08
/** Longest symbolic link target that any system takes (PATH_MAX). */
const MAXIMUM_TARGET_BYTES = 4095
/** Names longer than this are of no system; what is behind is dropped. */
const MAXIMUM_NAME_BYTES = 1024

/** What the entries of one directory record say. */
export class RockRidgeEntries {
  /** Some entry of Rock Ridge was there. */
  found = false
  /** Its bytes as the characters of ISO 8859-1: see {@link decodeText}. */
  name: string | undefined = undefined
  mode: number | undefined = undefined
  links = 0
  uid: number | undefined = undefined
  gid: number | undefined = undefined
  serialNumber: number | undefined = undefined
  created: number | undefined = undefined
  modified: number | undefined = undefined
  accessed: number | undefined = undefined
  attributesChanged: number | undefined = undefined
  device: { major: number; minor: number } | undefined = undefined
  target: string | undefined = undefined
  /** Block of the directory that this record stands for, moved elsewhere because it lay too deep (CL). */
  childLink: number | undefined = undefined
  parentLink: number | undefined = undefined
  /** The directory was moved here and is to be seen elsewhere (RE). */
  relocated = false
  sparse = false
  zisofs:
    | { sizeBytes: number; headerBytes: number; blockBytesLog2: number; algorithm: string; version: 1 | 2 }
    | undefined = undefined
  /** Bytes to skip in the system use field of every other record (SP). */
  skip: number | undefined = undefined
  /** Identifiers of the extensions in use (ER). */
  extensions: string[] | undefined = undefined
  private targetParts: string[] | undefined = undefined
  private targetGoesOn = false
  private targetBytes = 0

  /** Ends what several entries build up together. */
  finish(): void {
    if (this.targetParts) this.target = joinComponents(this.targetParts)
  }

  /** Takes one entry; what is too short for its kind is passed over. */
  visit(kind: number, bytes: Buffer, at: number, length: number): void {
    switch (kind) {
      case PX:
        this.posixAttributes(bytes, at, length)
        break
      case TF:
        this.times(bytes, at, length)
        break
      case NM:
        this.alternateName(bytes, at, length)
        break
      case SL:
        this.symbolicLink(bytes, at, length)
        break
      case PN:
        if (length >= 20) this.device = device(little32(bytes, at + 4), little32(bytes, at + 12))
        break
      case CL:
        if (length >= 12) this.childLink = little32(bytes, at + 4)
        break
      case PL:
        if (length >= 12) this.parentLink = little32(bytes, at + 4)
        break
      case RE:
        this.relocated = true
        break
      case SF:
        this.sparse = true
        break
      case ZF:
        this.zisofsEntry(bytes, at, length)
        break
      case SP:
        if (length >= 7 && bytes[at + 4] === 0xbe && bytes[at + 5] === 0xef) this.skip = bytes[at + 6]!
        break
      case ER:
        this.extensionReference(bytes, at, length)
        break
      case RR:
        this.found = true
        break
    }
  }

  private posixAttributes(bytes: Buffer, at: number, length: number): void {
    if (length < 36) return
    this.found = true
    this.mode = little32(bytes, at + 4)
    this.links = little32(bytes, at + 12)
    this.uid = little32(bytes, at + 20)
    this.gid = little32(bytes, at + 28)
    // RRIP 1.12 made the entry longer; the length tells, not the extension's version.
    if (length >= 44) this.serialNumber = little32(bytes, at + 36)
  }

  private times(bytes: Buffer, at: number, length: number): void {
    if (length < 5) return
    this.found = true
    const flags = bytes[at + 4]!
    const long = (flags & 0x80) !== 0
    const stamp = long ? VOLUME_DATE_BYTES : RECORDING_DATE_BYTES
    let position = at + 5
    for (let bit = 0; bit < 7; bit++) {
      if ((flags & (1 << bit)) === 0) continue
      if (position + stamp > at + length) return
      if (bit < 4) {
        const date = long ? decodeVolumeDate(bytes, position) : decodeRecordingDate(bytes, position)
        if (bit === 0) this.created = date
        else if (bit === 1) this.modified = date
        else if (bit === 2) this.accessed = date
        else this.attributesChanged = date
      }
      position += stamp
    }
  }

  private alternateName(bytes: Buffer, at: number, length: number): void {
    if (length < 5) return
    this.found = true
    const flags = bytes[at + 4]!
    // Of no use for `.` and `..`; where a true name is given all the same, it is taken.
    if ((flags & (NAME_CURRENT | NAME_PARENT | NAME_HOST)) !== 0 && length === 5) return
    const part = bytes.toString('latin1', at + 5, at + length)
    if (!this.name) this.name = part
    else if (this.name.length + part.length <= MAXIMUM_NAME_BYTES) this.name += part
  }

  private symbolicLink(bytes: Buffer, at: number, length: number): void {
    if (length < 5) return
    this.found = true
    this.targetParts ??= []
    const parts = this.targetParts
    const end = at + length
    for (let position = at + 5; position + 2 <= end; ) {
      const flags = bytes[position]!
      const size = bytes[position + 1]!
      if (position + 2 + size > end || this.targetBytes > MAXIMUM_TARGET_BYTES) return
      const text =
        (flags & COMPONENT_ROOT) !== 0
          ? '/'
          : (flags & COMPONENT_CURRENT) !== 0
            ? '.'
            : (flags & COMPONENT_PARENT) !== 0
              ? '..'
              : bytes.toString('latin1', position + 2, position + 2 + size)
      if (this.targetGoesOn && parts.length > 0) parts[parts.length - 1] += text
      else parts.push(text)
      this.targetBytes += text.length + 1
      this.targetGoesOn = (flags & COMPONENT_CONTINUES) !== 0
      position += 2 + size
    }
  }

  private zisofsEntry(bytes: Buffer, at: number, length: number): void {
    if (length < 16) return
    const version = bytes[at + 4] === 0x50 ? 2 : 1
    const high = version === 2 ? little32(bytes, at + 12) : 0
    this.zisofs = {
      algorithm: bytes.toString('latin1', at + 4, at + 6),
      headerBytes: bytes[at + 6]! * 4,
      blockBytesLog2: bytes[at + 7]!,
      sizeBytes: little32(bytes, at + 8) + high * 2 ** 32,
      version,
    }
  }

  private extensionReference(bytes: Buffer, at: number, length: number): void {
    if (length < 8) return
    const size = bytes[at + 4]!
    if (8 + size > length) return
    this.extensions ??= []
    this.extensions.push(bytes.toString('latin1', at + 8, at + 8 + size))
  }
}

/** Linux's rule: writers put a whole dev_t into the low half, or the major number into the high one. */
function device(high: number, low: number): { major: number; minor: number } {
  return high === 0 && low > 255 ? { major: low >>> 8, minor: low & 255 } : { major: high, minor: low }
}

/** Components as a target: `/` between them, none behind the root. */
function joinComponents(parts: readonly string[]): string {
  let target = ''
  for (const [index, part] of parts.entries()) {
    if (index > 0 && parts[index - 1] !== '/') target += '/'
    target += part
  }
  return decodeText(target)
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of no declared character set, given as the characters of ISO 8859-1: UTF-8 where it is valid, else that. */
export function decodeText(text: string): string {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) < 0x80) continue
    try {
      return UTF8.decode(Buffer.from(text, 'latin1'))
    } catch {
      return text
    }
  }
  return text
}

/** Rock Ridge 1.12 for directory records: the entries of a node, and how they are parted into continuation areas. */
import { BLOCK_BYTES } from '../block-source'
import { encodeRecordingDate } from '../iso9660/date'
import { writeBoth32 } from '../iso9660/fields'
import type { RecordedFileContent } from '../tree/file-content'
import { FILE_TYPE, type Metadata, type TreeNode } from '../tree/node'
import { CONTINUATION_ENTRY_BYTES } from './system-use'

const ENTRY_VERSION = 1
export const PX_BYTES = 44
export const TF_BYTES = 26
const LINK_BYTES = 12
/** Modification, access and attribute change: what a file's status has on every system. */
const TIMES_RECORDED = 0x0e
/** Linux drops the NM entry that makes a name longer than this, and shows what came before. */
const LINUX_NAME_BYTES = 253
const LARGEST_ENTRY = 254
/** Less of a name than this is not put into the record: all of it goes to the continuation area. */
const SMALLEST_NAME_PART = 16

/** What is written for a node besides what the node says itself. */
export interface PosixAttributes {
  readonly links: number
  readonly serialNumber: number
}

/** Modes of nodes that came without one: what everybody may read. */
const DEFAULT_MODE = { directory: 0o755, file: 0o644, link: 0o777, other: 0o644 } as const
const SPECIAL_FILE_TYPE = {
  'block-device': FILE_TYPE.blockDevice,
  'character-device': FILE_TYPE.characterDevice,
  fifo: FILE_TYPE.fifo,
  socket: FILE_TYPE.socket,
  unknown: FILE_TYPE.regular,
} as const

/** The mode of a node with its file type. */
export function modeOf(node: TreeNode): number {
  const type =
    node.kind === 'directory'
      ? FILE_TYPE.directory
      : node.kind === 'file'
        ? FILE_TYPE.regular
        : node.kind === 'link'
          ? FILE_TYPE.symbolicLink
          : SPECIAL_FILE_TYPE[node.type]
  return type | ((node.mode ?? DEFAULT_MODE[node.kind]) & 0o7777)
}

function entry(kind: string, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  header(bytes, 0, kind, length)
  return bytes
}

function header(bytes: Uint8Array, at: number, kind: string, length: number): void {
  bytes[at] = kind.charCodeAt(0)
  bytes[at + 1] = kind.charCodeAt(1)
  bytes[at + 2] = length
  bytes[at + 3] = ENTRY_VERSION
}

/** POSIX file attributes (RRIP 4.1.1). */
export function writePX(bytes: Uint8Array, at: number, mode: number, node: Metadata, posix: PosixAttributes): void {
  header(bytes, at, 'PX', PX_BYTES)
  writeBoth32(bytes, at + 4, mode)
  writeBoth32(bytes, at + 12, posix.links)
  writeBoth32(bytes, at + 20, node.uid ?? 0)
  writeBoth32(bytes, at + 28, node.gid ?? 0)
  writeBoth32(bytes, at + 36, posix.serialNumber)
}

/** Time stamps (RRIP 4.1.6): modification, access, attribute change. */
export function writeTF(bytes: Uint8Array, at: number, node: Metadata, otherwise: number): void {
  header(bytes, at, 'TF', TF_BYTES)
  bytes[at + 4] = TIMES_RECORDED
  const modified = node.modified ?? otherwise
  encodeRecordingDate(bytes, at + 5, modified)
  encodeRecordingDate(bytes, at + 12, node.accessed ?? modified)
  encodeRecordingDate(bytes, at + 19, node.attributesChanged ?? modified)
}

/** Alternate name (RRIP 4.1.4) of a name that fits into one entry. */
export function writeNM(bytes: Buffer, at: number, name: string, nameBytes: number): void {
  header(bytes, at, 'NM', 5 + nameBytes)
  bytes[at + 4] = 0
  bytes.write(name, at + 5, nameBytes, name.length === nameBytes ? 'latin1' : 'utf8')
}

function nameEntries(name: string, room: number): Buffer[] {
  const bytes = Buffer.from(name)
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length || parts.length === 0; ) {
    // The part that Linux drops is made small; it begins at a character.
    const limit = at < LINUX_NAME_BYTES ? Math.min(bytes.length, LINUX_NAME_BYTES) : bytes.length
    let end = Math.min(at + (parts.length === 0 ? room : LARGEST_ENTRY - 5), limit)
    if (end === LINUX_NAME_BYTES) while (end > at + 1 && (bytes[end]! & 0xc0) === 0x80) end--
    const part = entry('NM', 5 + end - at)
    bytes.copy(part, 5, at, end)
    if (end < bytes.length) part[4] = 1
    parts.push(part)
    at = end
  }
  return parts
}

/** The components of a target (RRIP 4.1.3.1): flags and text. */
function components(target: string): Buffer[] {
  const list: Buffer[] = []
  let path = target
  if (path.startsWith('/')) {
    list.push(Buffer.from([0x08, 0]))
    path = path.replace(/^\/+/, '')
  }
  if (path === '') return list
  for (const name of path.split('/')) {
    // An empty component (`a//b`, `a/`) is recorded as the current directory, which means the same.
    if (name === '.' || name === '') list.push(Buffer.from([0x02, 0]))
    else if (name === '..') list.push(Buffer.from([0x04, 0]))
    else {
      const bytes = Buffer.from(name)
      for (let at = 0; at < bytes.length; at += 240) {
        const part = bytes.subarray(at, at + 240)
        list.push(Buffer.concat([Buffer.from([at + 240 < bytes.length ? 1 : 0, part.length]), part]))
      }
    }
  }
  return list
}

function linkEntries(target: string): Buffer[] {
  const entries: Buffer[][] = [[]]
  let size = 5
  for (const component of components(target)) {
    if (size + component.length > LARGEST_ENTRY) {
      entries.push([])
      size = 5
    }
    entries.at(-1)!.push(component)
    size += component.length
  }
  return entries.map((parts, index) => {
    const body = Buffer.concat(parts)
    const bytes = entry('SL', 5 + body.length)
    bytes[4] = index < entries.length - 1 ? 1 : 0
    body.copy(bytes, 5)
    return bytes
  })
}

/** SP (SUSP 5.3) and ER (5.5) for the root; an ER this short stays in the record, where readers find it for sure. */
export function rootEntries(): Buffer[] {
  const sp = entry('SP', 7)
  sp.set([0xbe, 0xef, 0], 4)
  const identifier = 'IEEE_P1282'
  const er = entry('ER', 8 + identifier.length)
  er[4] = identifier.length
  er[7] = 1
  er.write(identifier, 8, 'latin1')
  return [sp, er]
}

/** CL, PL (RRIP 4.1.5.1, 4.1.5.2): the block of a directory. */
export function linkEntry(kind: 'CL' | 'PL', lba: number): Buffer {
  const bytes = entry(kind, LINK_BYTES)
  writeBoth32(bytes, 4, lba)
  return bytes
}

/** RE (4.1.5.3): the directory is to be seen elsewhere. */
export const relocatedEntry = () => entry('RE', 4)

/** PN (4.1.2): a device's numbers. Where they fit, as one dev_t in the low half, which all readers understand. */
function deviceEntry(major: number, minor: number): Buffer {
  const bytes = entry('PN', 20)
  const small = major <= 0xfff && minor <= 0xff
  writeBoth32(bytes, 4, small ? 0 : major)
  writeBoth32(bytes, 12, small ? major * 256 + minor : minor)
  return bytes
}

/** The entries of a node behind PX and TF, for the records whose entries do not all fit beside the identifier. */
export function furtherEntries(node: TreeNode, name: string, nameRoom: number): Buffer[] {
  const entries = nameEntries(name, nameRoom < SMALLEST_NAME_PART ? LARGEST_ENTRY - 5 : nameRoom)
  if (node.kind === 'link') entries.push(...linkEntries(node.target))
  if (node.kind === 'other' && node.device) entries.push(deviceEntry(node.device.major, node.device.minor))
  if (node.kind === 'file' && node.content.kind === 'recorded') {
    const { compression } = node.content as RecordedFileContent
    if (compression) {
      const zf = entry('ZF', 16)
      zf[3] = compression.version
      zf.write(compression.version === 2 ? 'PZ' : 'pz', 4, 'latin1')
      zf[6] = compression.headerBytes / 4
      zf[7] = compression.blockBytesLog2
      if (compression.version === 2) zf.writeBigUInt64LE(BigInt(node.content.sizeBytes), 8)
      else writeBoth32(zf, 8, node.content.sizeBytes)
      entries.push(zf)
    }
  }
  return entries
}

/** Hands out places in the continuation area of a directory. */
export class ContinuationArea {
  private used = 0

  get blocks(): number {
    return Math.ceil(this.used / BLOCK_BYTES)
  }

  /** A place of that many bytes, all in one block. */
  allocate(length: number): number {
    const left = BLOCK_BYTES - (this.used % BLOCK_BYTES)
    if (length > left) this.used += left
    const at = this.used
    this.used += length
    return at
  }

  /** Bytes left in the block that is begun. */
  get room(): number {
    return BLOCK_BYTES - (this.used % BLOCK_BYTES)
  }
}

/** Entries parted into what stands in the record and what stands in continuation areas. */
export interface PartedEntries {
  readonly inRecord: Buffer[]
  /** Bytes that the record's system use takes. */
  readonly recordBytes: number
  /** Pieces of the continuation area: place in it, and bytes. */
  readonly pieces: readonly { readonly at: number; readonly bytes: Buffer }[]
}

/**
 * Parts entries that do not all fit into the record: none is broken, each piece ends with a CE where more follows.
 *
 * @param room  bytes of the record's system use
 * @param areaBlock  first block of the directory's continuation area (LBA)
 */
export function partEntries(
  entries: readonly Buffer[],
  room: number,
  area: ContinuationArea,
  areaBlock: number,
): PartedEntries {
  const total = entries.reduce((sum, bytes) => sum + bytes.length, 0)
  if (total <= room) return { inRecord: [...entries], recordBytes: total, pieces: [] }
  const inRecord: Buffer[] = []
  let used = 0
  let next = 0
  while (next < entries.length && used + entries[next]!.length + CONTINUATION_ENTRY_BYTES <= room) {
    used += entries[next]!.length
    inRecord.push(entries[next++]!)
  }
  let pointer = entry('CE', CONTINUATION_ENTRY_BYTES)
  inRecord.push(pointer)
  // CE entries among the parts are filled in later: joined when all is known.
  const pieces: { at: number; parts: Buffer[] }[] = []
  while (next < entries.length) {
    const rest = entries.slice(next)
    const restBytes = rest.reduce((sum, bytes) => sum + bytes.length, 0)
    const parts: Buffer[] = []
    let size = 0
    let following: Buffer | undefined
    if (restBytes <= Math.max(area.room, BLOCK_BYTES)) {
      parts.push(...rest)
      size = restBytes
      next = entries.length
    } else {
      while (size + entries[next]!.length + CONTINUATION_ENTRY_BYTES <= BLOCK_BYTES) {
        size += entries[next]!.length
        parts.push(entries[next++]!)
      }
      following = entry('CE', CONTINUATION_ENTRY_BYTES)
      parts.push(following)
      size += CONTINUATION_ENTRY_BYTES
    }
    const at = area.allocate(size)
    writeBoth32(pointer, 4, areaBlock + Math.floor(at / BLOCK_BYTES))
    writeBoth32(pointer, 12, at % BLOCK_BYTES)
    writeBoth32(pointer, 20, size)
    pieces.push({ at, parts })
    if (following) pointer = following
  }
  return {
    inRecord,
    recordBytes: used + CONTINUATION_ENTRY_BYTES,
    pieces: pieces.map(({ at, parts }) => ({ at, bytes: Buffer.concat(parts) })),
  }
}

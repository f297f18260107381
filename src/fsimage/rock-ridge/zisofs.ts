import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import type { BlockSource } from '../block-source'
import { ImapiError } from '../imapi-error'
import { little32 } from '../iso9660/fields'
import { recordedBytes } from '../tree/contents'
import type { RecordedExtent, RecordedFileContent } from '../tree/file-content'

const inflateBlock = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate)
/** What differs from version 1 to version 2 of the format, which libisofs made for files beyond 4 GiB. */
const VERSIONS = {
  1: { magic: [0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07], headerBytes: 16, pointerBytes: 4, largestBlock: 17 },
  2: { magic: [0xef, 0x22, 0x55, 0xa1, 0xbc, 0x1b, 0x95, 0xa0], headerBytes: 24, pointerBytes: 8, largestBlock: 20 },
} as const
const SMALLEST_BLOCK = 15

/** What a ZF entry says of a compressed file. */
export interface ZisofsParameters {
  readonly version: 1 | 2
  readonly recordedBytes: number
  readonly headerBytes: number
  readonly blockBytesLog2: number
}

/** True where the parameters are ones that zisofs knows: blocks of 32 to 128 KiB, in version 2 up to 1 MiB. */
export function isZisofs({ version, blockBytesLog2, headerBytes }: ZisofsParameters): boolean {
  const { largestBlock, headerBytes: leastHeader } = VERSIONS[version]
  return blockBytesLog2 >= SMALLEST_BLOCK && blockBytesLog2 <= largestBlock && headerBytes >= leastHeader
}

/** A file compressed by zisofs: its extents hold the compressed bytes, reading gives the true ones. */
export class ZisofsContent implements RecordedFileContent {
  readonly kind = 'recorded'
  readonly source: BlockSource
  readonly extents: readonly RecordedExtent[]
  readonly sizeBytes: number
  readonly compression: { readonly algorithm: 'zisofs' } & ZisofsParameters

  constructor(
    source: BlockSource,
    extents: readonly RecordedExtent[],
    sizeBytes: number,
    parameters: ZisofsParameters,
  ) {
    this.source = source
    this.extents = extents
    this.sizeBytes = sizeBytes
    this.compression = { algorithm: 'zisofs', ...parameters }
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const { version, headerBytes, blockBytesLog2, recordedBytes: compressedBytes } = this.compression
    const { magic, pointerBytes } = VERSIONS[version]
    const reader = new ByteReader(recordedBytes(this.source, this.extents, compressedBytes))
    const header = await reader.take(headerBytes)
    if (magic.some((byte, index) => header[index] !== byte)) throw inconsistent('its header is missing')
    const blockBytes = 2 ** blockBytesLog2
    const blocks = Math.ceil(this.sizeBytes / blockBytes)
    const tableBytes = (blocks + 1) * pointerBytes
    if (headerBytes + tableBytes > compressedBytes) throw inconsistent('its block pointers do not fit into it')
    const table = await reader.take(tableBytes)
    let left = this.sizeBytes
    for (let index = 0; index < blocks; index++) {
      const from = pointer(table, index * pointerBytes, pointerBytes)
      const to = pointer(table, (index + 1) * pointerBytes, pointerBytes)
      const size = Math.min(left, blockBytes)
      if (to < from || to > compressedBytes || from !== reader.position) throw inconsistent('its block pointers jump')
      if (to === from) {
        yield new Uint8Array(size)
      } else {
        const block = await inflateBlock(await reader.take(to - from), { maxOutputLength: blockBytes }).catch(error => {
          throw inconsistent(`block ${index} cannot be decompressed`, error)
        })
        if (block.length !== size) throw inconsistent(`block ${index} has another size`)
        yield block
      }
      left -= size
    }
  }
}

function pointer(table: Uint8Array, at: number, bytes: number): number {
  return little32(table, at) + (bytes > 4 ? little32(table, at + 4) * 2 ** 32 : 0)
}

function inconsistent(what: string, cause?: unknown): ImapiError {
  return new ImapiError('IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR', `A zisofs file is damaged: ${what}.`, { cause })
}

/** Takes exact numbers of bytes from chunks. */
class ByteReader {
  position = 0
  private readonly chunks: AsyncIterator<Uint8Array>
  private rest: Uint8Array = new Uint8Array()

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]()
  }

  async take(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for (let missing = count; missing > 0; ) {
      if (this.rest.length === 0) {
        const next = await this.chunks.next()
        if (next.done) throw inconsistent('it ends too early')
        this.rest = next.value
      }
      const part = this.rest.subarray(0, missing)
      parts.push(part)
      this.rest = this.rest.subarray(part.length)
      missing -= part.length
    }
    this.position += count
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }
}

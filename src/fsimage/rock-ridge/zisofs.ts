import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import type { BlockSource } from '../block-source'
import { ImapiError } from '../imapi-error'
import { little32 } from '../iso9660/fields'
import { recordedBytes } from '../tree/contents'
import type { RecordedExtent, RecordedFileContent } from '../tree/file-content'

const inflateBlock = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate)
const MAGIC = [0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07]
const HEADER_BYTES = 16

/** What a ZF entry says of a compressed file. */
export interface ZisofsParameters {
  readonly recordedBytes: number
  readonly headerBytes: number
  readonly blockBytesLog2: number
}

/** True where the parameters are ones that zisofs knows: blocks of 32, 64 or 128 KiB. */
export function isZisofs(parameters: ZisofsParameters): boolean {
  return parameters.blockBytesLog2 >= 15 && parameters.blockBytesLog2 <= 17 && parameters.headerBytes >= HEADER_BYTES
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
    const { headerBytes, blockBytesLog2, recordedBytes: compressedBytes } = this.compression
    const reader = new ByteReader(recordedBytes(this.source, this.extents, compressedBytes))
    const header = await reader.take(headerBytes)
    if (MAGIC.some((byte, index) => header[index] !== byte)) throw inconsistent('its header is missing')
    const blockBytes = 2 ** blockBytesLog2
    const blocks = Math.ceil(this.sizeBytes / blockBytes)
    const tableBytes = (blocks + 1) * 4
    if (headerBytes + tableBytes > compressedBytes) throw inconsistent('its block pointers do not fit into it')
    const table = await reader.take(tableBytes)
    let left = this.sizeBytes
    for (let index = 0; index < blocks; index++) {
      const from = little32(table, index * 4)
      const to = little32(table, index * 4 + 4)
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

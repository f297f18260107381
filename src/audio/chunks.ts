import type { FileHandle } from 'node:fs/promises'
import { damaged } from './audio-file'

/** A chunk of a RIFF or AIFF file: where its content lies. */
export interface Chunk {
  readonly id: string
  readonly start: number
  /** As its header says; cut to the end of the file. */
  readonly bytes: number
}

const HEADER_BYTES = 8
const FORM_BYTES = 12
/** Tags, cue points, pictures: real files have a dozen. */
const MOST_CHUNKS = 1000

/**
 * The chunks of a RIFF (little-endian) or AIFF (big-endian) file; each is padded to an even length.
 *
 */
export async function chunksOf(
  file: FileHandle,
  size: number,
  order: { readonly littleEndian: boolean },
): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for (let at = FORM_BYTES; at + HEADER_BYTES <= size && chunks.length < MOST_CHUNKS; ) {
    const header = await content(file, { start: at, bytes: HEADER_BYTES })
    const id = String.fromCharCode(...header.subarray(0, 4))
    const bytes = view(header).getUint32(4, order.littleEndian)
    const start = at + HEADER_BYTES
    chunks.push({ id, start, bytes: Math.min(bytes, size - start) })
    // A writer that did not know the length, or one of more than 32 bits (RF64): the samples go on to the end.
    at = start + bytes + (bytes & 1)
  }
  return chunks
}

/** The first bytes of a chunk. */
export async function content(file: FileHandle, { start, bytes }: Omit<Chunk, 'id'>, most = 64): Promise<Uint8Array> {
  const buffer = new Uint8Array(Math.min(bytes, most))
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
  return buffer.subarray(0, bytesRead)
}

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A chunk that every such file has. */
export function required(name: string, chunks: readonly Chunk[], id: string): Chunk {
  const chunk = chunks.find(candidate => candidate.id === id)
  if (chunk) return chunk
  throw damaged(name, `has no "${id}" chunk`)
}

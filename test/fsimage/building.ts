import { FileSystemImage, type FileSystemImageResult, type FileSystemType, memoryBlockSource } from '../../src/fsimage'

/** When every image of the tests is made. */
export const CREATED = Date.UTC(2026, 0, 2, 3, 4, 5)

/** All blocks of a result, as a disc holds them: behind what was there, or over it. */
export async function recorded(result: FileSystemImageResult, before: Uint8Array = new Uint8Array()): Promise<Buffer> {
  const end = (result.startAddress + result.totalBlocks) * 2048
  const disc = Buffer.alloc(Math.max(end, before.length))
  disc.set(before)
  const ranges = result.modifiedBlocks ?? [{ start: result.startAddress, blocks: result.totalBlocks }]
  for (const range of ranges) {
    let at = range.start * 2048
    for await (const chunk of result.stream(range)) {
      disc.set(chunk as Uint8Array, at)
      at += (chunk as Uint8Array).length
    }
    expect(at).toBe((range.start + range.blocks) * 2048)
  }
  return disc
}

/** A new image that is always made at the same time. */
export function newImage(fileSystems: readonly FileSystemType[] = ['ISO9660', 'Joliet']): FileSystemImage {
  const image = new FileSystemImage({ creationTime: CREATED })
  image.fileSystemsToCreate = fileSystems
  image.volumeName = 'Test volume'
  return image
}

/** An image that puts another session on what a disc holds. */
export async function nextImage(disc: Uint8Array, kind: 'sequential' | 'random-write'): Promise<FileSystemImage> {
  const image = new FileSystemImage({ creationTime: CREATED })
  await image.importImage({ source: memoryBlockSource(disc), kind })
  return image
}

/** The bytes of a file of a tree. */
export async function bytesOf(content: { chunks(): AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content.chunks()) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

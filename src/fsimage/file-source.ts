/** Where the bytes of a new file come from. */
import { ImapiError } from './imapi-error'
import { BytesContent, StreamContent } from './tree/contents'
import type { FileContent } from './tree/file-content'
import { HostTree } from './tree/host-tree'
import { FileNode, type Metadata } from './tree/node'

/** Bytes that a stream gives whenever it is opened. */
export interface StreamSource {
  readonly sizeBytes: number
  /** Opens the stream; called each time the image is sent. */
  readonly open: () => AsyncIterable<Uint8Array>
}

/** Where a file's bytes come from: a path of the host, bytes in memory, a stream, or a content of the tree. */
export type FileSource = string | Uint8Array | StreamSource | FileContent

/**
 * A file with the bytes of a source.
 *
 * @param defaults  metadata of what has none of its own; a file of the host has
 * @param metadata  what it is to have whatever the source says
 * @throws {ImapiError} `IMAPI_E_FILE_NOT_FOUND` where a path of the host names nothing, `IMAPI_E_NOT_FILE`,
 *   `IMAPI_E_INVALID_PARAM` for a stream of no possible size
 */
export async function fileNode(
  name: string,
  source: FileSource,
  defaults: Partial<Metadata>,
  metadata: Partial<Metadata> = {},
): Promise<FileNode> {
  if (typeof source === 'string') {
    const node = await new HostTree({ followLinks: true }).node(source, name)
    if (node.kind !== 'file') throw new ImapiError('IMAPI_E_NOT_FILE', `${source} is no file.`)
    Object.assign(node, metadata)
    return node
  }
  const given = { ...defaults, ...metadata }
  if (source instanceof Uint8Array) return new FileNode(name, new BytesContent(source), given)
  if ('chunks' in source) return new FileNode(name, source, given)
  if (!Number.isSafeInteger(source.sizeBytes) || source.sizeBytes < 0) {
    throw new ImapiError('IMAPI_E_INVALID_PARAM', `${source.sizeBytes} is no size of a file.`)
  }
  return new FileNode(name, new StreamContent(source.sizeBytes, source.open, `The stream of ${name}`), given)
}

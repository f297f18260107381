import { stat } from 'node:fs/promises'
import { BLOCK_BYTES, type BlockSource } from './block-source'
import { CachedBlockSource } from './cached-block-source'
import { openImageFile } from './image-file'
import { ImapiError } from './imapi-error'
import { readSession } from './open-image'

/** The largest LONG: more blocks than that no image of IMAPI has. */
const MAXIMUM_BLOCKS = 2 ** 31 - 1

/** Tells whether an image that is to be recorded is one (IIsoImageManager). */
export class IsoImageManager {
  private image: { readonly path: string } | { readonly stream: BlockSource } | undefined

  /** The image file, once it is set. */
  get path(): string | undefined {
    return this.image && 'path' in this.image ? this.image.path : undefined
  }

  /** The source of blocks, once it is set. */
  get stream(): BlockSource | undefined {
    return this.image && 'stream' in this.image ? this.image.stream : undefined
  }

  setPath(path: string): void {
    this.image = { path }
  }

  setStream(stream: BlockSource): void {
    this.image = { stream }
  }

  /**
   * Looks at the image's size and its volume descriptors: ISO 9660, or UDF.
   *
   * @throws {ImapiError} `IMAPI_E_IMAGEMANAGER_NO_IMAGE` where none was set, `…_IMAGE_NOT_ALIGNED` where it is no whole
   *   number of blocks, `…_IMAGE_TOO_BIG`, `…_NO_VALID_VD_FOUND`
   * @throws {UsageError} `USAGE_FILE` where the file cannot be opened
   */
  async validate(): Promise<void> {
    const { image } = this
    if (!image) {
      throw new ImapiError('IMAPI_E_IMAGEMANAGER_NO_IMAGE', 'There is no image yet.', {
        hint: 'Call setPath or setStream first.',
      })
    }
    if ('stream' in image) return validateBlocks(image.stream)
    const source = await openImageFile(image.path)
    try {
      const { size } = await stat(image.path)
      if (size % BLOCK_BYTES !== 0) {
        throw new ImapiError(
          'IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED',
          `${image.path} has ${size} bytes, which is no multiple of ${BLOCK_BYTES}.`,
          { hint: 'It may have been cut short, or be of raw sectors.' },
        )
      }
      await validateBlocks(source)
    } finally {
      await source.close()
    }
  }
}

async function validateBlocks(source: BlockSource): Promise<void> {
  if ((source.blockCount ?? 0) > MAXIMUM_BLOCKS) {
    throw new ImapiError('IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG', `The image has ${source.blockCount} blocks.`)
  }
  const failure = (cause?: unknown) =>
    new ImapiError('IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND', 'No valid volume descriptor was found.', { cause })
  const session = await readSession(new CachedBlockSource(source), { number: 1, start: 0 }).catch(cause => {
    throw failure(cause)
  })
  if (session.fileSystems.length === 0) throw failure()
}

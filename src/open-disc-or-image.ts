import { stat } from 'node:fs/promises'
import { type OpenedImage, type OpenImageOptions, openDisc, openImage } from './fsimage/open-image'
import type { OpenDriveOptions } from './open-drive'
import { platforms } from './platforms'

/**
 * Opens a drive's medium or an image file for reading its file systems. A regular file is an image, whatever it is called;
 * else an address that a platform knows is a drive.
 *
 * @throws {UsageError} `USAGE_FILE` where it is neither
 */
export async function openDiscOrImage(
  address: string,
  options: OpenImageOptions & OpenDriveOptions = {},
): Promise<OpenedImage> {
  const status = await stat(address).catch(() => undefined)
  // On Windows the address of a drive, D:, is that of a folder, too.
  const isPlace = status?.isFile() || (status?.isDirectory() && process.platform !== 'win32')
  const isDrive = !isPlace && platforms.some(platform => platform.opens(address))
  if (!isDrive || (!status && address.startsWith('/') && !address.startsWith('/dev/')))
    return openImage(address, options)
  const { openDrive } = await import('./open-drive')
  const drive = await openDrive(address, options)
  try {
    const opened = await openDisc(drive, options)
    return {
      source: opened.source,
      sessions: opened.sessions,
      session: number => opened.session(number),
      close: async () => {
        await opened.close()
        await drive.close()
      },
    }
  } catch (error) {
    await drive.close()
    throw error
  }
}

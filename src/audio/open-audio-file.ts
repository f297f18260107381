import { type FileHandle, open } from 'node:fs/promises'
import { FormatError, UsageError } from '../errors'
import { openAiff } from './aiff'
import { type AudioFile, fileBytes, swapped } from './audio-file'
import { content } from './chunks'
import { openFlac } from './flac'
import { openWav } from './wav'

/** An open file of samples or sectors. */
export interface OpenAudioFile extends AudioFile, AsyncDisposable {
  close(): Promise<void>
}

const MAGIC_BYTES = 12

/**
 * Opens a file of sound, by what is in it whatever its name ends in: WAVE, AIFF, FLAC.
 *
 * @throws {UsageError} `USAGE_FILE`, `USAGE_AUDIO_FORMAT`
 * @throws {FormatError} `FORMAT_AUDIO` where it is none of these, or damaged
 */
export function openAudioFile(path: string): Promise<OpenAudioFile> {
  return opened(path, async (file, size) => {
    const magic = String.fromCharCode(...(await content(file, { start: 0, bytes: MAGIC_BYTES })))
    const form = magic.slice(8)
    if (['RIFF', 'RF64', 'BW64'].includes(magic.slice(0, 4)) && form === 'WAVE') return openWav(path, file, size)
    if (magic.startsWith('FORM') && (form === 'AIFF' || form === 'AIFC')) return openAiff(path, file, size)
    // Some taggers put ID3 in front of FLAC; the decoder finds its way.
    if (magic.startsWith('fLaC') || (magic.startsWith('ID3') && /\.flac$/i.test(path))) return openFlac(path)
    throw new FormatError('FORMAT_AUDIO', `${path} is no WAVE, AIFF or FLAC file.`, {
      hint: 'Convert it to one of these, 44.1 kHz, 16 bits, stereo.',
    })
  })
}

/**
 * Opens a file of bare sectors.
 *
 * @param motorola  samples are big-endian
 */
export function openSectorFile(path: string, { motorola }: { readonly motorola: boolean }): Promise<OpenAudioFile> {
  return opened(path, async (file, size) => {
    const read = (from: number) => fileBytes(file, from, size)
    return { bytes: size, read: motorola ? from => swapped(read(from)) : read }
  })
}

async function opened(
  path: string,
  look: (file: FileHandle, size: number) => Promise<AudioFile>,
): Promise<OpenAudioFile> {
  const file = await open(path, 'r').catch(error => {
    throw new UsageError('USAGE_FILE', `${path} cannot be read: ${error.message}.`, { cause: error })
  })
  const close = () => file.close()
  try {
    const { size } = await file.stat()
    return { ...(await look(file, size)), close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await file.close()
    throw error
  }
}

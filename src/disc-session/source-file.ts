import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path'
import type { OpenAudioFile } from '../audio'
import { UsageError } from '../errors'

/** A file that sectors come from. */
export interface SourceFile {
  readonly path: string
  open(): Promise<OpenAudioFile>
}

/** How source files are looked through before anything is recorded. */
export interface MeasureOptions {
  readonly signal?: AbortSignal
  /** Told of each file that has to be decoded from end to end for it. */
  readonly onChecking?: (path: string) => void
}

/**
 * Bytes of sectors or samples in each file. Compressed ones are decoded once: damage in their middle would end the
 * recording there, on a disc that is written once.
 *
 * @throws {UsageError} `USAGE_FILE`, `USAGE_AUDIO_FORMAT`
 * @throws {FormatError} `FORMAT_AUDIO`
 */
export async function measured(files: readonly SourceFile[], options: MeasureOptions = {}): Promise<number[]> {
  const lengths: number[] = []
  for (const { path, open } of files) {
    await using file = await open()
    if (file.isCompressed) {
      options.onChecking?.(path)
      for await (const _ of file.read(0)) options.signal?.throwIfAborted()
    }
    lengths.push(file.bytes)
  }
  return lengths
}

/** Endings of files that can take the place of one another: sheets are often older than the files that they speak of. */
const SOUND_ENDINGS = ['.wav', '.wave', '.flac', '.aif', '.aiff', '.aifc']

/**
 * The file that a cue sheet means: beside it, whatever folders of another system its name begins with, in capitals or
 * not, and, where it is sound, with the ending of another kind of sound.
 *
 * @param options.isSound  not a file of bare sectors
 * @param options.onOther  told of the file that is taken where there is none of that name
 * @throws {UsageError} `USAGE_OUTSIDE` where the name leads out of the sheet's folder
 */
export async function fileOfSheet(
  sheet: string,
  name: string,
  options: { readonly allowOutside?: boolean; readonly isSound: boolean; readonly onOther: (path: string) => void },
): Promise<string> {
  const path = namedPath(sheet, name, options.allowOutside === true)
  if (await stat(path).catch(() => undefined)) return path
  const wanted = basename(path).toLowerCase()
  const ending = extname(wanted)
  const stem = wanted.slice(0, wanted.length - ending.length)
  const entries = await readdir(dirname(path)).catch(() => [])
  const endings = options.isSound ? [ending, ...SOUND_ENDINGS] : [ending]
  for (const other of endings) {
    const found = entries.find(entry => entry.toLowerCase() === stem + other)
    if (found === undefined) continue
    const taken = join(dirname(path), found)
    options.onOther(taken)
    return taken
  }
  return path
}

function namedPath(sheet: string, name: string, allowOutside: boolean): string {
  const folder = dirname(resolve(sheet))
  const isForeign = /^[A-Za-z]:[\\/]|^\\\\/.test(name)
  if (isForeign) return resolve(folder, basename(name.replaceAll('\\', '/')))
  const path = resolve(folder, name.replaceAll('\\', '/'))
  const way = relative(folder, path)
  if (allowOutside || !(way.startsWith('..') || isAbsolute(way))) return path
  throw new UsageError('USAGE_OUTSIDE', `The cue sheet names ${name}, which is outside its folder.`, {
    hint: 'Allow it if you know the sheet, or move the file beside it.',
  })
}

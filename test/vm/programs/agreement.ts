import { FileSystemImage } from '../../../src'
import type { Medium } from '../../../src/mmc'
import type { ServedDrive } from './drives'
import type { Machine } from './machine'

/** What put_MultisessionInterfaces must answer where a disc holds file systems. */
function ruling({ state }: Medium): string {
  if (state === 'appendable' || state === 'overwritable') return 'S_OK'
  return state === 'blank' ? 'IMAPI_E_IMPORT_SEEK_FAILURE' : 'IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE'
}

/**
 * The multisession rules on a disc that a program has left behind, and what other programs say of the same disc.
 *
 * @returns what is wrong
 */
export async function disagreements(
  machine: Machine,
  { drive, block, type }: ServedDrive,
  medium: Medium,
  files: readonly number[],
): Promise<string[]> {
  const wrong: string[] = []
  const ruled = files.length > 0 || medium.state === 'blank'
  const image = new FileSystemImage()
  try {
    await image.putMultisessionInterfaces(await drive.multisessionInterfaces())
    if (ruled && ruling(medium) !== 'S_OK') wrong.push(`the rules accept a disc that is ${medium.state}`)
    if (files.length > 0) {
      await image.importFileSystem()
      for (const n of files) {
        if ((await image.exists(`file${n}.txt`)) !== 'file') wrong.push(`file${n}.txt is not imported`)
      }
    }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (ruled && code !== ruling(medium)) wrong.push(`the rules: ${code} ${message}`)
  } finally {
    await image.close()
  }
  if (medium.state !== 'appendable') return wrong
  const next = medium.nextWritableAddress
  const xorriso = (await machine.run(`xorriso -outdev ${block} -toc`)).output
  const said = /Media nwa +: +(\d+)s/.exec(xorriso)?.[1]
  // libburn looks no further into a BD-R that is formatted for pseudo-overwrite.
  const looks = !/is unsuitable , is POW formatted/.test(xorriso)
  if (looks && Number(said) !== next) wrong.push(`next writable address ${next}, xorriso says ${said}`)
  if (type.startsWith('cd')) return wrong
  const mediainfo = (await machine.run(`dvd+rw-mediainfo ${block}`)).output
  const last = [...mediainfo.matchAll(/Next Writable Address: (\d+)\*2KB/g)].at(-1)?.[1]
  if (Number(last) !== next) wrong.push(`next writable address ${next}, dvd+rw-mediainfo says ${last}`)
  return wrong
}

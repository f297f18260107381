import { accessOf, nameOf, readMedium } from '../../../src/mmc'
import { Drive } from '../../../src/mmc/drive'
import { type DisturbedRecording, imageFor, makeDisc, openDisc, perform } from './fault-matrix/recordings'

const PREVENT_ALLOW = 0x1e
/** What asks whether the drive is ready, in between and as often as it takes. */
const POLLING = [0x00, 0x03]
/** Bytes of the CDB, behind the opcode, that tell one step of a recipe from another. */
const TELLING_BYTES: Readonly<Record<number, readonly number[]>> = { 91: [1, 2], 53: [1] }

const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, '0')

/** One step of a recipe: the CDB's telling bytes, and the command's name. */
export const stepOf = (cdb: Uint8Array) =>
  `${[cdb[0]!, ...(TELLING_BYTES[cdb[0]!] ?? []).map(at => cdb[at]!)].map(hex).join(' ')} ${nameOf(cdb)}`

/**
 * The steps that a recording really takes on a virtual drive, from locking the door to the last command that writes:
 * one for several WRITEs in a row, none for polling.
 */
export async function recipeSteps(path: string, recording: DisturbedRecording): Promise<string[]> {
  await makeDisc(path, recording)
  const virtual = await openDisc(path, recording.quirks)
  const sent: Uint8Array[] = []
  const transport = {
    address: virtual.address,
    limits: virtual.limits,
    close: () => virtual.close(),
    execute: (request: Parameters<typeof virtual.execute>[0]) => {
      sent.push(Uint8Array.from(request.cdb))
      return virtual.execute(request)
    },
  }
  await using drive = new Drive(transport, { access: 'write' })
  const image = imageFor((await readMedium(drive))!, 0)
  sent.length = 0
  await perform(drive, image, recording)
  const isLock = (cdb: Uint8Array) => cdb[0] === PREVENT_ALLOW
  const behindLock = sent.slice(sent.findIndex(isLock) + 1)
  const last = behindLock.findLastIndex(cdb => !isLock(cdb) && accessOf(cdb) === 'write')
  return behindLock
    .slice(0, last + 1)
    .filter(cdb => !POLLING.includes(cdb[0]!))
    .map(stepOf)
    .filter((step, index, steps) => step !== steps[index - 1])
}

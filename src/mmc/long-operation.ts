import { setTimeout as sleep } from 'node:timers/promises'
import { MediumError } from '../errors'
import { bytesOf } from '../layout'
import { requestSense, testUnitReady } from './commands'
import { type Drive, isBecomingReady, type WaitOptions } from './drive'
import { ScsiError } from './scsi-error'
import { decodeSense, type Sense } from './sense/sense'

const UNIT_ATTENTION = 6
/** NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED; POWER ON, RESET. */
const MEDIUM_OR_RESET = [0x28, 0x29]
const SHORTEST_NAP_MS = 20
const LONGEST_NAP_MS = 1000
/** Closing and synchronising; blanking and formatting take longer and say so. */
const LIMIT_MS = 3_600_000

/**
 * Waits for the end of an operation that goes on after its command has come back (IMMED): formatting, blanking, closing,
 * synchronising. TEST UNIT READY tells; where it is GOOD all the same, REQUEST SENSE has the last word, since some
 * drives report progress only there.
 *
 * @param options.limitMs  an hour unless given: enough for closing, not for a full format
 * @throws {ScsiError} where the operation failed, as the drive reports it
 * @throws {MediumError} `MEDIUM_NOT_READY` after the limit
 */
export async function pollLongOperation(drive: Drive, options: WaitOptions = {}): Promise<void> {
  const sending = options.signal ? { signal: options.signal } : {}
  const began = Date.now()
  for (let napMs = SHORTEST_NAP_MS; ; napMs = Math.min(napMs * 2, LONGEST_NAP_MS)) {
    const sense = await operationInProgress(drive, sending)
    if (!sense) return
    options.onProgress?.(sense.progress)
    if (Date.now() - began >= (options.limitMs ?? LIMIT_MS)) {
      throw new MediumError('MEDIUM_NOT_READY', `The drive is still busy: ${sense.text}.`, {
        hint: 'Leave the drive powered and the medium in it, and look again later.',
      })
    }
    await sleep(napMs, undefined, sending)
  }
}

/** What the drive is still doing; `undefined` where it has ended. */
async function operationInProgress(drive: Drive, sending: { signal?: AbortSignal }): Promise<Sense | undefined> {
  try {
    await drive.send(testUnitReady, {}, sending)
  } catch (error) {
    if (!(error instanceof ScsiError) || !isBecomingReady(error)) throw error
    if (error.sense?.progress !== undefined) return error.sense
    const asked = await askSense(drive, sending)
    return asked?.progress === undefined ? error.sense : asked
  }
  const sense = await askSense(drive, sending)
  return sense && isInProgress(sense) ? sense : undefined
}

async function askSense(drive: Drive, sending: { signal?: AbortSignal }): Promise<Sense | undefined> {
  try {
    const sense = decodeSense(bytesOf(await drive.send(requestSense, {}, sending)))
    // A unit attention is told once: here it comes as the answer itself, and no later command will meet it.
    if (sense?.key === UNIT_ATTENTION && MEDIUM_OR_RESET.includes(sense.asc)) drive.forgetMedium()
    return sense
  } catch (error) {
    // Systems that fetch sense data by themselves may refuse the command; TEST UNIT READY has said what counts.
    if (error instanceof ScsiError) return undefined
    throw error
  }
}

/** OPERATION IN PROGRESS and NOT READY's "in progress" codes, with a progress that is not at its end. */
function isInProgress({ key, asc, ascq, progress }: Sense): boolean {
  if (key !== 0 && key !== 2) return false
  const isOperation =
    (asc === 0x00 && ascq === 0x16) || (asc === 0x04 && (ascq === 0x04 || ascq === 0x07 || ascq === 0x08))
  return isOperation && progress !== undefined && progress > 0
}

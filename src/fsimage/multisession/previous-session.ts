import { ScsiMmcError } from '../../errors'
import { read10 } from '../../mmc/commands/read'
import { refusal } from '../../mmc/evidence'
import { ScsiError } from '../../mmc/scsi-error'
import type { Candidate } from './candidates'
import { fail } from './failure'

const BLOCK_BYTES = 2048

/**
 * Row 13: reads the first block of the previous session, where there is a drive to read it from and a session that holds
 * data.
 *
 * @throws {ImapiError} where it cannot be sought or read
 */
export async function readPreviousSession(candidate: Candidate): Promise<void> {
  const { drive, index: element } = candidate
  const start = firstBlock(candidate)
  if (!drive || start === undefined) return
  const property = 'startAddressOfPreviousSession'
  const message = (why: string) => `Block ${start}, the first of the previous session, cannot be read: ${why}`
  let data: Uint8Array
  try {
    data = await drive.send(read10, { logicalBlockAddress: start, transferLength: 1 })
  } catch (cause) {
    if (!(cause instanceof ScsiMmcError)) throw cause
    const evidence = cause instanceof ScsiError ? [refusal(property, cause, `Block ${start} cannot be read.`)] : []
    throw fail('IMAPI_E_IMPORT_SEEK_FAILURE', message(cause.message), {
      rule: 13,
      element,
      property,
      evidence,
      cause,
    })
  }
  if (data.length < BLOCK_BYTES) {
    const why = `${data.length} bytes came instead of ${BLOCK_BYTES}.`
    throw fail('IMAPI_E_IMPORT_SEEK_FAILURE', message(why), { rule: 13, element, property })
  }
}

function firstBlock({ kind, values, state }: Candidate): number | undefined {
  if (kind === 'random-write') return state?.medium?.lastSessionStart ?? undefined
  const start = values['startAddressOfPreviousSession'] as number
  return values['isFirstDataSession'] === true || start < 0 ? undefined : start
}

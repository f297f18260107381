import { MediumError } from '../../errors'
import { blank } from '../commands'
import type { Drive } from '../drive'
import { pollLongOperation } from '../long-operation'
import type { Medium } from '../medium-state'
import { type OperationOptions, type OperationReport, operate } from './operate'

/** Blanking a DVD-RW wholly takes about an hour at 1x. */
const BLANK_LIMIT_MS = 18_000_000

/**
 * - `minimal`: only what says that something is there; a DVD-RW so blanked takes disc-at-once recording alone;
 * - `disc`: everything;
 * - `last-session`: the last session of a CD-RW;
 * - `unclose-last-session`: opens the last session of a CD-RW again.
 */
export type BlankingType = 'minimal' | 'disc' | 'last-session' | 'unclose-last-session'

/**
 * Blanks a rewritable medium: what is on it is lost.
 *
 * Where `signal` is aborted meanwhile, it is no longer waited for; the drive goes on by itself.
 *
 * @throws {MediumError} `MEDIUM_NOT_ERASABLE` on write-once and read-only media, and on those that are formatted instead
 * @throws {OperationError} once the drive has been told to blank
 */
export function blankMedium(
  drive: Drive,
  options: OperationOptions & { readonly type?: BlankingType } = {},
): Promise<OperationReport> {
  const type = options.type ?? 'minimal'
  const leavesBlank = type === 'minimal' || type === 'disc'
  return operate(
    drive,
    {
      name: 'Blanking',
      writesWholeMedium: type === 'disc',
      check: checkErasable,
      perform: async ({ drive, step }) => {
        step('blanking')
        await drive.send(blank, { immediate: true, blankingType: type })
        await pollLongOperation(drive, {
          limitMs: BLANK_LIMIT_MS,
          onProgress: progress => step('blanking', progress),
          ...(options.signal ? { signal: options.signal } : {}),
        })
      },
      complaint: (after, before) => {
        if (leavesBlank) return after.isBlank ? undefined : 'the medium says that it is not blank'
        return hasSameSessions(after, before) ? 'the sessions are what they were' : undefined
      },
    },
    options,
  )
}

function hasSameSessions(after: Medium, before: Medium): boolean {
  return after.sessionCount === before.sessionCount && after.lastSessionState === before.lastSessionState
}

const BLANKED = new Set(['cd-rw', 'dvd-rw', 'dvd-rw-ro'])

function checkErasable(medium: Medium): void {
  if (BLANKED.has(medium.family)) return
  throw new MediumError('MEDIUM_NOT_ERASABLE', `A ${medium.family} cannot be blanked.`, {
    hint: medium.isOverwritable
      ? 'It can be written over as it is, or formatted.'
      : 'Only CD-RW and DVD-RW can be blanked: a write-once disc stays what it is.',
    evidence: medium.evidence.filter(({ claim }) => claim === 'isErasable' || claim === 'family'),
  })
}

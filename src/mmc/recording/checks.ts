import { MediumError } from '../../errors'
import type { Medium } from '../medium-state'
import type { Recordable } from '../recordable'
import type { AlignedRange } from './range-content'
import type { RecordingJob, RecordingRecipe, RecordOptions } from './recipe'
import { RecordingError, type RecordingReport } from './recording-error'

/**
 * What must hold before the first byte is written.
 *
 * @throws {MediumError} `MEDIUM_NOT_PRESENT`, `MEDIUM_WRONG_ADDRESS`, `MEDIUM_TRACK_OPEN`, `MEDIUM_TOO_SMALL`, `MEDIUM_NOT_BLANK`,
 *   `MEDIUM_CANNOT_SIMULATE`, `MEDIUM_CANNOT_STREAM`, `MEDIUM_NOT_OVERWRITABLE`, `MEDIUM_NOTHING_TO_WRITE`
 */
export function checkBeforeRecording(
  medium: Medium,
  image: Recordable,
  recipe: RecordingRecipe,
  ranges: readonly AlignedRange[],
  options: RecordOptions,
): void {
  const { evidence } = medium
  const about = (claim: string) => ({ evidence: evidence.filter(({ claim: of }) => of === claim) })
  if (options.streaming && !recipe.canStream) {
    throw new MediumError('MEDIUM_CANNOT_STREAM', `A ${medium.family} knows no stream recording.`, {
      hint: 'Only DVD-RAM and BD-RE do: leave the option out.',
    })
  }
  if (image.modifiedBlocks && !takesOverwriting(medium)) {
    throw new MediumError('MEDIUM_NOT_OVERWRITABLE', `Single blocks of a ${medium.family} cannot be replaced.`, {
      hint: 'Append a session instead.',
      ...about('isOverwritable'),
    })
  }
  if (image.modifiedBlocks?.length === 0) {
    throw new MediumError('MEDIUM_NOTHING_TO_WRITE', 'The image changes not one block of the medium.', {
      hint: 'There is nothing to be done.',
    })
  }
  if (medium.isOverwritable) {
    if (!medium.isBlank && !image.modifiedBlocks && !options.overwrite) {
      throw new MediumError('MEDIUM_NOT_BLANK', `The ${medium.family} holds data, which would be overwritten.`, {
        hint: 'Append to it instead, or allow overwriting.',
        ...about('isBlank'),
      })
    }
  } else if (image.modifiedBlocks === undefined && image.startAddress !== medium.nextWritableAddress) {
    throw new MediumError(
      'MEDIUM_WRONG_ADDRESS',
      `The image was built for LBA ${image.startAddress}, and the medium goes on at LBA ${medium.nextWritableAddress}.`,
      { hint: 'Build the image again for the medium as it is now.', ...about('nextWritableAddress') },
    )
  }
  const begun = medium.tracks.find(
    ({ nextWritableAddress: next, start }) => next === image.startAddress && start < next,
  )
  if (begun && !medium.isOverwritable && !image.modifiedBlocks && !options.dryRun) {
    throw new MediumError('MEDIUM_TRACK_OPEN', `Track ${begun.number} of the ${medium.family} was broken off.`, {
      hint: 'Close its session first: an image begins a track of its own. (append does both.)',
      ...about('nextWritableAddress'),
    })
  }
  if (options.simulate && !recipe.canSimulate) {
    throw new MediumError('MEDIUM_CANNOT_SIMULATE', `A ${medium.family} cannot be written in simulation.`, {
      hint: 'Only CD-R, CD-RW, DVD-R and DVD-RW know test writing. A dry run sends nothing to any medium.',
    })
  }
  const room = medium.isOverwritable
    ? medium.capacityBlocks
    : medium.freeBlocks === null
      ? null
      : (medium.nextWritableAddress ?? 0) + medium.freeBlocks
  const end = Math.max(...ranges.map(({ aligned }) => aligned.start + aligned.blocks))
  if (room !== null && end > room) {
    throw new MediumError(
      'MEDIUM_TOO_SMALL',
      `The image ends at LBA ${end}, padding included, and the medium at LBA ${room}: ${end - room} blocks too many.`,
      {
        hint: 'Take something out, or a larger medium.',
        ...about(medium.isOverwritable ? 'capacityBlocks' : 'freeBlocks'),
      },
    )
  }
}

/** Whether blocks that are written can be replaced: on overwritable media, and on BD-R with pseudo-overwrite. */
export function takesOverwriting({ isOverwritable, family }: Medium): boolean {
  return isOverwritable || family === 'bd-r-pow'
}

/**
 * Success is what the disc says: after a recording, its state must have changed as it should.
 *
 * @throws {RecordingError} `MEDIUM_UNCHANGED` where the drive reported success and the medium is as it was
 */
export function checkRecorded(job: RecordingJob, after: Medium, report: RecordingReport): void {
  const { medium: before, options } = job
  if (options.simulate || options.dryRun) return
  const complaint = unchanged(before, after, job)
  if (!complaint) return
  throw new RecordingError('MEDIUM_UNCHANGED', `The drive reported success, but ${complaint}.`, report, null, undefined)
}

function unchanged(before: Medium, after: Medium, { options, start, blocks }: RecordingJob): string | undefined {
  if (after.state === 'unknown') return 'the medium does not say in which state it is'
  if (after.isOverwritable) {
    if (after.family !== before.family) return `there is a ${after.family} now, not the ${before.family}`
    return after.state === 'unformatted' ? 'the medium still says that it is unformatted' : undefined
  }
  if (after.isBlank) return 'the medium still says that it is blank'
  if (options.close) return after.isAppendable ? 'the medium still says that it is appendable' : undefined
  if (after.state === 'damaged') return 'the medium says that its last session is damaged'
  const end = Math.max(start + blocks, before.nextWritableAddress ?? 0)
  const behind = after.nextWritableAddress === null || after.nextWritableAddress >= end
  return behind ? undefined : `its next writable address is LBA ${after.nextWritableAddress}, not behind the data`
}

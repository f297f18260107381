import { MediumError } from '../../errors'
import type { Medium } from '../medium-state'
import type { Recordable } from '../recordable'
import type { AlignedRange } from './range-content'
import type { RecordingJob, RecordingRecipe, RecordOptions } from './recipe'
import { RecordingError, type RecordingReport } from './recording-error'

/**
 * What must hold before the first byte is written.
 *
 * @throws {MediumError} `MEDIUM_NOT_PRESENT`, `MEDIUM_WRONG_ADDRESS`, `MEDIUM_TOO_SMALL`, `MEDIUM_NOT_BLANK`,
 *   `MEDIUM_CANNOT_SIMULATE`
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

/**
 * Success is what the disc says: after a recording, its state must have changed as it should.
 *
 * @throws {RecordingError} `MEDIUM_UNCHANGED` where the drive reported success and the medium is as it was
 */
export function checkRecorded(job: RecordingJob, after: Medium, report: RecordingReport): void {
  const { medium: before, options } = job
  if (options.simulate || options.dryRun) return
  const complaint = unchanged(before, after, options)
  if (!complaint) return
  throw new RecordingError('MEDIUM_UNCHANGED', `The drive reported success, but ${complaint}.`, report, null, undefined)
}

function unchanged(before: Medium, after: Medium, options: RecordOptions): string | undefined {
  if (after.isOverwritable) {
    return after.state === 'unformatted' ? 'the medium still says that it is unformatted' : undefined
  }
  if (after.isBlank) return 'the medium still says that it is blank'
  if (options.close) return after.isAppendable ? 'the medium still says that it is appendable' : undefined
  if (after.state === 'damaged') return 'the medium says that its last session is damaged'
  const moved = after.nextWritableAddress === null || after.nextWritableAddress > (before.nextWritableAddress ?? -1)
  return moved ? undefined : `its next writable address is still LBA ${after.nextWritableAddress}`
}

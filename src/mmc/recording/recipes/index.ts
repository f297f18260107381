import { MediumError } from '../../../errors'
import type { Medium, MediumFamilyName } from '../../medium-state'
import type { RecordingRecipe, RecordOptions } from '../recipe'
import { bdRPseudoOverwriteRecipe, bdRRecipe } from './bd-r'
import { bdReRecipe } from './bd-re'
import { cdRecipe } from './cd'
import { dvdMinusRDualLayerRecipe } from './dvd-minus-r-dl'
import { dvdMinusRwRestrictedOverwriteRecipe } from './dvd-minus-rw-restricted-overwrite'
import { dvdMinusDiscAtOnceRecipe, dvdMinusIncrementalRecipe } from './dvd-minus-sequential'
import { dvdPlusRRecipe } from './dvd-plus-r'
import { dvdPlusRwRecipe } from './dvd-plus-rw'
import { dvdRamRecipe } from './dvd-ram'

type Choose = (options: RecordOptions) => RecordingRecipe

/** At once, a track is reserved first, and a reservation is not undone: test writing goes incrementally. */
const atOnceOr =
  (recipe: RecordingRecipe): Choose =>
  ({ discAtOnce, simulate }) =>
    discAtOnce && !simulate ? dvdMinusDiscAtOnceRecipe : recipe

const sequentialDvd = atOnceOr(dvdMinusIncrementalRecipe)

/** How each family of media is recorded; a new one is one more file and one more line. */
const RECIPES: Partial<Record<MediumFamilyName, Choose>> = {
  'cd-r': () => cdRecipe,
  'cd-rw': () => cdRecipe,
  'dvd-r': sequentialDvd,
  'dvd-rw': sequentialDvd,
  'dvd-r-dl': atOnceOr(dvdMinusRDualLayerRecipe),
  'dvd-rw-ro': () => dvdMinusRwRestrictedOverwriteRecipe,
  'dvd+r': () => dvdPlusRRecipe,
  'dvd+r-dl': () => dvdPlusRRecipe,
  'dvd+rw': () => dvdPlusRwRecipe,
  'dvd-ram': () => dvdRamRecipe,
  'bd-r': () => bdRRecipe,
  'bd-r-pow': () => bdRPseudoOverwriteRecipe,
  'bd-re': () => bdReRecipe,
}

/**
 * The recipe for a medium as it is now.
 *
 * @throws {MediumError} `MEDIUM_NOT_RECORDABLE`, `MEDIUM_COMPLETE`, `MEDIUM_DAMAGED`, `MEDIUM_STATE_UNKNOWN`
 */
export function recipeFor(medium: Medium, options: RecordOptions): RecordingRecipe {
  const choose = RECIPES[medium.family]
  const evidence = medium.evidence.filter(({ claim }) => ['family', 'state', 'isAppendable', 'isBlank'].includes(claim))
  if (!choose) {
    throw new MediumError('MEDIUM_NOT_RECORDABLE', `A ${medium.family} cannot be recorded.`, {
      hint: 'Put in a recordable medium.',
      evidence,
    })
  }
  if (medium.state === 'complete') {
    throw new MediumError('MEDIUM_COMPLETE', `The ${medium.family} is complete: nothing can be added to it.`, {
      hint: medium.isErasable ? 'Blank it first; everything on it will be lost.' : 'Take a new disc.',
      evidence,
    })
  }
  if (medium.state === 'damaged') {
    throw new MediumError(
      'MEDIUM_DAMAGED',
      `The last session of the ${medium.family} was cut off while it was written.`,
      {
        hint: 'Close it: that has the drive mend what was cut off, where it can.',
        evidence,
      },
    )
  }
  if (medium.state === 'unknown') {
    throw new MediumError('MEDIUM_STATE_UNKNOWN', `The drive does not say in which state the ${medium.family} is.`, {
      hint: medium.isErasable
        ? 'Blank it first; everything on it will be lost.'
        : 'Eject and load it, or try another drive.',
      evidence,
    })
  }
  return choose(options)
}

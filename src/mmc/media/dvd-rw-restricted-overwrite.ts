import type { MediumFamily } from './family'
import { answered, type MediumObservations } from './observations'
import {
  concludeOverwritable,
  type Formatting,
  formattingByCapacities,
  type OverwritableTraits,
  overwritableQuestions,
} from './overwritable'

const FORMAT_FULL = 0x00
const FORMAT_DVD_RW_FULL = 0x10

/** DVD-RW in restricted overwrite mode, HD DVD-RW: whole ECC blocks in any order, as far as it is formatted. */
export const dvdRwRestrictedOverwrite: MediumFamily = {
  names: ['dvd-rw-ro', 'hd-dvd-rw'],
  questions: observed => overwritableQuestions(observed, traits),
  conclude: claims => concludeOverwritable(claims, traits),
}

const traits: OverwritableTraits = {
  writeUnitSize: 16,
  capacityFormatTypes: [FORMAT_FULL, FORMAT_DVD_RW_FULL],
  formatting,
}

function formatting(observed: MediumObservations): Formatting {
  const capacities = answered(observed.formatCapacities)
  if (capacities?.descriptorType !== 'no-media') return formattingByCapacities(observed)
  return {
    isFormatted: true,
    reply: capacities,
    field: 'descriptorType',
    says: 'The border is open (intermediate state).',
    warning:
      'The medium was formatted quickly and is in its intermediate state (open border): it is written from block 0 on, without gaps, first.',
  }
}

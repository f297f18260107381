import type { MediumFamily } from './family'
import { answered, type MediumObservations } from './observations'
import {
  concludeOverwritable,
  type Formatting,
  formattingByCapacities,
  type OverwritableTraits,
  overwritableQuestions,
} from './overwritable'

const FORMAT_DVD_PLUS_RW_BASIC = 0x26

/** DVD+RW, DVD+RW DL: formatted in the background; the part that is formatted can be written at once. */
export const dvdPlusRw: MediumFamily = {
  names: ['dvd+rw'],
  questions: observed => overwritableQuestions(observed, traits),
  conclude: claims => concludeOverwritable(claims, traits),
}

const traits: OverwritableTraits = {
  writeUnitSize: 16,
  capacityFormatTypes: [FORMAT_DVD_PLUS_RW_BASIC],
  formatting,
}

function formatting(observed: MediumObservations): Formatting {
  const disc = answered(observed.discInformation)
  const status = disc?.backgroundFormatStatus
  if (!disc || status === undefined) return formattingByCapacities(observed)
  const formatted = answered(observed.formatCapacities)
  if (status === 'none') {
    if (formatted?.descriptorType !== 'formatted') {
      return { isFormatted: false, reply: disc, field: 'backgroundFormatStatus', says: 'No format was begun.' }
    }
    return {
      isFormatted: true,
      reply: formatted,
      field: 'descriptorType',
      says: 'The medium is formatted.',
      warning:
        'READ DISC INFORMATION knows of no format, READ FORMAT CAPACITIES of a formatted medium: the latter is believed.',
    }
  }
  const blocks = formatted?.numberOfBlocks
  const part = blocks ? ` ${blocks} blocks are formatted.` : ''
  return {
    isFormatted: true,
    reply: disc,
    field: 'backgroundFormatStatus',
    says: `The background format is ${status}.`,
    ...(status === 'suspended'
      ? { warning: `The background format is suspended.${part} It must be restarted before blocks beyond are written.` }
      : {}),
    ...(status === 'running' ? { warning: `The background format is still running.${part}` } : {}),
  }
}

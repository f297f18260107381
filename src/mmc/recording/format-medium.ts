import { MediumError } from '../../errors'
import { formatUnit, readFormatCapacities } from '../commands'
import type { Drive } from '../drive'
import type { RecordingJob } from './recipe'

/** Format types of FORMAT UNIT (MMC-6 6.4.3.2). */
export const FORMAT = {
  full: 0x00,
  rewritableFull: 0x10,
  growSession: 0x11,
  quickGrow: 0x13,
  quick: 0x15,
  dvdPlusRwBasic: 0x26,
  bdReWithSpare: 0x30,
  bdReWithoutSpare: 0x31,
  bdRWithSpare: 0x32,
} as const

/** A formatted BD-RE takes hours where it is certified: no shorter limit would be honest. */
const FORMAT_LIMIT_MS = 18_000_000

/** How a medium is to be formatted. */
export interface FormatChoice {
  /** Format types in the order of preference; the first that the drive offers is taken. */
  readonly types: readonly number[]
  /** Format sub-type; without it, the one that is offered. */
  readonly subType?: number
  /** Type dependent parameter; without it, the one that is offered. */
  readonly parameter?: number
  /** Blocks; without it, those that are offered. */
  readonly blocks?: number
  /** Sets FOV besides IMMED: the other option bits, all zero, are meant (DVD-RAM, BD). */
  readonly optionsValid?: boolean
}

/**
 * Formats the medium as READ FORMAT CAPACITIES offers it, and waits for the end.
 *
 * @throws {MediumError} `MEDIUM_FORMAT_NOT_OFFERED` where the drive offers none of the types for this medium
 */
export async function formatMedium(
  { drive, step }: Pick<RecordingJob, 'drive' | 'step'>,
  choice: FormatChoice,
  signal?: AbortSignal,
): Promise<void> {
  const { formattableCapacityDescriptors: offers = [] } = await drive.send(readFormatCapacities)
  const suits = (type: number) =>
    offers.find(
      offer => offer.formatType === type && (choice.subType === undefined || offer.formatSubType === choice.subType),
    ) ?? offers.find(offer => offer.formatType === type)
  const offer = choice.types.map(suits).find(found => found !== undefined)
  if (!offer) {
    const wanted = choice.types.map(type => `${type.toString(16).toUpperCase()}h`).join(', ')
    throw new MediumError(
      'MEDIUM_FORMAT_NOT_OFFERED',
      `The drive offers no format of type ${wanted} for this medium.`,
      {
        hint: 'Another drive may; the formats that this one offers are in: scsi-mmc info --json.',
      },
    )
  }
  step('formatting')
  await drive.send(
    formatUnit,
    {},
    {
      data: {
        immediate: true,
        formatOptionsValid: choice.optionsValid === true,
        numberOfBlocks: choice.blocks ?? offer.numberOfBlocks ?? 0,
        formatType: offer.formatType ?? 0,
        formatSubType: choice.subType ?? offer.formatSubType ?? 0,
        typeDependentParameter: choice.parameter ?? offer.typeDependentParameter ?? 0,
      },
    },
  )
  await waitForFormat(drive, step, signal)
}

/** Waits until a format that runs (or its first part, where the rest goes on in the background) is done. */
export async function waitForFormat(drive: Drive, step: RecordingJob['step'], signal?: AbortSignal): Promise<void> {
  await drive.waitUntilReady({
    limitMs: FORMAT_LIMIT_MS,
    onProgress: progress => step('formatting', progress),
    ...(signal ? { signal } : {}),
  })
}

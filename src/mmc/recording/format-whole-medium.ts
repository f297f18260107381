import { MediumError } from '../../errors'
import type { Drive } from '../drive'
import type { Medium, MediumFamilyName } from '../medium-state'
import { FORMAT, type FormatChoice, formatMedium } from './format-medium'
import { type OperationOptions, type OperationReport, operate } from './operate'

/** How a medium is to be formatted; each applies to some media only. */
export interface FormatWholeMediumOptions extends OperationOptions {
  /** Everything instead of the least: hours on some media. */
  readonly full?: boolean
  /** BD-RE and BD-R: spare areas for defect management (the default), or full speed and capacity without. */
  readonly spare?: boolean
  /** BD-R: pseudo-overwrite, each overwrite at the cost of spare. */
  readonly pseudoOverwrite?: boolean
}

const WHOLE_DISC = 0xffff_ffff
/** Format sub-types of BD-R (MMC-6 6.4.3.16) and BD-RE (6.4.3.14). */
const BD_R_PSEUDO_OVERWRITE = 0
const BD_R_SEQUENTIAL = 1
const BD_RE_QUICK = 0
const BD_RE_CERTIFIED = 2

type Choose = (options: FormatWholeMediumOptions) => FormatChoice

const dvdRw: Choose = ({ full }) =>
  full ? { types: [FORMAT.rewritableFull, FORMAT.full] } : { types: [FORMAT.quick, FORMAT.rewritableFull] }

const CHOICES: Partial<Record<MediumFamilyName, Choose>> = {
  'dvd-rw': dvdRw,
  'dvd-rw-ro': dvdRw,
  'dvd+rw': () => ({ types: [FORMAT.dvdPlusRwBasic], blocks: WHOLE_DISC, parameter: 0 }),
  'dvd-ram': () => ({ types: [FORMAT.full], optionsValid: true }),
  'bd-re': ({ full, spare = true }) => ({
    types: spare ? [FORMAT.bdReWithSpare, FORMAT.full] : [FORMAT.bdReWithoutSpare],
    subType: full ? BD_RE_CERTIFIED : BD_RE_QUICK,
    optionsValid: true,
  }),
  'bd-r': ({ pseudoOverwrite }) => ({
    types: [FORMAT.bdRWithSpare, FORMAT.full],
    subType: pseudoOverwrite ? BD_R_PSEUDO_OVERWRITE : BD_R_SEQUENTIAL,
    optionsValid: true,
  }),
}

/**
 * Formats a medium as a whole: what is on it is lost. A sequential DVD-RW becomes one of restricted overwrite.
 *
 * Where `signal` is aborted meanwhile, it is no longer waited for; the drive goes on by itself.
 *
 * @throws {MediumError} `MEDIUM_NOT_FORMATTABLE`; `MEDIUM_FORMAT_NOT_OFFERED` where the drive knows no such format
 * @throws {OperationError} once the drive has been told to format
 */
export function formatWholeMedium(drive: Drive, options: FormatWholeMediumOptions = {}): Promise<OperationReport> {
  return operate(
    drive,
    {
      name: 'Formatting',
      writesWholeMedium: options.full === true,
      check: medium => {
        // A BD-R takes a format only before anything has been recorded.
        checkOptions(medium, options)
        const formattable = CHOICES[medium.family] && (medium.family !== 'bd-r' || medium.isBlank)
        if (formattable) return
        throw new MediumError('MEDIUM_NOT_FORMATTABLE', `A ${medium.family} in this state cannot be formatted.`, {
          hint: 'DVD-RW, DVD+RW, DVD-RAM, BD-RE and blank BD-R can.',
          evidence: medium.evidence.filter(({ claim }) => claim === 'family' || claim === 'isBlank'),
        })
      },
      perform: job => formatMedium(job, CHOICES[job.medium.family]!(options), options.signal),
      complaint: (after, before) => {
        if (after.state === 'unformatted' || after.state === 'damaged') return `the medium is ${after.state}`
        const expected = familyOnceFormatted(before, options)
        return after.family === expected ? undefined : `the medium is a ${after.family}, not a ${expected}`
      },
    },
    options,
  )
}

function familyOnceFormatted({ family }: Medium, { pseudoOverwrite }: FormatWholeMediumOptions): MediumFamilyName {
  if (family === 'dvd-rw') return 'dvd-rw-ro'
  return pseudoOverwrite ? 'bd-r-pow' : family
}

/** An option that a medium does not know would be left out in silence, and the disc not be what was asked for. */
function checkOptions({ family }: Medium, { spare, pseudoOverwrite }: FormatWholeMediumOptions): void {
  const foreign =
    spare === false && family !== 'bd-re'
      ? 'without spare areas (only BD-RE; a BD-R that is not formatted at all has none)'
      : pseudoOverwrite && family !== 'bd-r'
        ? 'with pseudo-overwrite (only BD-R)'
        : undefined
  if (foreign === undefined) return
  throw new MediumError('MEDIUM_FORMAT_NOT_OFFERED', `A ${family} cannot be formatted ${foreign}.`, {
    hint: 'Leave the option out.',
  })
}

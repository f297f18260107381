import {
  type Fault,
  faultInjection,
  type ScsiRequest,
  type ScsiResponse,
  type Transport,
  TransportError,
} from '../../../../src/platform'
import type { VirtualDrive } from '../../../../src/virtual'
import { openDisc } from './recordings'

/** What a disturbed drive can reach. */
export interface Surroundings {
  readonly drive: VirtualDrive
  /** Path of a blank disc of the same kind. */
  readonly otherDisc: string
  /** Called at the moment at which the power is cut. */
  readonly cut: () => void
}

/** One thing that goes wrong with one command. */
export interface FaultKind {
  readonly title: string
  /** True where the recording reaches the drive no more afterwards. */
  readonly endsAll?: boolean
  /** True where what is looked at afterwards is the disc in another drive, or in the same one switched on again. */
  readonly endsDrive?: boolean
  /** The transport in which the command of this number (1 is the first) goes wrong. */
  disturb(number: number, surroundings: Surroundings): Transport
}

const sense = (title: string, key: number, asc: number, ascq: number): FaultKind => ({
  title,
  disturb: injected({ effect: { kind: 'sense', key, asc, ascq } }),
})

function injected(fault: Fault): FaultKind['disturb'] {
  return (number, { drive }) => faultInjection([{ ...fault, from: number }])(drive)
}

/** Does something at the moment at which a command of a number is about to be sent. */
function atCommand(
  number: number,
  drive: VirtualDrive,
  act: (request: ScsiRequest) => Promise<void> | void,
): Transport {
  let sent = 0
  return {
    address: drive.address,
    limits: drive.limits,
    close: () => drive.close(),
    execute: async (request): Promise<ScsiResponse> => {
      if (++sent >= number) await act(request)
      return drive.execute(request)
    },
  }
}

/** Nothing is sent any more; what the process, and where the power is cut the drive, had in its memory is lost. */
function ended(
  number: number,
  { drive }: Surroundings,
  what: string,
  atThatMoment: () => void = () => undefined,
): Transport {
  let isEnded = false
  return atCommand(number, drive, ({ cdb }) => {
    if (!isEnded) atThatMoment()
    isEnded = true
    throw new TransportError('TRANSPORT_DEVICE_GONE', what, { address: drive.address, cdb })
  })
}

const kill: FaultKind['disturb'] = (number, surroundings) => ended(number, surroundings, 'The process was killed.')

const cutPower: FaultKind['disturb'] = (number, surroundings) =>
  ended(number, surroundings, 'The power was cut.', surroundings.cut)

function swap(number: number, { drive, otherDisc }: Surroundings): Transport {
  let isSwapped = false
  return atCommand(number, drive, async () => {
    if (isSwapped) return
    isSwapped = true
    const other = await openDisc(otherDisc)
    const disc = other.exchange(undefined)
    await drive.exchange(disc)?.close()
  })
}

export const FAULTS: readonly FaultKind[] = [
  sense('3/0C/00', 3, 0x0c, 0x00),
  sense('4/44/00', 4, 0x44, 0x00),
  sense('5/2C/00', 5, 0x2c, 0x00),
  sense('2/04/08', 2, 0x04, 0x08),
  sense('B/00/00', 0xb, 0x00, 0x00),
  sense('6/28/00', 6, 0x28, 0x00),
  sense('6/29/00', 6, 0x29, 0x00),
  { title: 'timeout', disturb: injected({ effect: { kind: 'error', code: 'TRANSPORT_TIMEOUT' }, after: true }) },
  { title: 'transport', disturb: injected({ effect: { kind: 'error', code: 'TRANSPORT_FAILED' } }) },
  { title: 'swapped', endsDrive: true, disturb: swap },
  {
    title: 'gone',
    endsAll: true,
    endsDrive: true,
    disturb: injected({ effect: { kind: 'error', code: 'TRANSPORT_DEVICE_GONE' } }),
  },
  { title: 'killed', endsAll: true, disturb: kill },
  { title: 'power cut', endsAll: true, endsDrive: true, disturb: cutPower },
]

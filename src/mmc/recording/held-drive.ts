import { setTimeout as sleep } from 'node:timers/promises'
import { MediumError } from '../../errors'
import type { Encodable, Fields } from '../../layout'
import type { Answer, Command } from '../command'
import {
  modeSelect10,
  preventAllowMediumRemoval,
  requestSense,
  sendOpcInformation,
  setCdSpeed,
  setStreaming,
  startStopUnit,
  synchronizeCache,
  testUnitReady,
  write10,
  write12,
} from '../commands'
import { Drive, isBecomingReady, type SendOptions } from '../drive'
import { pollLongOperation } from '../long-operation'
import type { Medium } from '../medium-state'
import { ScsiError } from '../scsi-error'
import { presentMedium } from './present-medium'

const opcodes = (...commands: readonly { readonly opcode: number }[]) => new Set(commands.map(({ opcode }) => opcode))

/**
 * What concerns the drive, not the medium: sent whatever is in it, so that a drive can always be given back. Its buffer
 * holds nothing that belongs on another medium than the one for which it was sent.
 */
const OF_THE_DRIVE = opcodes(preventAllowMediumRemoval, setStreaming, setCdSpeed, startStopUnit, synchronizeCache)
/** What leaves no data on the medium and closes nothing. */
const WITHOUT_TRACE = opcodes(modeSelect10, sendOpcInformation)
/** Those that ask whether the drive is busy, and those that are repeated by a rule of their own. */
const NEVER_PUT_OFF = opcodes(testUnitReady, requestSense, write10, write12)
/** Unit attentions that tell of another medium, of a reset, or of other mode parameters: one cannot just go on. */
const DECISIVE_ATTENTIONS = [0x28, 0x29, 0x2a]
const ATTENTIONS_IN_A_ROW = 5
const PUT_OFF_LIMIT_MS = 200_000
const LONGEST_NAP_MS = 1000

/**
 * A drive for as long as one medium is worked on. Beside what {@link Drive} does:
 *
 * - nothing that writes is sent once the medium may be another one, or the drive has been reset;
 * - a command that the drive puts off (2/04/07 and its like) is repeated when the drive has finished what it is at;
 * - one that met a unit attention of no consequence is repeated.
 */
export class HeldDrive extends Drive {
  private heldGeneration: number | undefined
  private firstGeneration: number | undefined
  private touched = false
  private waits = true

  constructor(drive: Drive) {
    super(drive.transport, { access: drive.access })
    this.onMediumChange(() => drive.forgetMedium())
    this.onRecoveredError(error => drive.tellRecoveredError(error))
  }

  /** True once a command was sent that may have changed the medium. */
  get mayHaveChangedMedium(): boolean {
    return this.touched
  }

  /** True where another medium, or a reset, has been noticed since {@link hold}. */
  get hasLostMedium(): boolean {
    return this.heldGeneration !== undefined && this.heldGeneration !== this.mediumGeneration
  }

  /** True where another medium, or a reset, has been noticed at all, whether it was confirmed afterwards or not. */
  get hasBeenAnnouncedAnew(): boolean {
    return this.firstGeneration !== undefined && this.firstGeneration !== this.mediumGeneration
  }

  /** What the drive puts off is an error from now on. */
  stopWaiting(): void {
    this.waits = false
  }

  /** From now on it is this medium and no other. */
  hold(): void {
    this.firstGeneration ??= this.mediumGeneration
    this.heldGeneration = this.mediumGeneration
  }

  override async send<C extends Fields, R, D extends Fields>(
    command: Command<C, R, D>,
    parameters: Encodable<C> = {},
    options: SendOptions<D> = {},
  ): Promise<Answer<R>> {
    const began = Date.now()
    let attentions = 0
    for (let napMs = 0; ; napMs = Math.min(napMs * 2 + 5, LONGEST_NAP_MS)) {
      this.assertHeld(command)
      try {
        return await super.send(command, parameters, options)
      } catch (error) {
        if (!(error instanceof ScsiError) || error.sense?.deferred) throw error
        if (isPassingAttention(error) && ++attentions < ATTENTIONS_IN_A_ROW) continue
        const isPutOff = this.waits && isBecomingReady(error) && !NEVER_PUT_OFF.has(command.opcode)
        if (!isPutOff || Date.now() - began > PUT_OFF_LIMIT_MS) throw error
        const signal = options.signal ? { signal: options.signal } : {}
        await pollLongOperation(this, signal)
        // Some drives are ready before they are done: asked at once, they would put it off again and again.
        await sleep(napMs, undefined, signal)
      }
    }
  }

  private assertHeld({ name, access, opcode }: Pick<Command, 'name' | 'access' | 'opcode'>): void {
    if (access !== 'write' || OF_THE_DRIVE.has(opcode)) return
    if (this.hasLostMedium) {
      throw new MediumError(
        'MEDIUM_CHANGED',
        `The medium may have been changed, or the drive reset, while it was worked on: ${name} was not sent.`,
        { hint: 'See what is in the drive now, and begin anew.' },
      )
    }
    if (!WITHOUT_TRACE.has(opcode)) this.touched = true
  }
}

function isPassingAttention({ sense }: ScsiError): boolean {
  return sense?.key === 6 && !DECISIVE_ATTENTIONS.includes(sense.asc)
}

/**
 * Formatting and closing make some drives announce their medium anew. Where that has happened, the medium is looked at,
 * and held again if it is what it must be by now.
 *
 * @throws {MediumError} `MEDIUM_CHANGED` where it is not
 */
export async function confirmMedium(drive: Drive, isExpected: (medium: Medium) => boolean): Promise<void> {
  if (!(drive instanceof HeldDrive) || !drive.hasLostMedium) return
  const medium = await presentMedium(drive, {})
  if (isExpected(medium)) return drive.hold()
  throw new MediumError(
    'MEDIUM_CHANGED',
    `The medium was changed: there is another ${medium.family} in the drive now.`,
    {
      hint: 'Put in the one that was being worked on, and look at its state.',
      evidence: medium.evidence,
    },
  )
}

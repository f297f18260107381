import { randomInt } from 'node:crypto'
import { basicHeader, dataInPdu, NO_TAG, OPCODE, scsiResponsePdu } from '../pdu'
import { advance, precedes } from '../serial-number'
import type { RequestNumbers } from './requests'

/** The sequence numbers and tags of a session and its one connection (RFC 7143 4.2.2), on the initiator's side. */
export class CommandNumbers {
  private cmdSN = randomInt(0x7fffffff)
  private maxCmdSN = this.cmdSN
  private nextStatSN = 0
  private nextTag = 1
  private readonly waiting = new Set<() => void>()

  /** True while the target takes one more command. */
  get isOpen(): boolean {
    return !precedes(this.maxCmdSN, this.cmdSN)
  }

  get expStatSN(): number {
    return this.nextStatSN
  }

  /** The number of the next command, which is used up by that. */
  next(): number {
    const { cmdSN } = this
    this.cmdSN = advance(cmdSN)
    return cmdSN
  }

  /** A task tag that no request under way has. */
  tag(): number {
    const tag = this.nextTag
    this.nextTag = tag >= NO_TAG - 1 ? 1 : tag + 1
    return tag
  }

  /** What an immediate request bears: the number of the next command, without using it up. */
  immediate(initiatorTaskTag: number): RequestNumbers {
    return { initiatorTaskTag, cmdSN: this.cmdSN, expStatSN: this.nextStatSN }
  }

  /** Resolves when the window may have opened, or after that time. */
  wait(limitMs: number): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer)
        this.waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, Math.max(1, limitMs))
      this.waiting.add(wake)
    })
  }

  wake(): void {
    for (const wake of [...this.waiting]) wake()
  }

  /** Takes the numbers of a login response. */
  takeLogin(statSN: number, maxCmdSN: number): void {
    this.nextStatSN = advance(statSN)
    this.maxCmdSN = maxCmdSN
  }

  /** Takes the numbers of a PDU in full feature phase. */
  take(header: Uint8Array, opcode: number): void {
    const { statSN, maxCmdSN, expCmdSN } = scsiResponsePdu.decodeComplete(header)!
    const { statusPresent } = dataInPdu.decodeComplete(header)!
    const { initiatorTaskTag } = basicHeader.decodeComplete(header)!
    const shows = opcode === OPCODE.readyToTransfer || (opcode === OPCODE.nopIn && initiatorTaskTag === NO_TAG)
    const bearsStatus = !shows && (opcode !== OPCODE.dataIn || statusPresent)
    if (bearsStatus) this.nextStatSN = advance(statSN)
    // A window that would go back is an old one (RFC 7143 4.2.2.1).
    if (precedes(maxCmdSN, advance(expCmdSN, -1)) || !precedes(this.maxCmdSN, maxCmdSN)) return
    this.maxCmdSN = maxCmdSN
    this.wake()
  }
}

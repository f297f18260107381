import { advance, precedes } from '../serial-number'

/** Commands that a session may have under way at once. */
export const COMMAND_WINDOW = 128

/**
 * The sequence numbers of a session and its one connection (RFC 7143 4.2.2): which commands may come next, and the number
 * of each status.
 */
export class Sequence {
  expCmdSN: number
  private statSN: number
  /** Commands that take a place of the window. */
  private outstanding = 0

  constructor(cmdSN: number, statSN: number) {
    this.expCmdSN = cmdSN
    this.statSN = statSN
  }

  /** The last command number that the initiator may use. It never goes back: a place is freed only by an answer. */
  get maxCmdSN(): number {
    return advance(this.expCmdSN, COMMAND_WINDOW - this.outstanding - 1)
  }

  /** True for a number that may come, now or later. */
  isInWindow(cmdSN: number): boolean {
    return !precedes(cmdSN, this.expCmdSN) && !precedes(this.maxCmdSN, cmdSN)
  }

  /**
   * Judges the number of a PDU that is not immediate. On one connection commands come in order: a hole in the window can
   * never be filled.
   */
  admit(cmdSN: number): 'next' | 'outside' | 'hole' {
    if (!this.isInWindow(cmdSN)) return 'outside'
    if (cmdSN !== this.expCmdSN) return 'hole'
    this.expCmdSN = advance(cmdSN)
    return 'next'
  }

  occupy(): void {
    this.outstanding++
  }

  vacate(): void {
    this.outstanding--
  }

  /** The numbers of a PDU that carries status. */
  withStatus(): { statSN: number; expCmdSN: number; maxCmdSN: number } {
    const { statSN, expCmdSN, maxCmdSN } = this
    this.statSN = advance(statSN)
    return { statSN, expCmdSN, maxCmdSN }
  }

  /** The numbers of a PDU without status: the next StatSN is shown, not used. */
  withoutStatus(): { statSN: number; expCmdSN: number; maxCmdSN: number } {
    const { statSN, expCmdSN, maxCmdSN } = this
    return { statSN, expCmdSN, maxCmdSN }
  }
}

import { TransportError } from './transport'

/**
 * What every transport promises about order: commands run one at a time, in the order of the calls; closing waits for
 * the one under way, and those behind it fail with `TRANSPORT_CLOSED`.
 */
export class CommandQueue {
  private readonly address: string
  private last: Promise<unknown> = Promise.resolve()
  private closing: Promise<void> | undefined

  constructor(address: string) {
    this.address = address
  }

  /**
   * Runs a command when those before it have ended.
   *
   * @throws {TransportError} `TRANSPORT_CLOSED` where {@link close} was called before it could begin
   */
  run<T>(command: () => Promise<T>): Promise<T> {
    const result = this.last.then(() => {
      if (!this.closing) return command()
      throw new TransportError('TRANSPORT_CLOSED', `${this.address} has been closed.`, {
        address: this.address,
        hint: 'Open the drive again.',
      })
    })
    this.last = result.catch(() => undefined)
    return result
  }

  /** Waits for the command under way, then gives the device free; called again, it is the same closing. */
  close(release: () => Promise<void>): Promise<void> {
    this.closing ??= this.last.then(release)
    return this.closing
  }
}

/** A stream in portions of known length, one after the other. */
export class Portions {
  private readonly source: AsyncIterator<Uint8Array>
  private rest: Uint8Array = new Uint8Array()

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]()
  }

  /**
   * The next bytes. It must be read to its end before the next portion is begun.
   *
   * @throws {RangeError} where the stream ends before
   */
  async *next(bytes: number): AsyncGenerator<Uint8Array> {
    for (let left = bytes; left > 0; ) {
      if (this.rest.length === 0) {
        const { done, value } = await this.source.next()
        if (done) throw new RangeError(`The tracks ended ${left} bytes before the end that was announced.`)
        this.rest = value
      }
      const part = this.rest.subarray(0, left)
      this.rest = this.rest.subarray(part.length)
      left -= part.length
      if (part.length > 0) yield part
    }
  }

  /** Passes over the next bytes. */
  async skip(bytes: number): Promise<void> {
    let left = bytes
    for await (const part of this.next(bytes)) left -= part.length
    if (left !== 0) throw new RangeError(`${left} bytes could not be passed over.`)
  }

  /** Lets the source clean up. */
  async stop(): Promise<void> {
    await this.source.return?.()
  }
}

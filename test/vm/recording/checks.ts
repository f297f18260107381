/** Counts what held, and prints a line for each check. */
export class Checks {
  private passed = 0
  private failed = 0
  private readonly print: (line: string) => void

  constructor(print: (line: string) => void) {
    this.print = print
  }

  /**
   * One check.
   *
   * @param prove  throws where it does not hold; gives a word of what was seen
   * @returns whether it held
   */
  async that(words: string, prove: () => Promise<string>): Promise<boolean> {
    const began = Date.now()
    try {
      const seen = await prove()
      this.passed++
      this.print(`ok: ${words} (${seen}${seen && ', '}${Math.round((Date.now() - began) / 100) / 10} s)`)
      return true
    } catch (error) {
      this.failed++
      this.print(`FAILED: ${words}: ${(error as Error).message}`)
      return false
    }
  }

  /** The line that `../run` looks for. */
  count(): string {
    return `${this.passed} passed, ${this.failed} failed`
  }
}

/** Warnings kept; a damaged disc could give one for each of its records. */
const MAXIMUM_WARNINGS = 200

/** What was found wrong while reading, each said once. */
export class ReadingWarnings {
  readonly list: string[] = []
  private readonly said = new Set<string>()

  add(warning: string): void {
    if (this.list.length > MAXIMUM_WARNINGS || this.said.has(warning)) return
    this.said.add(warning)
    this.list.push(this.list.length === MAXIMUM_WARNINGS ? 'There is more of this kind, which is not listed.' : warning)
  }
}

const LIMIT = 200

/** What was wrong with a volume and how it was read all the same; a disc full of faults does not fill the memory. */
export class Warnings {
  readonly list: string[] = []
  private readonly seen = new Set<string>()

  add(message: string): void {
    if (this.list.length > LIMIT || this.seen.has(message)) return
    this.seen.add(message)
    this.list.push(this.list.length < LIMIT ? message : 'there is more that is wrong with this volume')
  }
}

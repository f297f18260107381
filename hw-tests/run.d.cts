/** Runs the suite; resolves to the exit code. */
export function main(
  words: readonly string[],
  environment?: {
    library?: object
    out?: { write(text: string): unknown }
    err?: { write(text: string): unknown }
    ask?: (question: string) => Promise<string>
  },
): Promise<number>

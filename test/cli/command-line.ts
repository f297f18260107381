import { PassThrough } from 'node:stream'
import { run } from '../../src/cli/main'

/** What a command line printed, and its exit code. */
export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. */
export const scsiMmc = (...words: string[]): Promise<Outcome> => scsiMmcWatched(() => undefined, ...words)

/** Runs a command line in this process, and shows what it prints on standard output at once. */
export async function scsiMmcWatched(watch: (text: string) => void, ...words: string[]): Promise<Outcome> {
  const [stdout, stderr] = [collector(watch), collector(() => undefined)]
  const exitCode = await run(words, stdout.stream, stderr.stream)
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

/** Runs a command line with --json and parses the one document that it must print. */
export async function scsiMmcJson(...words: string[]) {
  const { exitCode, stdout, stderr } = await scsiMmc(...words, '--json')
  return { exitCode, document: JSON.parse(stdout), stderr }
}

function collector(watch: (text: string) => void) {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', chunk => {
    text += chunk
    watch(`${chunk}`)
  })
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text }
}

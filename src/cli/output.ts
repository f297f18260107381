import { setImmediate } from 'node:timers/promises'

/** What became of a stream that the command prints on. */
export interface Output {
  /** The first error of the stream that is not its reader's leaving (EPIPE), once what was printed has been written. */
  failure(): Promise<Error | undefined>
}

/**
 * Keeps a stream that has no reader or no room any more from ending the process: a program that reads our progress and
 * goes away must not break a recording off.
 */
export function lasting(stream: NodeJS.WriteStream): Output {
  let failed: NodeJS.ErrnoException | undefined
  // It stays: a pipe may tell of its end after the command has ended.
  if (stream.listenerCount('error') === 0) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      failed ??= error
    })
  }
  return {
    failure: async () => {
      // Streams tell of errors a turn later.
      await setImmediate()
      return failed?.code === 'EPIPE' ? undefined : failed
    },
  }
}

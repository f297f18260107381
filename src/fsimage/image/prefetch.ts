/** Runs ahead of its reader: up to `depth` values are made while the reader is busy with the last one. */
export async function* prefetch<T>(values: AsyncIterable<T>, depth: number): AsyncGenerator<T> {
  const iterator = values[Symbol.asyncIterator]()
  const waiting: Promise<IteratorResult<T>>[] = []
  const ask = () => {
    const next = iterator.next()
    // Its reader meets the error in its turn; until then it is not unhandled.
    next.catch(() => {})
    waiting.push(next)
  }
  try {
    for (let index = 0; index < depth; index++) ask()
    for (;;) {
      const next = await waiting.shift()!
      if (next.done) return
      ask()
      yield next.value
    }
  } finally {
    await Promise.allSettled(waiting)
    await iterator.return?.()
  }
}

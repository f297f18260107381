/** A progress bar on a terminal; nothing elsewhere. */
export interface ProgressBar {
  readonly update: (done: number) => void
  readonly stop: () => void
}

const BLOCK_BYTES = 2048
const INTERVAL_MS = 100

/**
 * A bar that counts blocks of 2048 bytes, with speed and time left.
 *
 * @param label  what is being done
 * @param total  blocks
 */
export async function progressBar(stream: NodeJS.WriteStream, label: string, total: number): Promise<ProgressBar> {
  if (!stream.isTTY) return { update: () => {}, stop: () => {} }
  const { Presets, SingleBar } = await import('cli-progress')
  const bar = new SingleBar(
    {
      stream,
      format: `${label} {bar} {percentage} %  {speed}  {eta_formatted} left`,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  )
  const started = Date.now()
  let told = 0
  bar.start(total, 0, { speed: '' })
  return {
    update: done => {
      const now = Date.now()
      if (now - told < INTERVAL_MS && done < total) return
      told = now
      const megabytesPerSecond = (done * BLOCK_BYTES) / 1000 / Math.max(1, now - started)
      bar.update(done, { speed: `${megabytesPerSecond.toFixed(1)} MB/s` })
    },
    stop: () => bar.stop(),
  }
}

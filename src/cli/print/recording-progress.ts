import type { SingleBar } from 'cli-progress'
import type { RecordingPhase, RecordingProgress } from '../../mmc'
import type { CommonOptions, Invocation } from '../invocation'
import { size } from './table'

/** Shows how a recording goes: bars on a terminal, lines elsewhere, events for programs. */
export interface RecordingView {
  readonly onProgress: (progress: RecordingProgress) => void
  /** Takes the bars away. */
  readonly stop: () => void
}

/** The options of commands that record. */
export interface RecordingViewOptions extends CommonOptions {
  readonly jsonStream?: boolean
}

const GRAPH = '▁▂▃▄▅▆▇█'
const GRAPH_WIDTH = 24
const LINE_INTERVAL_MS = 10_000

const PHASES: Readonly<Record<RecordingPhase, string>> = {
  checking: 'checking the medium',
  preparing: 'preparing',
  calibrating: 'calibrating the laser',
  formatting: 'formatting',
  writing: 'writing',
  synchronizing: 'emptying the drive’s buffer',
  closing: 'closing',
  blanking: 'blanking',
  verifying: 'verifying',
}

/** The view that suits the options and the terminal. */
export async function recordingView(invocation: Invocation, options: RecordingViewOptions): Promise<RecordingView> {
  if (options.jsonStream) {
    return { onProgress: progress => invocation.printJsonLine({ event: 'progress', ...progress }), stop: () => {} }
  }
  if (options.json || !invocation.stderr.isTTY) return lines(invocation, options.json === true)
  return bars(invocation.stderr)
}

/** One line a phase, and now and then one while it lasts; nothing where a document is wanted. */
function lines(invocation: Invocation, silent: boolean): RecordingView {
  let phase: RecordingPhase | undefined
  let told = 0
  const onProgress = (progress: RecordingProgress) => {
    if (silent || (progress.phase === phase && Date.now() - told < LINE_INTERVAL_MS)) return
    phase = progress.phase
    told = Date.now()
    invocation.note(`${PHASES[phase]}${detail(progress)}`)
  }
  return { onProgress, stop: () => {} }
}

function detail({ phase, blocksWritten, totalBlocks, speedKBps, operationProgress }: RecordingProgress): string {
  if (operationProgress !== null) return `: ${Math.round(operationProgress * 100)} %`
  if ((phase !== 'writing' && phase !== 'verifying') || totalBlocks === 0 || blocksWritten === 0) return ''
  const share = Math.floor((blocksWritten / totalBlocks) * 100)
  return `: ${share} %, ${size(blocksWritten)} of ${size(totalBlocks)}, ${(speedKBps / 1000).toFixed(1)} MB/s`
}

async function bars(stream: NodeJS.WriteStream): Promise<RecordingView> {
  const { MultiBar, Presets } = await import('cli-progress')
  const multi = new MultiBar(
    { stream, hideCursor: true, clearOnComplete: true, format: '{label} {bar} {percentage} %  {text}', barsize: 32 },
    Presets.shades_classic,
  )
  const bar = (label: string) => multi.create(100, 0, { label: label.padEnd(28), text: '' })
  const main = bar(PHASES.checking)
  let own: SingleBar | undefined
  let drive: SingleBar | undefined
  const speeds: number[] = []
  const onProgress = (progress: RecordingProgress) => {
    const { phase, blocksWritten, totalBlocks, operationProgress, bufferFill, driveBufferFill } = progress
    const share = operationProgress ?? (totalBlocks > 0 ? blocksWritten / totalBlocks : 0)
    if (phase === 'writing' || phase === 'verifying') speeds.push(progress.speedKBps)
    main.update(Math.min(100, share * 100), { label: PHASES[phase].padEnd(28), text: numbers(progress, speeds) })
    if (phase !== 'writing') return
    own ??= bar('  buffer')
    own.update(bufferFill * 100)
    if (driveBufferFill === null) return
    drive ??= bar('  the drive’s buffer')
    drive.update(driveBufferFill * 100)
  }
  return { onProgress, stop: () => multi.stop() }
}

function numbers({ phase, speedKBps, secondsLeft, underruns }: RecordingProgress, speeds: readonly number[]): string {
  if (phase !== 'writing' && phase !== 'verifying') return ''
  const left = secondsLeft === null ? '' : `  ${clock(secondsLeft)} left`
  const waited = underruns > 0 ? `  ${underruns} underruns` : ''
  return `${(speedKBps / 1000).toFixed(1)} MB/s ${graph(speeds)}${left}${waited}`
}

/** The last speeds as a row of columns, the highest one full. */
function graph(speeds: readonly number[]): string {
  const shown = speeds.slice(-GRAPH_WIDTH)
  const most = Math.max(...shown, 1)
  return shown.map(speed => GRAPH[Math.min(GRAPH.length - 1, Math.floor((speed / most) * GRAPH.length))]).join('')
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${`${whole % 60}`.padStart(2, '0')}`
}

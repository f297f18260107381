import type { MultiBar, SingleBar } from 'cli-progress'
import type { RecordingPhase, RecordingProgress } from '../../mmc'
import type { CommonOptions, Invocation } from '../invocation'
import { size } from './figures'

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
const BAR_WIDTH = 24
const LABEL_WIDTH = 28
const FULL = '█'
const EMPTY = '░'
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

function detail(progress: RecordingProgress): string {
  const { phase, blocksWritten, totalBlocks, speedKBps, operationProgress, secondsLeft } = progress
  if (operationProgress !== null) {
    const left = secondsLeft === null ? '' : `, about ${clock(secondsLeft)} left`
    return `: ${Math.round(operationProgress * 100)} %${left}`
  }
  if ((phase !== 'writing' && phase !== 'verifying') || totalBlocks === 0 || blocksWritten === 0) return ''
  const share = Math.floor((blocksWritten / totalBlocks) * 100)
  return `: ${share} %, ${size(blocksWritten)} of ${size(totalBlocks)}, ${(speedKBps / 1000).toFixed(1)} MB/s`
}

/** The bars appear with the first that is told, so that questions come before them. */
async function bars(stream: NodeJS.WriteStream): Promise<RecordingView> {
  const { MultiBar, Presets } = await import('cli-progress')
  let multi: MultiBar | undefined
  let main: SingleBar | undefined
  let whileWriting: { readonly own: SingleBar; readonly drive: SingleBar; readonly speed: SingleBar } | undefined
  const speeds: number[] = []
  const bar = (label: string, options?: { format: string }) =>
    multi!.create(100, 0, { label: label.padEnd(LABEL_WIDTH), text: '' }, options)
  const onProgress = (progress: RecordingProgress) => {
    const { phase, blocksWritten, totalBlocks, operationProgress, bufferFill, driveBufferFill } = progress
    multi ??= new MultiBar(
      {
        stream,
        hideCursor: true,
        clearOnComplete: true,
        format: '{label} {bar} {percentage} %  {text}',
        barsize: BAR_WIDTH,
      },
      Presets.shades_classic,
    )
    main ??= bar(PHASES.checking)
    const share = operationProgress ?? (totalBlocks > 0 ? blocksWritten / totalBlocks : 0)
    main.update(Math.min(100, share * 100), { label: PHASES[phase].padEnd(LABEL_WIDTH), text: timeLeft(progress) })
    if (phase === 'writing') {
      whileWriting ??= {
        own: bar('  buffer'),
        drive: bar('  the drive’s buffer', { format: '{label} {text}' }),
        speed: bar('  speed', { format: '{label} {text}' }),
      }
      whileWriting.own.update(bufferFill * 100)
      whileWriting.drive.update(0, { text: fillOf(driveBufferFill) })
      if (progress.speedKBps > 0) speeds.push(progress.speedKBps)
      whileWriting.speed.update(0, { text: numbers(progress, speeds) })
    } else if (phase === 'verifying' && whileWriting) {
      for (const each of Object.values(whileWriting)) multi.remove(each)
      whileWriting = undefined
      speeds.length = 0
    }
  }
  return { onProgress, stop: () => multi?.stop() }
}

/** A bar like the others, as long as the drive says how full its buffer is. */
function fillOf(share: number | null): string {
  if (share === null) return 'the drive does not say'
  const full = Math.round(share * BAR_WIDTH)
  return `${FULL.repeat(full)}${EMPTY.repeat(BAR_WIDTH - full)} ${Math.round(share * 100)} %`
}

const timeLeft = ({ secondsLeft, phase, speedKBps }: RecordingProgress) =>
  [
    phase === 'verifying' && speedKBps > 0 ? `${megabytes(speedKBps)}` : '',
    secondsLeft === null ? '' : `${clock(secondsLeft)} left`,
  ]
    .filter(part => part !== '')
    .join('  ')

function numbers({ speedKBps, underruns }: RecordingProgress, speeds: readonly number[]): string {
  const waited = underruns > 0 ? `  ${underruns} underruns` : ''
  return `${graph(speeds).padEnd(BAR_WIDTH)} ${megabytes(speedKBps)}${waited}`
}

const megabytes = (kBps: number) => `${(kBps / 1000).toFixed(1)} MB/s`

/** The last speeds as a row of columns, the highest one full. */
function graph(speeds: readonly number[]): string {
  const shown = speeds.slice(-BAR_WIDTH)
  const most = Math.max(...shown, 1)
  return shown.map(speed => GRAPH[Math.min(GRAPH.length - 1, Math.floor((speed / most) * GRAPH.length))]).join('')
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${`${whole % 60}`.padStart(2, '0')}`
}

import { MediumError } from '../errors'
import type { DriveSpeeds } from '../mmc'
import type { OpticalDrive } from '../optical-drive'
import { type CliCommand, type CommonOptions, openCliDrive } from './invocation'
import { type SpeedWish, speedWish } from './numbers'
import { driveJson, driveLine } from './print/drive'
import { style } from './print/style'
import { pairs, table } from './print/table'

interface SpeedOptions extends CommonOptions {
  readonly read?: SpeedWish
  readonly write?: SpeedWish
  readonly restore?: boolean
}

/** `speed`: what speeds the drive has for the medium, and which one it takes. */
export const speed: CliCommand = (program, invocation) => {
  program
    .command('speed')
    .description('shows the speeds that the drive has for the medium, or asks for others')
    .argument('<drive>', 'drive address')
    .option('--read <speed>', 'reading speed: kB/s of 1000, or 8x', speedWish)
    .option('--write <speed>', 'writing speed: kB/s of 1000, or 8x', speedWish)
    .option('--restore', 'go back to the drive’s own speeds')
    .action(async (address: string, options: SpeedOptions) => {
      const { driveSpeeds, setSpeed } = await import('../mmc')
      const changes = options.read !== undefined || options.write !== undefined || options.restore === true
      await using drive = await openCliDrive(address, options, changes ? 'write' : 'read')
      const { signal } = invocation
      const speeds = changes
        ? await setSpeed(drive, {
            signal,
            ...(options.read && { readSpeedKBps: await inKBps(options.read, drive) }),
            ...(options.write && { writeSpeedKBps: await inKBps(options.write, drive) }),
          })
        : await driveSpeeds(drive, { signal })
      const identity = await driveJson(drive)
      if (options.json) return invocation.printJson({ drive: identity, ...speeds })
      invocation.print(`${driveLine(identity, style(invocation.stdout))}\n\n${report(speeds)}`)
    })
}

/** A speed in kB/s of 1000: what 8x is depends on the medium. */
export async function inKBps(wish: SpeedWish, drive: OpticalDrive): Promise<number> {
  if ('speedKBps' in wish) return wish.speedKBps
  const { timesSingleSpeed } = await import('../mmc')
  const medium = await drive.readMedium()
  const speedKBps = medium && timesSingleSpeed(wish.speedTimes, medium.family)
  if (speedKBps) return speedKBps
  throw new MediumError(
    'MEDIUM_NOT_PRESENT',
    'Without a medium that is known, nobody knows what its single speed is.',
    {
      hint: 'Load one, or give the speed in kB/s.',
    },
  )
}

function report({ steps, currentReadSpeedKBps, currentWriteSpeedKBps }: DriveSpeeds): string {
  const current = (kBps: number | null) => (kBps === null ? 'the drive does not say' : `${kBps} kB/s`)
  const now = pairs([
    ['reading at most at', current(currentReadSpeedKBps)],
    ['writing at most at', current(currentWriteSpeedKBps)],
  ])
  if (steps.length === 0) return `${now}\n\n  The drive offers no writing speeds for this medium.`
  const rows = steps.map(step => [step.writeSpeedKBps, step.readSpeedKBps ?? null, step.rotation])
  return `${now}\n\n${table(['writing kB/s', 'reading kB/s', 'rotation'], rows)}`
}

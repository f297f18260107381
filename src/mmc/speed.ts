import { getWriteSpeeds, modeSense10, OPTIMUM_SPEED, setCdSpeed, setStreaming } from './commands'
import type { Drive } from './drive'
import { capabilitiesPage, modePageBytes } from './mode-pages'
import { ScsiError } from './scsi-error'
import { unlessRefused } from './unless-refused'

/** One step of a drive's speeds for the medium in it; kB/s of 1000 bytes. */
export interface SpeedStep {
  readonly writeSpeedKBps: number
  /** The reading speed that goes with it, where the drive tells. */
  readonly readSpeedKBps?: number
  readonly rotation: 'clv' | 'cav' | 'other'
}

/** The speeds of a drive for the medium in it, as it tells them; kB/s of 1000 bytes. */
export interface DriveSpeeds {
  /** The fastest first. */
  readonly steps: readonly SpeedStep[]
  readonly currentReadSpeedKBps: number | null
  readonly currentWriteSpeedKBps: number | null
}

/** What {@link setSpeed} asks for. */
export interface SpeedRequest {
  /** kB/s of 1000 bytes; the fastest unless given. */
  readonly readSpeedKBps?: number
  /** kB/s of 1000 bytes; the fastest unless given. */
  readonly writeSpeedKBps?: number
  readonly signal?: AbortSignal
}

const CAPABILITIES_PAGE = 0x2a
const HEADER_BYTES = 8
const DESCRIPTOR_BYTES = 16
/** More than any drive has; what a drive announces beyond it is not believed. */
const MOST_DESCRIPTORS = 64
const LAST_BLOCK = 0xffffffff
const SECOND_MS = 1000
/** Drives round down what SET CD SPEED asks for. */
const ROUNDING_KBPS = 5

/** The speeds of a drive: GET PERFORMANCE type 03h, or mode page 2Ah where that has none. */
export async function driveSpeeds(drive: Drive, options: { signal?: AbortSignal } = {}): Promise<DriveSpeeds> {
  const page = await capabilities(drive, options)
  const steps = (await stepsByPerformance(drive, options)) ?? stepsByPage(page)
  return {
    steps: steps.toSorted((a, b) => b.writeSpeedKBps - a.writeSpeedKBps),
    currentReadSpeedKBps: page?.currentReadSpeedKBps || null,
    currentWriteSpeedKBps: page?.currentWriteSpeedKBps || page?.currentWriteSpeedObsoleteKBps || null,
  }
}

async function stepsByPerformance(drive: Drive, options: { signal?: AbortSignal }): Promise<SpeedStep[] | undefined> {
  const ask = (maximumNumberOfDescriptors: number) =>
    drive.send(getWriteSpeeds, { maximumNumberOfDescriptors }, options)
  const first = await unlessRefused(ask(1))
  const count = Math.floor(((first?.performanceDataLength ?? 0) + 4 - HEADER_BYTES) / DESCRIPTOR_BYTES)
  if (count < 1) return undefined
  const all = count === 1 ? first : await unlessRefused(ask(Math.min(count, MOST_DESCRIPTORS)))
  const steps = (all?.descriptors ?? []).flatMap(each =>
    each.writeSpeedKBps
      ? [
          {
            writeSpeedKBps: each.writeSpeedKBps,
            ...(each.readSpeedKBps ? { readSpeedKBps: each.readSpeedKBps } : {}),
            rotation: rotationOf(each.writeRotationControl),
          },
        ]
      : [],
  )
  return steps.length > 0 ? steps : undefined
}

function rotationOf(control: string | number | undefined): SpeedStep['rotation'] {
  if (control === 'clv') return 'clv'
  return control === 'cav' ? 'cav' : 'other'
}

type Capabilities = ReturnType<typeof capabilitiesPage.layout.decode>

function stepsByPage(page: Capabilities | undefined): SpeedStep[] {
  const listed = page?.writeSpeedPerformanceDescriptors?.flatMap(each =>
    each.writeSpeedKBps ? [{ writeSpeedKBps: each.writeSpeedKBps, rotation: rotationOf(each.rotationControl) }] : [],
  )
  if (listed && listed.length > 0) return listed
  return page?.maximumWriteSpeedKBps ? [{ writeSpeedKBps: page.maximumWriteSpeedKBps, rotation: 'other' }] : []
}

async function capabilities(drive: Drive, options: { signal?: AbortSignal }): Promise<Capabilities | undefined> {
  const parameters = { disableBlockDescriptors: true, pageCode: CAPABILITIES_PAGE }
  const reply = await unlessRefused(drive.send(modeSense10, parameters, options))
  const bytes = reply && modePageBytes(reply).find(page => (page[0]! & 0x3f) === CAPABILITIES_PAGE)
  return bytes && capabilitiesPage.layout.decode(bytes)
}

/**
 * Asks for speeds; the drive takes the nearest that it has, and keeps them when the medium changes.
 *
 * @returns what the drive says of its speeds afterwards
 * @throws {ScsiError} where the drive knows neither SET STREAMING nor SET CD SPEED
 * @throws {UsageError} `USAGE_READ_ONLY` where the drive was opened for reading
 */
export async function setSpeed(drive: Drive, request: SpeedRequest): Promise<DriveSpeeds> {
  const { readSpeedKBps, writeSpeedKBps } = request
  const sending = request.signal ? { signal: request.signal } : {}
  const data =
    readSpeedKBps === undefined && writeSpeedKBps === undefined
      ? { restoreDefaults: true }
      : {
          endLba: LAST_BLOCK,
          readSize: readSpeedKBps ?? OPTIMUM_SPEED,
          readTimeMs: SECOND_MS,
          writeSize: writeSpeedKBps ?? OPTIMUM_SPEED,
          writeTimeMs: SECOND_MS,
        }
  try {
    await drive.send(setStreaming, {}, { data, ...sending })
  } catch (error) {
    if (!(error instanceof ScsiError) || error.sense?.key !== 5) throw error
    const parameters = { readSpeedKBps: forCdSpeed(readSpeedKBps), writeSpeedKBps: forCdSpeed(writeSpeedKBps) }
    await drive.send(setCdSpeed, parameters, sending)
  }
  return driveSpeeds(drive, sending)
}

function forCdSpeed(speedKBps: number | undefined): number {
  return speedKBps === undefined ? OPTIMUM_SPEED : Math.min(speedKBps + ROUNDING_KBPS, OPTIMUM_SPEED - 1)
}

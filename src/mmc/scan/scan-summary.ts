import type { ScannedZone } from './scan-medium'
import { joined, type UnreadableBlocks } from './unreadable-blocks'

/** What all zones of a scan say together. */
export interface ScanSummary {
  readonly scannedBlocks: number
  readonly seconds: number
  /** kB/s of 1000 bytes. */
  readonly averageSpeedKBps: number
  readonly slowestSpeedKBps: number
  readonly fastestSpeedKBps: number
  /** The slowest command of all, milliseconds. */
  readonly slowestMs: number
  /** Blocks that cannot be read, those that linking left unreadable not counted. */
  readonly unreadableBlocks: number
  /** In order, those next to each other put together. */
  readonly unreadable: readonly UnreadableBlocks[]
  readonly c2Errors: number | null
}

/** Sums up zones in the order in which `scanMedium` gave them. */
export function summarizeScan(zones: readonly ScannedZone[]): ScanSummary {
  const sum = (value: (zone: ScannedZone) => number) => zones.reduce((total, zone) => total + value(zone), 0)
  const most = (value: (zone: ScannedZone) => number) => zones.reduce((found, zone) => Math.max(found, value(zone)), 0)
  const seconds = sum(zone => zone.seconds)
  // What linking left unreadable says nothing of the drive's speed.
  const speeds = zones.filter(hasReadable).map(zone => zone.speedKBps)
  const unreadable = joined(zones.flatMap(zone => zone.unreadable))
  const telling = zones.filter(({ c2Errors }) => c2Errors !== null)
  return {
    scannedBlocks: sum(zone => zone.blocks),
    seconds,
    averageSpeedKBps: seconds === 0 ? 0 : sum(zone => zone.speedKBps * zone.seconds) / seconds,
    slowestSpeedKBps: speeds.length === 0 ? 0 : speeds.reduce((least, speed) => Math.min(least, speed)),
    fastestSpeedKBps: most(zone => zone.speedKBps),
    slowestMs: most(zone => zone.slowestMs),
    unreadableBlocks: unreadable.reduce((total, range) => total + (range.isRunOut ? 0 : range.blocks), 0),
    unreadable,
    c2Errors: telling.length === 0 ? null : sum(zone => zone.c2Errors ?? 0),
  }
}

function hasReadable({ blocks, unreadable }: ScannedZone): boolean {
  return unreadable.reduce((left, range) => left - (range.isRunOut ? range.blocks : 0), blocks) > 0
}

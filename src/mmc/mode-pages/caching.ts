import { bits, flag, u8, u16 } from '../../layout'
import { modePage } from './mode-page'

/** Caching (08h). */
export const cachingPage = modePage(0x08, 'Caching', 'MMC-6 7.6', 12, {
  writeCacheEnable: flag(2, 2).named('WCE'),
  readCacheDisable: flag(2, 0).named('RCD'),
  demandReadRetentionPriority: bits(3, 7, 4),
  writeRetentionPriority: bits(3, 3, 0),
  disablePrefetchTransferLength: u16(4),
  minimumPrefetch: u16(6),
  maximumPrefetch: u16(8),
  maximumPrefetchCeiling: u16(10),
  numberOfCacheSegments: u8(13),
})

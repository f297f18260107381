import { bits, flag, u8, u24 } from '../../layout'
import { modePage } from './mode-page'

/** Read/Write Error Recovery (01h): how hard the drive tries. */
export const readWriteErrorRecoveryPage = modePage(0x01, 'Read/Write Error Recovery', 'MMC-6 7.3', 12, {
  automaticWriteReallocation: flag(2, 7).named('AWRE'),
  automaticReadReallocation: flag(2, 6).named('ARRE'),
  transferBlock: flag(2, 5).named('TB'),
  readContinuous: flag(2, 4).named('RC'),
  postError: flag(2, 2).named('PER'),
  disableTransferOnError: flag(2, 1).named('DTE'),
  disableCorrection: flag(2, 0).named('DCR'),
  readRetryCount: u8(3),
  enhancedMediaCertificationAndDefectReporting: bits(7, 1, 0).named('EMCDR'),
  writeRetryCount: u8(8),
  errorReportingWindowSize: u24(9),
})

/** Verify Error Recovery (07h): how hard the drive tries at VERIFY. */
export const verifyErrorRecoveryPage = modePage(0x07, 'Verify Error Recovery', 'SBC-3 6.4.9', 12, {
  enableEarlyRecovery: flag(2, 3).named('EER'),
  postError: flag(2, 2).named('PER'),
  disableTransferOnError: flag(2, 1).named('DTE'),
  disableCorrection: flag(2, 0).named('DCR'),
  verifyRetryCount: u8(3),
})

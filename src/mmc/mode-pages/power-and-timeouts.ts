import { bits, flag, u16, u32 } from '../../layout'
import { modePage } from './mode-page'

/** Protocol Specific Logical Unit (18h). */
export const protocolSpecificLogicalUnitPage = modePage(0x18, 'Protocol Specific Logical Unit', 'SPC-4 7.5.15', 4, {
  protocolIdentifier: bits(2, 3, 0),
})

/** Power Condition (1Ah); timers in units of 100 ms. */
export const powerConditionPage = modePage(0x1a, 'Power Condition', 'MMC-6 7.8', 12, {
  idle: flag(3, 1),
  standby: flag(3, 0),
  idleTimer: u32(4).named('Idle Condition Timer'),
  standbyTimer: u32(8).named('Standby Condition Timer'),
})

/** Informational Exceptions Control (1Ch), which MMC calls Fault/Failure Reporting; the timer in units of 100 ms. */
export const informationalExceptionsControlPage = modePage(0x1c, 'Informational Exceptions Control', 'MMC-6 7.9', 12, {
  performance: flag(2, 7).named('PERF'),
  enableWarning: flag(2, 4).named('EWASC'),
  disableExceptionControl: flag(2, 3).named('DEXCPT'),
  test: flag(2, 2),
  logErrors: flag(2, 0).named('LOGERR'),
  methodOfReportingInformationalExceptions: bits(3, 3, 0).named('MRIE'),
  intervalTimer: u32(4),
  reportCount: u32(8),
})

/** Timeout and Protect (1Dh); the minimum timeouts of Group 1 and 2 in seconds. */
export const timeoutAndProtectPage = modePage(0x1d, 'Timeout and Protect', 'MMC-6 7.10', 10, {
  group3TimeoutEnabled: flag(4, 3).named('G3Enable'),
  timeoutMode: flag(4, 2).named('TMOE'),
  disableUnitOperation: flag(4, 1).named('DISP'),
  softwareWriteProtect: flag(4, 0).named('SWPP'),
  group1MinimumTimeout: u16(6),
  group2MinimumTimeout: u16(8),
})

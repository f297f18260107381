/**
 * Talks to optical drives directly, in raw SCSI/MMC commands. Importing it has no side effect: native code is loaded
 * when a real drive is opened.
 *
 * @packageDocumentation
 */
export {
  type AppendOptions,
  append,
  type BurnOptions,
  type BurnReport,
  burn,
  burnCopies,
  type CopyOutcome,
} from './burn'
export * from './cue-sheet'
export * from './disc-session'
export * from './errors'
export * from './fsimage'
export * from './layout'
export * from './mmc'
export * from './open-disc-or-image'
export * from './open-drive'
export * from './optical-drive'
export * from './platform'
export * from './platforms'
export * from './verify-disc'
export * from './virtual'

import { cdAudioControlPage, cdDeviceParametersPage } from './audio'
import { cachingPage } from './caching'
import { capabilitiesPage } from './capabilities'
import { readWriteErrorRecoveryPage, verifyErrorRecoveryPage } from './error-recovery'
import type { ModePage } from './mode-page'
import { mrwPage } from './mrw'
import {
  informationalExceptionsControlPage,
  powerConditionPage,
  protocolSpecificLogicalUnitPage,
  timeoutAndProtectPage,
} from './power-and-timeouts'
import { writeParametersPage } from './write-parameters'

/** All mode pages that optical drives have, by code. */
// biome-ignore lint/suspicious/noExplicitAny: a list of pages of every shape
export const MODE_PAGES: readonly ModePage<any>[] = [
  readWriteErrorRecoveryPage,
  mrwPage,
  writeParametersPage,
  verifyErrorRecoveryPage,
  cachingPage,
  cdDeviceParametersPage,
  cdAudioControlPage,
  protocolSpecificLogicalUnitPage,
  powerConditionPage,
  informationalExceptionsControlPage,
  timeoutAndProtectPage,
  capabilitiesPage,
]

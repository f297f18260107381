import { MediumError, UsageError } from '../../../errors'
import {
  closeTrackSession,
  getConfiguration,
  INVISIBLE_TRACK,
  readAtip,
  readTrackInformation,
  sendCueSheet,
  write10,
} from '../../commands'
import type { Drive } from '../../drive'
import { cdMasteringFeature } from '../../features'
import { findFeature } from '../../features/decode-feature'
import type { Medium } from '../../medium-state'
import { ScsiError } from '../../scsi-error'
import { CD_TEXT_SECTOR_BYTES, cdTextSectors, encodeCdText } from '../../structures/cd-text-encoder'
import { calibrate } from '../calibrate'
import { CLOSE, close } from '../close-functions'
import { HeldDrive } from '../held-drive'
import { holdDrive } from '../hold-drive'
import { settledMedium } from '../present-medium'
import { ProgressMeter } from '../progress-meter'
import { ReadAhead } from '../read-ahead'
import type { RecordingJob, RecordOptions } from '../recipe'
import { RecordingError, type RecordingReport } from '../recording-error'
import { synchronize } from '../synchronize'
import { WriteFailure, writeBlocks } from '../write-blocks'
import { multiSession, setWriteParameters, TRACK_MODE, USER_DATA_2048 } from '../write-parameters'
import { controlOf, type DiscSession, layOut, SECTOR_FORMS, SESSION_FORMATS } from './disc-session'

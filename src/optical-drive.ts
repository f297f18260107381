import { type MultisessionInterface, multisessionInterfaces } from './fsimage/multisession'
import {
  Drive,
  type Medium,
  type ReadMediumOptions,
  type Recordable,
  type RecordingReport,
  type RecordOptions,
  readMedium,
  record,
} from './mmc'

/** A drive with its medium: what {@link openDrive} gives. */
export class OpticalDrive extends Drive {
  /**
   * The state of the medium, with the evidence for each claim; null where there is none.
   *
   * @throws {MediumError} `MEDIUM_NOT_READY` where the drive does not become ready
   */
  readMedium(options: ReadMediumOptions = {}): Promise<Medium | null> {
    return readMedium(this, options)
  }

  /**
   * The multisession interfaces of the medium, as IDiscFormat2Data::get_MultisessionInterfaces gives them: always a
   * sequential and a random-write one; `isSupportedOnCurrentMediaState` tells which of them work.
   */
  multisessionInterfaces(options: ReadMediumOptions = {}): Promise<MultisessionInterface[]> {
    return multisessionInterfaces(this, options)
  }

  /**
   * Records an image: checks, writes, closes, and succeeds only where the medium says so in the end.
   *
   * @throws {MediumError} before anything is written, where the medium does not take the image
   * @throws {RecordingError} after writing began; it says what can be saved
   */
  write(image: Recordable, options: RecordOptions = {}): Promise<RecordingReport> {
    return record(this, image, options)
  }
}

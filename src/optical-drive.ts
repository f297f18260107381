import type { MultisessionInterface } from './fsimage/multisession'
import type { Recordable, RecordingReport, RecordOptions } from './mmc'
import { Drive } from './mmc/drive'
import { type ReadMediumOptions, readMedium } from './mmc/medium'
import type { Medium } from './mmc/medium-state'

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
  async multisessionInterfaces(options: ReadMediumOptions = {}): Promise<MultisessionInterface[]> {
    const { multisessionInterfaces } = await import('./fsimage/multisession')
    return multisessionInterfaces(this, options)
  }

  /**
   * Records an image: checks, writes, closes, and succeeds only where the medium says so in the end.
   *
   * @throws {MediumError} before anything is written, where the medium does not take the image
   * @throws {RecordingError} after writing began; it says what can be saved
   */
  async write(image: Recordable, options: RecordOptions = {}): Promise<RecordingReport> {
    const { record } = await import('./mmc/recording')
    return record(this, image, options)
  }
}

import { readDiscStructureOf, sendDiscStructure } from '../commands'
import { ScsiError } from '../scsi-error'
import { dvdLayerCapacity } from '../structures'
import type { RecordingJob } from './recipe'

const ECC_BLOCK = 16

/**
 * Where a disc with two layers is recorded in one session and closed, each layer gets half of the data (MMC-6
 * 6.22.3.2.22): otherwise closing has to fill layer 1 up to where layer 0 ends, which takes the time of a whole disc.
 * A drive that does not let the boundary be moved records all the same.
 */
export async function setLayerZero(job: RecordingJob): Promise<void> {
  const { drive, medium, options, blocks } = job
  if (!medium.family.endsWith('-dl') || !medium.isBlank || !options.close || options.simulate) return
  try {
    const { initStatus, layer0DataAreaCapacity } = await drive.send(readDiscStructureOf(dvdLayerCapacity))
    const half = Math.ceil(blocks / 2 / ECC_BLOCK) * ECC_BLOCK
    if (initStatus || layer0DataAreaCapacity === undefined || half >= layer0DataAreaCapacity) return
    const structure = dvdLayerCapacity.layout.encode({ layer0DataAreaCapacity: half })
    await drive.send(sendDiscStructure, { mediaType: 'dvd', format: dvdLayerCapacity.format }, { data: structure })
  } catch (error) {
    if (!(error instanceof ScsiError)) throw error
    job.warn(`The layers were not made equal, so that closing takes longer: ${error.message}`)
  }
}

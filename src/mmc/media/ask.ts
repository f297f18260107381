import type { Encodable, Fields } from '../../layout'
import { TransportError } from '../../platform/transport'
import type { Answer, Command } from '../command'
import {
  getConfiguration,
  read10,
  readAtip,
  readCapacity,
  readDiscInformation,
  readDiscStructure,
  readFormatCapacities,
  readFullToc,
  readMultiSessionInformation,
  readPowResources,
  readToc,
  readTrackInformation,
} from '../commands'
import type { Drive } from '../drive'
import { ScsiError } from '../scsi-error'
import type { MediumObservations, ObservedBlocks, Question } from './observations'
import { volumeBlocksNeeded } from './recorded-volume'
import { otherLastTrackNumber, trackNumbersToAsk } from './sequential-state'

const BLOCK_BYTES = 2048
const FIRST_VOLUME_DESCRIPTOR = 16
const INVALID_FIELD_IN_CDB = 0x24
/** As much of each reply as the state of a medium is concluded from: what follows would cost another command. */
const DISC_INFORMATION_BYTES = 34
const TRACK_INFORMATION_BYTES = 36
const PHYSICAL_FORMAT_BYTES = 36
const DISC_INFORMATION_UNIT_BYTES = 116

export interface AskOptions {
  readonly signal?: AbortSignal
}

/** NOT READY, MEDIUM NOT PRESENT in all its forms. */
export function isMediumGone(error: ScsiError): boolean {
  return error.is(2, 0x3a)
}

class MediumGone extends Error {}

/** Sends a command; a refusal is an observation, too. */
async function attempt<C extends Fields, R, D extends Fields>(
  drive: Drive,
  command: Command<C, R, D>,
  parameters: Encodable<C>,
  options: AskOptions,
): Promise<Answer<R> | ScsiError> {
  try {
    return await drive.send(command, parameters, options)
  } catch (error) {
    if (!(error instanceof ScsiError)) throw error
    if (isMediumGone(error)) throw new MediumGone()
    return error
  }
}

/** Not every drive knows each way of asking; the last one is about feature 0000h alone, the list of profiles. */
const REQUESTED_TYPES = ['current', 'all', 'one'] as const

/** Asks for the current profile and the current features. False where the medium is gone. */
export function askConfiguration(drive: Drive, observed: MediumObservations, options: AskOptions): Promise<boolean> {
  return unlessGone(async () => {
    for (const requestedType of REQUESTED_TYPES) {
      observed.configuration = await attempt(drive, getConfiguration, { requestedType }, options)
      const refused = observed.configuration instanceof ScsiError ? observed.configuration : undefined
      if (!refused?.is(5, INVALID_FIELD_IN_CDB)) return
    }
  })
}

/**
 * Asks one question, and notes the answer; what the system does not send (macOS does not send everything to a drive whose
 * disc is mounted) stays unasked. False where the medium is gone.
 */
export async function ask(
  drive: Drive,
  question: Question,
  observed: MediumObservations,
  options: AskOptions,
): Promise<boolean> {
  try {
    return await unlessGone(() => QUESTIONS[question](drive, observed, options))
  } catch (error) {
    if (error instanceof TransportError && error.code === 'TRANSPORT_OPCODE_REFUSED') return true
    throw error
  }
}

async function unlessGone(asking: () => Promise<void>): Promise<boolean> {
  try {
    await asking()
    return true
  } catch (error) {
    if (error instanceof MediumGone) return false
    throw error
  }
}

type Asking = (drive: Drive, observed: MediumObservations, options: AskOptions) => Promise<void>

const QUESTIONS: Readonly<Record<Question, Asking>> = {
  async discInformation(drive, observed, options) {
    observed.discInformation = await attempt(
      drive,
      readDiscInformation,
      { allocationLength: DISC_INFORMATION_BYTES },
      options,
    )
  },
  async discStructureDvd(drive, observed, options) {
    observed.discStructure = await attempt(
      drive,
      readDiscStructure,
      { mediaType: 'dvd', format: 0, allocationLength: PHYSICAL_FORMAT_BYTES },
      options,
    )
  },
  async discStructureBd(drive, observed, options) {
    observed.discStructure = await attempt(
      drive,
      readDiscStructure,
      { mediaType: 'bd', format: 0, allocationLength: DISC_INFORMATION_UNIT_BYTES },
      options,
    )
  },
  async tracks(drive, observed, options) {
    observed.tracks = []
    for (const number of trackNumbersToAsk(observed)) await askTrack(drive, observed, number, options)
  },
  async invisibleTrack(drive, observed, options) {
    const number = otherLastTrackNumber(observed)
    if (number !== undefined) await askTrack(drive, observed, number, options)
  },
  async formatCapacities(drive, observed, options) {
    observed.formatCapacities = await attempt(drive, readFormatCapacities, {}, options)
  },
  async capacity(drive, observed, options) {
    observed.capacity = await attempt(drive, readCapacity, {}, options)
  },
  async toc(drive, observed, options) {
    observed.toc = await attempt(drive, readToc, {}, options)
  },
  async multiSessionInformation(drive, observed, options) {
    observed.multiSessionInformation = await attempt(drive, readMultiSessionInformation, {}, options)
  },
  async fullToc(drive, observed, options) {
    observed.fullToc = await attempt(drive, readFullToc, { trackOrSessionNumber: 1 }, options)
  },
  async atip(drive, observed, options) {
    observed.atip = await attempt(drive, readAtip, {}, options)
  },
  async powResources(drive, observed, options) {
    observed.powResources = await attempt(drive, readPowResources, {}, options)
  },
  async volume(drive, observed, options) {
    const read: ObservedBlocks[] = []
    for (let needed = volumeBlocksNeeded(read); needed; needed = volumeBlocksNeeded(read)) {
      read.push({ ...needed, data: await readSome(drive, needed.start, needed.blocks, options) })
    }
    observed.volume = read
  },
}

async function askTrack(drive: Drive, observed: MediumObservations, number: number, options: AskOptions) {
  const parameters = { numberType: 'track', number, allocationLength: TRACK_INFORMATION_BYTES } as const
  const reply = await attempt(drive, readTrackInformation, parameters, options)
  observed.tracks?.push({ number, reply })
}

/** Reads blocks in one command where that goes; else one by one from block 16 on, up to the first that cannot be read. */
async function readSome(drive: Drive, start: number, blocks: number, options: AskOptions) {
  const atOnce = Math.floor(drive.transport.limits.maximumTransferBytes / BLOCK_BYTES)
  const whole =
    blocks <= atOnce
      ? await attempt(drive, read10, { logicalBlockAddress: start, transferLength: blocks }, options)
      : undefined
  if (whole instanceof Uint8Array && whole.length === blocks * BLOCK_BYTES) return whole
  const data = new Uint8Array(blocks * BLOCK_BYTES)
  const first = start === 0 ? FIRST_VOLUME_DESCRIPTOR : start
  let refusal: ScsiError | undefined
  for (let lba = first; lba < start + blocks; lba++) {
    const block = await attempt(drive, read10, { logicalBlockAddress: lba, transferLength: 1 }, options)
    if (block instanceof ScsiError) {
      refusal = block
      break
    }
    data.set(block.subarray(0, BLOCK_BYTES), (lba - start) * BLOCK_BYTES)
  }
  return refusal && data.every(byte => byte === 0) ? refusal : data
}

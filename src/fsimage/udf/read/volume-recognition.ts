import { asError } from '../../../errors'
import {
  KNOWN_STANDARD_IDENTIFIERS,
  STANDARD_IDENTIFIER,
  VOLUME_RECOGNITION_BYTES,
  VOLUME_STRUCTURE_BYTES,
  volumeStructureDescriptor,
} from '../descriptors/volume-recognition'
import type { Sectors } from './sectors'

/** What the volume recognition sequence says. */
export interface VolumeRecognition {
  /** `NSR02` or `NSR03`, where one is there. */
  readonly nsr: string | undefined
  /** An ECMA-119 descriptor is there. */
  readonly ecma119: boolean
  /** Reading failed before anything was recognised. */
  readonly failure?: Error
}

/** Descriptors that are looked at. */
const LIMIT = 64
/** Unknown ones in a row that end the search: a missing BEA01 leaves a gap of one. */
const PATIENCE = 4

/** Reads the volume recognition sequence (ECMA-167 2/8.3) of a session, in whatever order and however incomplete. */
export async function readVolumeRecognition(sectors: Sectors, sessionAddress: number): Promise<VolumeRecognition> {
  let nsr: string | undefined
  let ecma119 = false
  for (let index = 0, unknown = 0; index < LIMIT && unknown < PATIENCE; index++) {
    let bytes: Uint8Array
    try {
      const address = sessionAddress + VOLUME_RECOGNITION_BYTES + index * VOLUME_STRUCTURE_BYTES
      bytes = await sectors.read(address, VOLUME_STRUCTURE_BYTES)
    } catch (error) {
      if (index === 0) return { nsr, ecma119, failure: asError(error) }
      break
    }
    const identifier = volumeStructureDescriptor.decode(bytes).standardIdentifier ?? ''
    unknown = KNOWN_STANDARD_IDENTIFIERS.has(identifier) ? 0 : unknown + 1
    if (identifier === STANDARD_IDENTIFIER.ecma119) ecma119 = true
    if (identifier === STANDARD_IDENTIFIER.secondEdition || identifier === STANDARD_IDENTIFIER.thirdEdition) {
      nsr = identifier
      break
    }
    if (identifier === STANDARD_IDENTIFIER.terminating) break
  }
  return { nsr, ecma119 }
}

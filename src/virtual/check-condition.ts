import { descriptorSense, fixedSense, senseKeySpecificDescriptor } from '../mmc/sense/sense'

/** Sense data, before they take one of the two formats. */
export interface SenseData {
  readonly key: number
  readonly asc: number
  readonly ascq: number
  /** The LBA the error belongs to. */
  readonly information?: number
  /** How far a long operation is, 0 to 1. */
  readonly progress?: number
  /** The byte (and bit) of the CDB or the parameter list that was refused. */
  readonly fieldPointer?: { readonly in: 'command' | 'data'; readonly byte: number; readonly bit?: number }
}

/** Ends a command with CHECK CONDITION; thrown by command handlers, caught by the drive that runs them. */
export class CheckCondition extends Error {
  readonly sense: SenseData

  constructor(key: number, asc: number, ascq: number, more: Omit<SenseData, 'key' | 'asc' | 'ascq'> = {}) {
    super(`CHECK CONDITION ${key.toString(16)}/${asc.toString(16)}/${ascq.toString(16)}`)
    this.name = 'CheckCondition'
    this.sense = { key, asc, ascq, ...more }
  }

  static of({ key, asc, ascq, ...more }: SenseData): CheckCondition {
    return new CheckCondition(key, asc, ascq, more)
  }
}

/** NO SENSE, what REQUEST SENSE answers when there is nothing to tell. */
export const NO_SENSE: SenseData = { key: 0, asc: 0, ascq: 0 }

const FIXED_LENGTH = 18
const SENSE_KEY_SPECIFIC_DESCRIPTOR = 2

function keySpecific({ progress, fieldPointer }: SenseData) {
  if (progress !== undefined) {
    return { senseKeySpecificValid: true, senseKeySpecificValue: Math.min(0xffff, Math.floor(progress * 0x10000)) }
  }
  if (fieldPointer === undefined) return {}
  return {
    senseKeySpecificValid: true,
    commandOrData: fieldPointer.in,
    bitPointerValid: fieldPointer.bit !== undefined,
    bitPointer: fieldPointer.bit ?? 0,
    senseKeySpecificValue: fieldPointer.byte,
  }
}

/** Sense data in fixed format, 18 bytes (SPC-4 4.5.3). */
export function encodeFixedSense(sense: SenseData): Uint8Array {
  const { information } = sense
  return fixedSense.encode(
    {
      valid: information !== undefined,
      responseCode: 0x70,
      senseKey: sense.key,
      information: information === undefined ? 0 : information >>> 0,
      additionalSenseCode: sense.asc,
      additionalSenseCodeQualifier: sense.ascq,
      ...keySpecific(sense),
    },
    FIXED_LENGTH,
  )
}

/** Sense data in descriptor format (SPC-4 4.5.2). */
export function encodeDescriptorSense(sense: SenseData): Uint8Array {
  const descriptors = []
  if (sense.information !== undefined) {
    const body = new Uint8Array(10)
    body[0] = 0x80
    new DataView(body.buffer).setUint32(6, sense.information >>> 0)
    descriptors.push({ descriptorType: 0, additionalLength: 10, body })
  }
  const specific = keySpecific(sense)
  if ('senseKeySpecificValid' in specific) {
    const body = senseKeySpecificDescriptor.encode(specific, 6)
    descriptors.push({ descriptorType: SENSE_KEY_SPECIFIC_DESCRIPTOR, additionalLength: 6, body })
  }
  return descriptorSense.encode({
    responseCode: 0x72,
    senseKey: sense.key,
    additionalSenseCode: sense.asc,
    additionalSenseCodeQualifier: sense.ascq,
    descriptors,
  })
}

/** INVALID COMMAND OPERATION CODE. */
export const invalidOpcode = () => new CheckCondition(5, 0x20, 0, { fieldPointer: { in: 'command', byte: 0 } })
/** INVALID FIELD IN CDB, with the byte (and bit) that is wrong. */
export const invalidFieldInCdb = (byte: number, bit?: number) =>
  new CheckCondition(5, 0x24, 0, { fieldPointer: { in: 'command', byte, ...(bit === undefined ? {} : { bit }) } })
/** INVALID FIELD IN PARAMETER LIST, with the byte (and bit) that is wrong. */
export const invalidFieldInParameterList = (byte: number, bit?: number) =>
  new CheckCondition(5, 0x26, 0, { fieldPointer: { in: 'data', byte, ...(bit === undefined ? {} : { bit }) } })
/** PARAMETER LIST LENGTH ERROR. */
export const parameterListLengthError = () => new CheckCondition(5, 0x1a, 0)
/** LOGICAL BLOCK ADDRESS OUT OF RANGE. */
export const addressOutOfRange = (lba: number) => new CheckCondition(5, 0x21, 0, { information: lba })
/** INVALID ADDRESS FOR WRITE: not the next writable address of any track. */
export const invalidAddressForWrite = (lba: number) => new CheckCondition(5, 0x21, 2, { information: lba })
/** COMMAND SEQUENCE ERROR. */
export const commandSequenceError = () => new CheckCondition(5, 0x2c, 0)
/** ILLEGAL MODE FOR THIS TRACK. */
export const illegalModeForThisTrack = (lba?: number) =>
  new CheckCondition(5, 0x64, 0, lba === undefined ? {} : { information: lba })
/** END OF USER AREA ENCOUNTERED ON THIS TRACK. */
export const endOfUserArea = (lba: number) => new CheckCondition(5, 0x63, 0, { information: lba })
/** CANNOT WRITE MEDIUM - INCOMPATIBLE FORMAT: read-only and finalized media. */
export const cannotWriteMedium = () => new CheckCondition(5, 0x30, 5)
/** UNRECOVERED READ ERROR: what is asked for was never recorded, or cannot be read. */
export const unrecoveredReadError = (lba: number, ascq = 0) => new CheckCondition(3, 0x11, ascq, { information: lba })
/** WRITE ERROR - RECOVERED WITH AUTO REALLOCATION: the data are on the disc, elsewhere. */
export const recoveredWithReallocation = (lba: number) => new CheckCondition(1, 0x0c, 1, { information: lba })

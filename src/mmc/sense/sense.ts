import { bits, choice, type Decoded, flag, layout, list, rest, u8, u16, u32, u64 } from '../../layout'
import { additionalSenseText } from './additional-sense-codes'

/** The sixteen sense keys (SPC-4 4.5.6), in the standard's words. */
export const SENSE_KEYS = [
  'NO SENSE',
  'RECOVERED ERROR',
  'NOT READY',
  'MEDIUM ERROR',
  'HARDWARE ERROR',
  'ILLEGAL REQUEST',
  'UNIT ATTENTION',
  'DATA PROTECT',
  'BLANK CHECK',
  'VENDOR SPECIFIC',
  'COPY ABORTED',
  'ABORTED COMMAND',
  'RESERVED (Ch)',
  'VOLUME OVERFLOW',
  'MISCOMPARE',
  'COMPLETED',
] as const

/** Sense data in fixed format, response codes 70h and 71h (SPC-4 4.5.3). */
export const fixedSense = layout(
  'Fixed Format Sense Data',
  {
    valid: flag(0, 7),
    responseCode: bits(0, 6, 0).means({ 112: 'current, fixed', 113: 'deferred, fixed' }),
    fileMark: flag(2, 7),
    endOfMedium: flag(2, 6),
    incorrectLengthIndicator: flag(2, 5),
    senseKey: bits(2, 3, 0).means(SENSE_KEYS as unknown as Record<number, string>),
    information: u32(3),
    additionalSenseLength: u8(7),
    commandSpecificInformation: u32(8),
    additionalSenseCode: u8(12),
    additionalSenseCodeQualifier: u8(13),
    fieldReplaceableUnitCode: u8(14),
    senseKeySpecificValid: flag(15, 7),
    commandOrData: choice(15, 6, 6, ['data', 'command']),
    bitPointerValid: flag(15, 3),
    bitPointer: bits(15, 2, 0),
    senseKeySpecificValue: u16(16).when('senseKeySpecificValid'),
  },
  { announced: { field: 'additionalSenseLength', excludes: 8 }, clause: 'SPC-4 4.5.3' },
)

/** One descriptor of sense data in descriptor format (SPC-4 4.5.2). */
export const senseDescriptor = layout(
  'Sense Data Descriptor',
  { descriptorType: u8(0), additionalLength: u8(1), body: rest(2) },
  { announced: { field: 'additionalLength', excludes: 2 }, clause: 'SPC-4 4.5.2' },
)

/** Body of the Information descriptor, type 00h (SPC-4 4.5.2.2). */
export const informationDescriptor = layout(
  'Information Sense Data Descriptor',
  { valid: flag(0, 7), information: u64(2) },
  { clause: 'SPC-4 4.5.2.2' },
)

/** Body of the Sense Key Specific descriptor, type 02h (SPC-4 4.5.2.4). */
export const senseKeySpecificDescriptor = layout(
  'Sense Key Specific Sense Data Descriptor',
  {
    senseKeySpecificValid: flag(2, 7),
    commandOrData: choice(2, 6, 6, ['data', 'command']),
    bitPointerValid: flag(2, 3),
    bitPointer: bits(2, 2, 0),
    senseKeySpecificValue: u16(3).when('senseKeySpecificValid'),
  },
  { clause: 'SPC-4 4.5.2.4' },
)

/** Sense data in descriptor format, response codes 72h and 73h (SPC-4 4.5.2). */
export const descriptorSense = layout(
  'Descriptor Format Sense Data',
  {
    responseCode: bits(0, 6, 0).means({ 114: 'current, descriptor', 115: 'deferred, descriptor' }),
    senseKey: bits(1, 3, 0).means(SENSE_KEYS as unknown as Record<number, string>),
    additionalSenseCode: u8(2),
    additionalSenseCodeQualifier: u8(3),
    additionalSenseLength: u8(7),
    descriptors: list(8, senseDescriptor, { stride: from => (from[1] ?? 0) + 2 }),
  },
  { announced: { field: 'additionalSenseLength', excludes: 8 }, clause: 'SPC-4 4.5.2' },
)

/** What sense data say, whichever format they came in. */
export interface Sense {
  /** Sense key, 0 to 15. */
  readonly key: number
  readonly asc: number
  readonly ascq: number
  /** The standard's wording of ASC/ASCQ. */
  readonly text: string
  /** An LBA for most commands; null where the device gave none. */
  readonly information: bigint | number | null
  /** True where an earlier command failed, not the one that this sense came with. */
  readonly deferred: boolean
  /** How far a long operation is, 0 to 1, where the device says so. */
  readonly progress?: number
  /** The byte (and bit) of the CDB or of the data that the device did not like. */
  readonly fieldPointer?: { readonly in: 'command' | 'data'; readonly byte: number; readonly bit?: number }
}

/**
 * Sense data as far as they go; `undefined` where there is not even a sense key.
 *
 * @param sense  as the device sent it, fixed or descriptor format
 */
export function decodeSense(sense: Uint8Array): Sense | undefined {
  const responseCode = (sense[0] ?? 0) & 0x7f
  if (responseCode < 0x70 || responseCode > 0x73) return undefined
  return responseCode >= 0x72 ? fromDescriptors(descriptorSense.decode(sense)) : fromFixed(fixedSense.decode(sense))
}

function fromFixed(sense: Decoded<(typeof fixedSense)['fields']>): Sense | undefined {
  const { senseKey: key } = sense
  if (key === undefined) return undefined
  const asc = sense.additionalSenseCode ?? 0
  const ascq = sense.additionalSenseCodeQualifier ?? 0
  return {
    key,
    asc,
    ascq,
    text: additionalSenseText(asc, ascq),
    information: sense.valid ? (sense.information ?? null) : null,
    deferred: sense.responseCode === 0x71,
    ...keySpecific(key, sense.senseKeySpecificValue, sense.commandOrData, sense.bitPointerValid, sense.bitPointer),
  }
}

function keySpecific(
  key: number,
  value: number | undefined,
  commandOrData: 'command' | 'data' | undefined,
  bitPointerValid: boolean | undefined,
  bitPointer: number | undefined,
): Pick<Sense, 'progress' | 'fieldPointer'> {
  if (value === undefined) return {}
  if (key === 0 || key === 2) return { progress: value / 0x10000 }
  if (key !== 5 || commandOrData === undefined) return {}
  return {
    fieldPointer: {
      in: commandOrData,
      byte: value,
      ...(bitPointerValid && bitPointer !== undefined ? { bit: bitPointer } : {}),
    },
  }
}

function fromDescriptors(sense: Decoded<(typeof descriptorSense)['fields']>): Sense | undefined {
  const { senseKey: key } = sense
  if (key === undefined) return undefined
  const asc = sense.additionalSenseCode ?? 0
  const ascq = sense.additionalSenseCodeQualifier ?? 0
  const of = (type: number) => sense.descriptors?.find(({ descriptorType }) => descriptorType === type)
  const specific = senseKeySpecificDescriptor.decode(of(2)?.body ?? new Uint8Array())
  const information = informationDescriptor.decode(of(0)?.body ?? new Uint8Array())
  return {
    key,
    asc,
    ascq,
    text: additionalSenseText(asc, ascq),
    information: information.valid ? (information.information ?? null) : null,
    deferred: sense.responseCode === 0x73,
    ...keySpecific(
      key,
      specific.senseKeySpecificValue,
      specific.commandOrData,
      specific.bitPointerValid,
      specific.bitPointer,
    ),
  }
}

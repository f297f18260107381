import { ascii, bits, flag, layout, u8 } from '../../layout'
import { fixedSense } from '../../mmc'
import { SAM_STATUS } from '../../platform'
import { encodeLun } from '../lun'

/** Sense key, ASC and ASCQ. */
export type SenseCode = readonly [key: number, asc: number, ascq: number]

/** Sense data that the target gives by itself. */
export const SENSE = {
  logicalUnitNotSupported: [5, 0x25, 0x00],
  invalidOpcode: [5, 0x20, 0x00],
  invalidFieldInCdb: [5, 0x24, 0x00],
  /** Bytes expected by the initiator and bytes that the CDB moves do not go together. */
  invalidFieldInInformationUnit: [5, 0x0e, 0x03],
  writeProtected: [7, 0x27, 0x00],
  powerOn: [6, 0x29, 0x00],
  deviceReset: [6, 0x29, 0x03],
  nexusLoss: [6, 0x29, 0x07],
  commandsCleared: [6, 0x2f, 0x00],
  unexpectedUnsolicitedData: [0xb, 0x0c, 0x0c],
  notEnoughUnsolicitedData: [0xb, 0x0c, 0x0d],
  communicationFailure: [4, 0x08, 0x00],
  communicationTimeOut: [4, 0x08, 0x01],
  internalTargetFailure: [4, 0x44, 0x00],
} as const satisfies Record<string, SenseCode>

/** Sense data in fixed format. */
export function encodeSense([senseKey, additionalSenseCode, additionalSenseCodeQualifier]: SenseCode): Uint8Array {
  return fixedSense.encode({ responseCode: 0x70, senseKey, additionalSenseCode, additionalSenseCodeQualifier })
}

/** What a command is answered with. `data` are what the drive gave, before anything is cut to what was expected. */
export interface Answer {
  readonly status: number
  readonly sense: Uint8Array
  readonly data: Uint8Array
}

const NOTHING = new Uint8Array()

export const good = (data: Uint8Array = NOTHING): Answer => ({ status: SAM_STATUS.good, sense: NOTHING, data })
export const status = (code: number): Answer => ({ status: code, sense: NOTHING, data: NOTHING })
export const checkCondition = (code: SenseCode): Answer => ({
  status: SAM_STATUS.checkCondition,
  sense: encodeSense(code),
  data: NOTHING,
})

const standardInquiry = layout(
  'Standard INQUIRY Data',
  {
    peripheralQualifier: bits(0, 7, 5),
    peripheralDeviceType: bits(0, 4, 0),
    removableMedium: flag(1, 7),
    version: u8(2),
    responseDataFormat: bits(3, 3, 0),
    additionalLength: u8(4),
    vendorIdentification: ascii(8, 8),
    productIdentification: ascii(16, 16),
    productRevisionLevel: ascii(32, 4),
  },
  { announced: { field: 'additionalLength', excludes: 5 }, clause: 'SPC-4 6.4.2' },
)

/** INQUIRY where no drive answers it: for a LUN that is not there, or a recording in which nobody asked. */
export function answerInquiry(cdb: Uint8Array, present: boolean): Answer {
  if ((cdb[1]! & 1) !== 0 || cdb[2] !== 0) return checkCondition(SENSE.invalidFieldInCdb)
  const data = standardInquiry.encode({
    peripheralQualifier: present ? 0 : 3,
    peripheralDeviceType: present ? 0x05 : 0x1f,
    removableMedium: present,
    version: 5,
    responseDataFormat: 2,
    vendorIdentification: 'scsi-mmc',
    productIdentification: present ? 'CD/DVD/BD DRIVE' : 'NO LOGICAL UNIT',
    productRevisionLevel: '1',
  })
  return good(data.subarray(0, cdb[3]! * 0x100 + cdb[4]!))
}

/** REPORT LUNS (SPC-4 6.33), which a drive cannot know and most refuse. */
export function answerReportLuns(cdb: Uint8Array, luns: readonly number[]): Answer {
  const allocationLength = cdb.subarray(6, 10).reduce((length, byte) => length * 0x100 + byte, 0)
  const selectReport = cdb[2]!
  if (selectReport > 2 || allocationLength < 16) return checkCondition(SENSE.invalidFieldInCdb)
  // Select report 01h asks for well-known logical units only: there are none.
  const listed = selectReport === 1 ? [] : luns
  const data = new Uint8Array(8 + 8 * listed.length)
  new DataView(data.buffer).setUint32(0, 8 * listed.length)
  listed.forEach((lun, index) => {
    data.set(encodeLun(lun), 8 + 8 * index)
  })
  return good(data.subarray(0, allocationLength))
}

/** What a command to a LUN without a drive is answered with (SPC-4 and SAM-5 4.7.4, incorrect logical unit). */
export function answerForMissingUnit(cdb: Uint8Array, luns: readonly number[]): Answer {
  switch (cdb[0]) {
    case 0x12:
      return answerInquiry(cdb, false)
    case 0xa0:
      return answerReportLuns(cdb, luns)
    case 0x03:
      return good(encodeSense(SENSE.logicalUnitNotSupported).subarray(0, cdb[4]))
    default:
      return checkCondition(SENSE.logicalUnitNotSupported)
  }
}

import type { ScsiRequest, ScsiResponse } from '../transport'
import { modelOf } from './control'
import { SENSE_BYTES, senseData, timeOutValue } from './pass-through'
import { SCSI_IOCTL_DATA, SCSI_PASS_THROUGH_DIRECT_EX, STOR_ADDR_BTL8, STOR_ADDRESS_TYPE_BTL8 } from './structures'

/** Behind the CDB, which may go on beyond the header: the unit's address, then the sense data, in 32 and in 64 bits. */
const ADDRESS_OFFSET = 80
const SENSE_OFFSET = 96
const REQUEST_BYTES = SENSE_OFFSET + SENSE_BYTES

/**
 * SCSI_PASS_THROUGH_DIRECT_EX with a unit's address and room for sense data: input and output of
 * IOCTL_SCSI_PASS_THROUGH_DIRECT_EX, since Windows 8. CDBs of optical drives fit the plain form, so this one is for
 * drivers that take no other: those whose own requests are STORAGE_REQUEST_BLOCKs.
 *
 * @param dataAddress  where the data lie; 0n where none are moved
 */
export function encodeDirectEx(request: ScsiRequest, dataAddress: bigint, pointerBytes: 4 | 8): Uint8Array {
  const { direction, cdb } = request
  const model = modelOf({ pointerBytes })
  const buffer = new Uint8Array(REQUEST_BYTES)
  SCSI_PASS_THROUGH_DIRECT_EX.set(
    buffer,
    {
      Length: SCSI_PASS_THROUGH_DIRECT_EX.size(model),
      CdbLength: cdb.length,
      StorAddressLength: STOR_ADDR_BTL8.size(model),
      SenseInfoLength: SENSE_BYTES,
      DataDirection: SCSI_IOCTL_DATA[direction],
      TimeOutValue: timeOutValue(request.timeoutMs),
      StorAddressOffset: ADDRESS_OFFSET,
      SenseInfoOffset: SENSE_OFFSET,
      ...(direction === 'out' ? { DataOutTransferLength: request.data.length, DataOutBuffer: dataAddress } : {}),
      ...(direction === 'in' ? { DataInTransferLength: request.data.length, DataInBuffer: dataAddress } : {}),
    },
    model,
  )
  buffer.set(cdb, SCSI_PASS_THROUGH_DIRECT_EX.offsets(model).Cdb)
  // The class driver fills in path, target and unit.
  const address = STOR_ADDR_BTL8.encode({ Type: STOR_ADDRESS_TYPE_BTL8, AddressLength: 4 }, model)
  buffer.set(address, ADDRESS_OFFSET)
  return buffer
}

/** What the drive answered, out of the request's own buffer. */
export function decodeAnswerEx(
  buffer: Uint8Array,
  request: ScsiRequest,
  durationUs: number,
  pointerBytes: 4 | 8,
): ScsiResponse {
  const model = modelOf({ pointerBytes })
  const value = (name: keyof typeof SCSI_PASS_THROUGH_DIRECT_EX.members & string) =>
    Number(SCSI_PASS_THROUGH_DIRECT_EX.get(buffer, name as 'ScsiStatus', model))
  const moved = { none: 0, in: value('DataInTransferLength'), out: value('DataOutTransferLength') }[request.direction]
  const status = value('ScsiStatus')
  const room = Math.min(value('SenseInfoLength'), SENSE_BYTES)
  return {
    status,
    sense: status === 0 ? new Uint8Array() : senseData(buffer.subarray(SENSE_OFFSET, SENSE_OFFSET + room)),
    transferredBytes: Math.min(moved, request.data.length),
    durationUs,
  }
}

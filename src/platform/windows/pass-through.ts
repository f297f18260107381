import type { ScsiRequest, ScsiResponse } from '../transport'
import { modelOf } from './control'
import { SCSI_IOCTL_DATA, SCSI_PASS_THROUGH, SCSI_PASS_THROUGH_DIRECT } from './structures'

/** Where the sense data go: behind either header, in 32 and in 64 bits. */
const SENSE_OFFSET = 64
export const SENSE_BYTES = 64
/** Bytes of a request without data: header and sense data. */
export const REQUEST_BYTES = SENSE_OFFSET + SENSE_BYTES

/** Windows counts a command's time in whole seconds, and 0 would be at once. */
export function timeOutValue(timeoutMs: number): number {
  return Math.min(Math.max(1, Math.ceil(timeoutMs / 1000)), 0xffff_ffff)
}

/** The fields that both forms share. */
function commonFields(request: ScsiRequest, headerBytes: number) {
  return {
    Length: headerBytes,
    CdbLength: request.cdb.length,
    SenseInfoLength: SENSE_BYTES,
    DataIn: SCSI_IOCTL_DATA[request.direction],
    DataTransferLength: request.direction === 'none' ? 0 : request.data.length,
    TimeOutValue: timeOutValue(request.timeoutMs),
    SenseInfoOffset: SENSE_OFFSET,
    Cdb: request.cdb,
  }
}

/**
 * SCSI_PASS_THROUGH_DIRECT with room for sense data: input and output of IOCTL_SCSI_PASS_THROUGH_DIRECT.
 *
 * @param dataAddress  where the data lie; 0n where none are moved
 */
export function encodeDirect(request: ScsiRequest, dataAddress: bigint, pointerBytes: 4 | 8): Uint8Array {
  const model = modelOf({ pointerBytes })
  const buffer = new Uint8Array(REQUEST_BYTES)
  const fields = commonFields(request, SCSI_PASS_THROUGH_DIRECT.size(model))
  SCSI_PASS_THROUGH_DIRECT.set(buffer, { ...fields, DataBuffer: dataAddress }, model)
  return buffer
}

/** SCSI_PASS_THROUGH with room for sense data, the data behind both: input and output of IOCTL_SCSI_PASS_THROUGH. */
export function encodeBuffered(request: ScsiRequest, pointerBytes: 4 | 8): Uint8Array {
  const model = modelOf({ pointerBytes })
  const buffer = new Uint8Array(REQUEST_BYTES + (request.direction === 'none' ? 0 : request.data.length))
  const fields = commonFields(request, SCSI_PASS_THROUGH.size(model))
  SCSI_PASS_THROUGH.set(buffer, { ...fields, DataBufferOffset: REQUEST_BYTES }, model)
  if (request.direction === 'out') buffer.set(request.data, REQUEST_BYTES)
  return buffer
}

/**
 * What the drive answered, out of the request's own buffer: both forms have their results in the same places.
 * DeviceIoControl succeeds with CHECK CONDITION, too.
 */
export function decodeAnswer(
  buffer: Uint8Array,
  request: ScsiRequest,
  durationUs: number,
  pointerBytes: 4 | 8,
): ScsiResponse {
  const model = modelOf({ pointerBytes })
  const moved = SCSI_PASS_THROUGH_DIRECT.get(buffer, 'DataTransferLength', model)
  const room = Math.min(SCSI_PASS_THROUGH_DIRECT.get(buffer, 'SenseInfoLength', model), SENSE_BYTES)
  const status = SCSI_PASS_THROUGH_DIRECT.get(buffer, 'ScsiStatus', model)
  return {
    status,
    sense: status === 0 ? new Uint8Array() : senseData(buffer.subarray(SENSE_OFFSET, SENSE_OFFSET + room)),
    transferredBytes: request.direction === 'none' ? 0 : Math.min(moved, request.data.length),
    durationUs,
  }
}

/** Port drivers leave the sense data's length as asked, or set it: the sense data's own length is right in both cases. */
export function senseData(area: Uint8Array): Uint8Array {
  const responseCode = area.length > 7 ? area[0]! & 0x7f : 0
  if (responseCode < 0x70 || responseCode > 0x73)
    return area.every(byte => byte === 0) ? new Uint8Array() : area.slice()
  return area.slice(0, 8 + area[7]!)
}

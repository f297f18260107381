import recorded from './structures.json'

/** A request for pass-through as a driver finds it in the buffer. */
export interface PassThroughRequest {
  /** Where the data lie: an address, or for the buffered form an offset. */
  readonly pointer: bigint
  readonly length: number
  /** SCSI_IOCTL_DATA_OUT, _IN or _UNSPECIFIED. */
  readonly direction: number
  readonly timeOut: number
  readonly cdb: Uint8Array
  readonly senseOffset: number
  readonly senseRoom: number
  /** Leaves the command's results in the buffer. */
  answer(status: number, moved: number, sense: readonly number[]): void
}

const ERROR_INVALID_PARAMETER = 87

/** Reads a request by the offsets that a C compiler printed; the Win32 error where the driver would refuse it. */
export function passThroughRequest(
  form: 'plain' | 'extended',
  buffer: Uint8Array,
  inputBytes: number,
  outputBytes: number,
  pointerBytes: 4 | 8,
): PassThroughRequest | { error: number } {
  const structures = recorded[pointerBytes === 8 ? 64 : 32]
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  const u32 = (offset: number) => view.getUint32(offset, true)
  const pointerAt = (offset: number) => (pointerBytes === 8 ? view.getBigUint64(offset, true) : BigInt(u32(offset)))
  const plain = structures.SCSI_PASS_THROUGH_DIRECT
  const extended = structures.SCSI_PASS_THROUGH_DIRECT_EX
  const at = (name: keyof typeof plain.members) => plain.members[name][0]!
  const atEx = (name: keyof typeof extended.members) => extended.members[name][0]!

  const request = form === 'plain' ? readPlain() : readExtended()
  const { senseOffset, senseRoom, cdbOffset, cdbLength, headerBytes, headerClaimed, room } = request
  const outside = senseOffset < cdbOffset + cdbLength || senseOffset + senseRoom > outputBytes
  if (inputBytes < headerBytes || headerClaimed !== headerBytes || outside || cdbLength < 1 || cdbLength > room) {
    return { error: ERROR_INVALID_PARAMETER }
  }
  return {
    ...request,
    cdb: buffer.slice(cdbOffset, cdbOffset + cdbLength),
    answer: (status, moved, sense) => {
      buffer[request.statusOffset] = status
      view.setUint32(request.lengthOffset, moved, true)
      buffer.set(sense.slice(0, senseRoom), senseOffset)
    },
  }

  function readPlain() {
    return {
      pointer: pointerAt(at('DataBuffer')),
      length: u32(at('DataTransferLength')),
      direction: buffer[at('DataIn')]!,
      timeOut: u32(at('TimeOutValue')),
      senseOffset: u32(at('SenseInfoOffset')),
      senseRoom: buffer[at('SenseInfoLength')]!,
      cdbOffset: at('Cdb'),
      cdbLength: buffer[at('CdbLength')]!,
      room: 16,
      headerBytes: plain.size,
      headerClaimed: view.getUint16(at('Length'), true),
      statusOffset: at('ScsiStatus'),
      lengthOffset: at('DataTransferLength'),
    }
  }

  function readExtended() {
    const direction = buffer[atEx('DataDirection')]!
    const [lengthName, pointerName] =
      direction === 0
        ? (['DataOutTransferLength', 'DataOutBuffer'] as const)
        : (['DataInTransferLength', 'DataInBuffer'] as const)
    const addressOffset = u32(atEx('StorAddressOffset'))
    const cdbLength = u32(atEx('CdbLength'))
    // The unit's address: BTL8, of 4 bytes, behind the CDB and before the sense data.
    const addressed =
      u32(atEx('Version')) === 0 &&
      u32(atEx('StorAddressLength')) === structures.STOR_ADDR_BTL8.size &&
      addressOffset >= atEx('Cdb') + cdbLength &&
      addressOffset % 4 === 0 &&
      addressOffset + structures.STOR_ADDR_BTL8.size <= u32(atEx('SenseInfoOffset')) &&
      view.getUint16(addressOffset, true) === 1 &&
      u32(addressOffset + 4) === 4
    return {
      pointer: pointerAt(atEx(pointerName)),
      length: u32(atEx(lengthName)),
      direction,
      timeOut: u32(atEx('TimeOutValue')),
      senseOffset: u32(atEx('SenseInfoOffset')),
      senseRoom: buffer[atEx('SenseInfoLength')]!,
      cdbOffset: atEx('Cdb'),
      cdbLength,
      room: 255,
      headerBytes: extended.size,
      headerClaimed: addressed ? u32(atEx('Length')) : 0,
      statusOffset: atEx('ScsiStatus'),
      lengthOffset: atEx(lengthName),
    }
  }
}

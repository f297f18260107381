import {
  additionalSenseAdvice,
  additionalSenseText,
  decodeSense,
  descriptorSense,
  senseDescriptor,
  statusName,
} from '../../../src/mmc'
import { ADDITIONAL_SENSE_ADVICE } from '../../../src/mmc/sense/additional-sense-advice'
import { ADDITIONAL_SENSE_TEXTS } from '../../../src/mmc/sense/additional-sense-texts'
import { hexBytes } from '../hex'

test.each([
  [0x00, 0x00, 'NO ADDITIONAL SENSE INFORMATION'],
  [0x00, 0x16, 'OPERATION IN PROGRESS'],
  [0x04, 0x01, 'LOGICAL UNIT IS IN PROCESS OF BECOMING READY'],
  [0x04, 0x08, 'LOGICAL UNIT NOT READY, LONG WRITE IN PROGRESS'],
  [0x0c, 0x09, 'WRITE ERROR - LOSS OF STREAMING'],
  [0x11, 0x05, 'L-EC UNCORRECTABLE ERROR'],
  [0x20, 0x00, 'INVALID COMMAND OPERATION CODE'],
  [0x21, 0x02, 'INVALID ADDRESS FOR WRITE'],
  [0x21, 0x03, 'INVALID WRITE CROSSING LAYER JUMP'],
  [0x24, 0x00, 'INVALID FIELD IN CDB'],
  [0x28, 0x00, 'NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED'],
  [0x2c, 0x00, 'COMMAND SEQUENCE ERROR'],
  [0x30, 0x05, 'CANNOT WRITE MEDIUM - INCOMPATIBLE FORMAT'],
  [0x30, 0x10, 'MEDIUM NOT FORMATTED'],
  [0x3a, 0x01, 'MEDIUM NOT PRESENT - TRAY CLOSED'],
  [0x3a, 0x02, 'MEDIUM NOT PRESENT - TRAY OPEN'],
  [0x57, 0x00, 'UNABLE TO RECOVER TABLE-OF-CONTENTS'],
  [0x5a, 0x01, 'OPERATOR MEDIUM REMOVAL REQUEST'],
  [0x63, 0x00, 'END OF USER AREA ENCOUNTERED ON THIS TRACK'],
  [0x64, 0x00, 'ILLEGAL MODE FOR THIS TRACK'],
  [0x72, 0x03, 'SESSION FIXATION ERROR - INCOMPLETE TRACK IN SESSION'],
  [0x73, 0x17, 'RDZ IS FULL'],
  [0x40, 0x85, 'DIAGNOSTIC FAILURE ON COMPONENT 85h'],
  [0x4d, 0x03, 'TAGGED OVERLAPPED COMMANDS (TASK TAG 03h)'],
  [0x70, 0x11, 'DECOMPRESSION EXCEPTION SHORT ALGORITHM ID OF 11h'],
  [0x80, 0x01, 'VENDOR SPECIFIC (ASC 80h, ASCQ 01h)'],
  [0x04, 0x90, 'VENDOR SPECIFIC (ASC 04h, ASCQ 90h)'],
  [0x7f, 0x11, 'ASC 7Fh, ASCQ 11h'],
])('%p/%p is %s', (asc, ascq, text) => {
  expect(additionalSenseText(asc, ascq)).toBe(text)
})

test('the list is whole', () => {
  const codes = Object.keys(ADDITIONAL_SENSE_TEXTS).map(Number)
  expect(codes).toHaveLength(761)
  expect(codes.every(code => code >= 0 && code < 0x8000)).toBe(true)
  expect(
    Object.values(ADDITIONAL_SENSE_TEXTS).filter(text => !/^[A-Z][^a-z]+$|iSCSI|iuCRC|I_T|PCIe|st /.test(text)),
  ).toEqual([])
})

test('advice is given for codes of the list, and each can be reached', () => {
  for (const { asc, ascq, advice } of ADDITIONAL_SENSE_ADVICE) {
    for (const qualifier of ascq ?? [...Array(256).keys()]) {
      if (ascq) expect(ADDITIONAL_SENSE_TEXTS[asc * 256 + qualifier]).toBeDefined()
    }
    expect([...Array(256).keys()].some(qualifier => additionalSenseAdvice(5, asc, qualifier) === advice)).toBe(true)
  }
  expect(additionalSenseAdvice(2, 0x04, 0x08)).toContain('same WRITE again')
  expect(additionalSenseAdvice(2, 0x3a, 0x01)).toBe('Put a disc in.')
  expect(additionalSenseAdvice(5, 0x3b, 0x05)).toBeUndefined()
})

describe('sense data', () => {
  test('fixed format with field pointer', () => {
    expect(decodeSense(hexBytes('70 00 05 00000000 0A 00000000 24 00 00 CF 0002'))).toEqual({
      key: 5,
      asc: 0x24,
      ascq: 0,
      text: 'INVALID FIELD IN CDB',
      information: null,
      deferred: false,
      fieldPointer: { in: 'command', byte: 2, bit: 7 },
    })
  })

  test('fixed format with an LBA, VALID set (F0)', () => {
    expect(decodeSense(hexBytes('F0 00 03 0000A1B2 0A 00000000 11 05 00 00 0000'))).toMatchObject({
      key: 3,
      information: 0xa1b2,
      text: 'L-EC UNCORRECTABLE ERROR',
    })
  })

  test('progress of a long operation', () => {
    expect(decodeSense(hexBytes('70 00 02 00000000 0A 00000000 04 04 00 80 8000'))).toMatchObject({ progress: 0.5 })
    expect(decodeSense(hexBytes('70 00 02 00000000 0A 00000000 04 04 00 00 8000'))).not.toHaveProperty('progress')
  })

  test('deferred errors belong to an earlier command', () => {
    expect(decodeSense(hexBytes('71 00 03 00000000 0A 00000000 0C 00 00 00 0000'))).toMatchObject({ deferred: true })
    expect(decodeSense(hexBytes('73 03 0C 00 00000000'))).toMatchObject({ deferred: true, key: 3, asc: 0x0c })
  })

  test('descriptor format, its descriptors in any order', () => {
    expect(
      decodeSense(hexBytes('72 05 24 00 000000 14  02 06 0000 C8 0004 00  00 0A 80 00 0000000000001234')),
    ).toMatchObject({ key: 5, asc: 0x24, information: 0x1234n, fieldPointer: { in: 'command', byte: 4, bit: 0 } })
    expect(decodeSense(hexBytes('72 02 04 07 000000 08  02 06 0000 80 4000 00'))).toMatchObject({ progress: 0.25 })
  })

  test('descriptors that overrun are decoded as far as they go', () => {
    const sense = descriptorSense.decode(hexBytes('72 05 24 00 000000 FF  09 FF 00'))
    expect(sense.descriptors).toHaveLength(1)
    expect(senseDescriptor.decode(hexBytes('09')).additionalLength).toBeUndefined()
  })

  test.each(['', '00', '7F 00 05', '70', '70 00'])('%j has no sense key', bytes => {
    expect(decodeSense(hexBytes(bytes))).toBeUndefined()
  })

  test('a short one has at least its key', () => {
    expect(decodeSense(hexBytes('70 00 02'))).toMatchObject({ key: 2, asc: 0, ascq: 0, information: null })
  })

  test('bytes behind the additional length are no part of it', () => {
    expect(decodeSense(hexBytes('70 00 05 00000000 06 00000000 24 00 00 C0 0002'))).not.toHaveProperty('fieldPointer')
  })
})

test('status names', () => {
  expect([0, 2, 8, 0x18, 0x28, 0x7f].map(statusName)).toEqual([
    'GOOD',
    'CHECK CONDITION',
    'BUSY',
    'RESERVATION CONFLICT',
    'TASK SET FULL',
    'status 7Fh',
  ])
})

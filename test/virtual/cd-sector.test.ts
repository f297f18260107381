import { createHash } from 'node:crypto'
import { hex } from '../../src/layout'
import { errorDetectionCode } from '../../src/virtual/cd/error-correction'
import { formOneSector, formTwoSector, modeOneSector } from '../../src/virtual/cd/sector'

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex')

// The vectors come from published implementations of ECMA-130's codes, not from this one.
describe('CD sectors', () => {
  test('the error detection code of the digits 1 to 9', () => {
    expect(errorDetectionCode(Buffer.from('123456789')).toString(16)).toBe('6ec2edc4')
  })

  test('mode 1, LBA 0, zeros', () => {
    const sector = modeOneSector(0, new Uint8Array(2048))
    expect(hex(sector.subarray(0, 16))).toBe('00 FF FF FF FF FF FF FF FF FF FF 00 00 02 00 01')
    expect(hex(sector.subarray(2064, 2068))).toBe('C5 13 68 2B')
    expect(hex(sector.subarray(2076, 2080))).toBe('00 F7 00 F5')
    expect(sha1(sector)).toBe('d9ee3c3ce5f425e5adb786706f65f363fd785695')
  })

  test('mode 2 form 1, LBA 0, zeros: the header does not count in the parity', () => {
    const sector = formOneSector(0, new Uint8Array(2048))
    expect(hex(sector.subarray(2072, 2076))).toBe('0B 88 81 94')
    expect(sha1(sector)).toBe('84c168fbad2589a925479ad0515f7f88f427edb0')
  })

  test('mode 2 form 2, LBA 0, zeros', () => {
    expect(hex(formTwoSector(0, new Uint8Array(2324)).subarray(2348))).toBe('3F 13 B0 BE')
  })
})

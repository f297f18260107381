import {
  capabilitiesPage,
  changeModePage,
  decodeModePages,
  findModePage,
  MODE_PAGES,
  modePageBytes,
  modeParameterList6,
  modeParameterList10,
  modeSelectParameterList10,
  timeoutAndProtectPage,
  writeParametersPage,
} from '../../../src/mmc'
import { hexBytes } from '../hex'

test('each page once', () => {
  const codes = MODE_PAGES.map(({ code }) => code)
  expect(codes).toEqual([...new Set(codes)])
  expect(codes).toEqual(expect.arrayContaining([0x01, 0x03, 0x05, 0x07, 0x08, 0x0e, 0x18, 0x1a, 0x1c, 0x1d, 0x2a]))
})

const several = hexBytes(
  '0024 00 00 00 00 0000  01 06 00 05 00 00 00 00  88 04 04 00 00 00  1D 08 00 00 04 00 0007 003C 30 02 AB CD',
)

test('all pages of a reply, unknown ones as bytes', () => {
  const pages = decodeModePages(modeParameterList10.decode(several))
  expect(pages.map(({ name }) => name)).toEqual([
    'Read/Write Error Recovery',
    'Caching',
    'Timeout and Protect',
    'Mode Page 30h',
  ])
  expect(pages[0]!.value).toMatchObject({ readRetryCount: 5, errorReportingWindowSize: undefined })
  expect(pages[1]!.value).toMatchObject({ parametersSavable: true, writeCacheEnable: true })
  expect(findModePage(modeParameterList10.decode(several), timeoutAndProtectPage)).toMatchObject({
    timeoutMode: true,
    group1MinimumTimeout: 7,
    group2MinimumTimeout: 60,
  })
  expect(findModePage(modeParameterList10.decode(several), capabilitiesPage)).toBeUndefined()
})

test('the header of six-byte commands', () => {
  const reply = modeParameterList6.decode(hexBytes('0B 00 00 00  1A 0A 00 03 00000001'))
  expect(decodeModePages(reply)).toMatchObject([{ code: 0x1a, value: { idle: true, standby: true, idleTimer: 1 } }])
})

test('a page cut short, and one of the sub-page format', () => {
  expect(modePageBytes(modeParameterList10.decode(hexBytes('0030 00 00 00 00 0000 2A 20 01')))).toHaveLength(1)
  expect(modePageBytes(modeParameterList10.decode(hexBytes('0030 00 00 00 00 0000 5A 01 0004 00')))).toEqual([])
  expect(modePageBytes(modeParameterList10.decode(new Uint8Array()))).toEqual([])
})

test('MODE SELECT gets the page as it was, with the named fields changed and PS cleared', () => {
  // 54 bytes of parameters, as older drives have: the length stays theirs.
  const given = hexBytes(`0040 00 00 00 00 0000 85 36 01 00 08 00 ${'00'.repeat(10)} ${'5A'.repeat(40)}`)
  const page = findModePage(modeParameterList10.decode(given), writeParametersPage)!
  const changed = changeModePage(writeParametersPage, page, {
    bufferUnderrunFreeEnabled: true,
    multiSession: 'next-session-allowed',
    trackMode: 4,
  })
  expect(changed).toHaveLength(56)
  expect([...changed.subarray(0, 6)]).toEqual([0x05, 0x36, 0x41, 0xc4, 0x08, 0x00])
  expect([...changed.subarray(16)].every(byte => byte === 0x5a)).toBe(true)
  expect([...modeSelectParameterList10.encode({ blockDescriptorsAndPages: changed }).subarray(0, 9)]).toEqual([
    0, 0, 0, 0, 0, 0, 0, 0, 0x05,
  ])
})

test('write speeds of page 2Ah, as many as are counted and there', () => {
  const page = capabilitiesPage.encode({
    currentWriteSpeedKBps: 11_080,
    writeSpeedPerformanceDescriptors: [
      { rotationControl: 'cav', writeSpeedKBps: 22_160 },
      { rotationControl: 'clv', writeSpeedKBps: 11_080 },
    ],
  })
  expect(page[1]).toBe(38)
  expect(page[31]).toBe(2)
  expect(capabilitiesPage.layout.decode(page.subarray(0, 36)).writeSpeedPerformanceDescriptors).toMatchObject([
    { rotationControl: 'cav', writeSpeedKBps: 22_160 },
  ])
})

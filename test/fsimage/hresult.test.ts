import { formatHresult, HRESULTS, hresultName, ImapiError, succeeded } from '../../src/fsimage'

test.each([
  ['S_OK', '0x00000000'],
  ['E_POINTER', '0x80004003'],
  ['E_INVALIDARG', '0x80070057'],
  ['IMAPI_E_FSI_INTERNAL_ERROR', '0xC0AAB100'],
  ['IMAPI_E_IMPORT_SEEK_FAILURE', '0xC0AAB156'],
  ['IMAPI_E_BAD_MULTISESSION_PARAMETER', '0xC0AAB162'],
  ['IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED', '0x00AAB15F'],
  ['IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG', '0xC0AAB203'],
  ['E_IMAPI_RECORDER_MEDIA_NO_MEDIA', '0xC0AA0202'],
  ['E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID', '0xC0AA0408'],
  ['E_IMAPI_DF2TAO_CLIENT_NAME_IS_NOT_VALID', '0xC0AA050F'],
  ['E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED', '0xC0AA0610'],
  ['E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND', '0x80AA0908'],
  ['E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID', '0xC0AA090B'],
  ['E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX', '0x80AA0A0A'],
] as const)('%s is %s', (name, printed) => {
  expect(formatHresult(HRESULTS[name])).toBe(printed)
  expect(hresultName(HRESULTS[name])).toBe(name)
})

test('no two names have one value, and success is told by the severity bit', () => {
  const values = Object.values(HRESULTS)
  expect(new Set(values).size).toBe(values.length)
  for (const [name, value] of Object.entries(HRESULTS)) expect(succeeded(value)).toBe(/^(IMAPI_)?S_/.test(name))
})

test('a signed HRESULT, as COM hands it over, has the same name', () => {
  expect(hresultName(0xc0aab15c | 0)).toBe('IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE')
  expect(formatHresult(0xc0aab15c | 0)).toBe('0xC0AAB15C')
  expect(hresultName(0x12345678)).toBeUndefined()
})

test('an ImapiError has its HRESULT unsigned', () => {
  expect(new ImapiError('E_POINTER', 'none').hresult).toBe(0x80004003)
})

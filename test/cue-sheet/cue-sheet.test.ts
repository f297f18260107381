import { type CueSheetFile, decodeCueSheetText, parseCueSheet, placeTracks, writeCueSheet } from '../../src/cue-sheet'

const sheetOf = (text: string): CueSheetFile => parseCueSheet(text).sheet

const COMPLETE = `REM DATE 1999
CATALOG 1234567890123
CDTEXTFILE "disc.cdt"
TITLE "A "quoted" title"
PERFORMER "Nobody"
FILE "one file.bin" BINARY
  TRACK 01 MODE1/2352
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Second"
    REM COMPOSER "Composed"
    FLAGS DCP 4CH PRE SCMS
    ISRC XYBLG1101234
    PREGAP 00:02:00
    INDEX 01 10:00:00
    INDEX 02 100:59:74
    POSTGAP 00:01:00
FILE "next.wav" WAVE
REM SESSION 02
  TRACK 03 AUDIO
    INDEX 01 00:00:00
`

test('what is written reads the same', () => {
  const sheet = sheetOf(COMPLETE)
  expect(sheetOf(writeCueSheet(sheet))).toEqual(sheet)
  expect(sheet.texts.title).toBe('A "quoted" title')
  expect(sheet.tracks[1]).toMatchObject({
    preEmphasis: true,
    pregap: 150,
    postgap: 75,
    texts: { composer: 'Composed' },
  })
  expect(sheet.tracks[1]!.indexes[1]!.position).toBe((100 * 60 + 59) * 75 + 74)
})

test('gaps at the end of the file before: a FILE within a TRACK', () => {
  const sheet = sheetOf(`FILE "01.wav" WAVE
  TRACK 01 AUDIO
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    INDEX 00 00:10:00
FILE "02.wav" WAVE
    INDEX 01 00:00:00`)
  expect(sheetOf(writeCueSheet(sheet))).toEqual(sheet)
  const { tracks } = placeTracks(sheet, [900 * 2352, 500 * 2352 - 8])
  expect(tracks.map(({ pregap, sectors }) => [pregap, sectors])).toEqual([
    [150, 750],
    [150, 500],
  ])
  expect(tracks[1]!.parts).toEqual([
    { file: 0, offsetBytes: 750 * 2352, bytes: 150 * 2352, sectors: 150 },
    { file: 1, offsetBytes: 0, bytes: 500 * 2352 - 8, sectors: 500 },
  ])
})

test('sectors of different sizes in one file', () => {
  const sheet = sheetOf(
    'FILE a.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:06:00\nINDEX 01 00:08:00',
  )
  const { tracks, warnings } = placeTracks(sheet, [450 * 2048 + 550 * 2352])
  expect(warnings).toEqual([])
  expect(tracks[1]).toMatchObject({ pregap: 150, sectors: 400, parts: [{ offsetBytes: 450 * 2048, sectors: 550 }] })
})

test('a change of kind gets a gap, a short track is filled up', () => {
  const sheet = sheetOf('FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:06:00')
  const { tracks, warnings } = placeTracks(sheet, [500 * 2352])
  expect(tracks[1]).toMatchObject({ pregap: 150, sectors: 300 })
  expect(warnings).toHaveLength(2)
})

test('files that are shorter than the sheet are refused', () => {
  const sheet = sheetOf('FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:06:00')
  expect(() => placeTracks(sheet, [400 * 2352])).toThrow(/a\.bin ends before .* track 2 begins/)
  const data = sheetOf('FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00')
  expect(() => placeTracks(data, [400 * 2352 - 1])).toThrow(/a\.bin does not hold whole sectors of 2352/)
})

const TRACK = 'FILE a.bin BINARY\nTRACK 01 AUDIO\n'
test.each([
  ['', /no TRACK/],
  [`${TRACK}`, /Line 2: track 1 has no INDEX 01/],
  [`${TRACK}INDEX 01 00:00:75`, /Line 3: "00:00:75" is no time/],
  [`${TRACK}INDEX 01 1000:00:00`, /Line 3.*no time/],
  [`${TRACK}INDEX -1 00:00:00`, /Line 3.*no index/],
  [`${TRACK}INDEX 100 00:00:00`, /Line 3.*no index/],
  [`${TRACK}INDEX 02 00:00:00`, /Line 3.*out of order/],
  [`${TRACK}INDEX 00 00:02:00\nINDEX 01 00:01:00`, /Line 4: It is before/],
  [`${TRACK}INDEX 01 00:00:00\nPREGAP 00:02:00`, /Line 4: PREGAP stands behind/],
  [`${TRACK}FLAGS LOUD`, /Line 3: "LOUD" is no flag/],
  [`${TRACK}INDEX 01 00:00:00\nTRACK 03 AUDIO`, /Line 4: Track 3 follows track 1/],
  ['TRACK 01 AUDIO\nINDEX 01 00:00:00', /Line 2: INDEX stands before the first FILE/],
  ['TRACK 100 AUDIO', /Line 1: "100" is no track number/],
  ['TRACK 01 MODE3/2048', /Line 1: "MODE3\/2048" is no mode/],
  ['FILE a.bin', /Line 1: "" is no type/],
  ['FILE "a.bin" EXE', /"EXE" is no type/],
  ['ISRC XYBLG1101234', /Line 1: ISRC stands before/],
  ['\u0000\u0001\u0002', /Line 1.*no command/],
  ['x'.repeat(2 ** 20 + 1), /is none/],
])('malformed: %j', (text, message) => {
  const failure = (() => {
    try {
      return parseCueSheet(text)
    } catch (error) {
      return error
    }
  })()
  expect(failure).toMatchObject({ code: 'FORMAT_CUE_SHEET', message: expect.stringMatching(message) })
  expect((failure as { hint?: string }).hint).toBeTruthy()
})

test('odd codes are left out and told', () => {
  const { sheet, warnings } = parseCueSheet(`CATALOG 12\n${TRACK}ISRC nonsense\nINDEX 01 00:00:00`)
  expect(sheet).toMatchObject({ catalog: undefined, tracks: [{ isrc: undefined }] })
  expect(warnings).toHaveLength(2)
})

test('encodings', () => {
  expect(decodeCueSheetText(Buffer.from('\ufeffTITLE é', 'utf16le'))).toEqual({ text: 'TITLE é', encoding: 'utf-16le' })
  expect(decodeCueSheetText(Buffer.from('é'))).toEqual({ text: 'é', encoding: 'utf-8' })
  expect(decodeCueSheetText(Buffer.from('é', 'latin1')).text).toBe('é')
  expect(decodeCueSheetText(Uint8Array.of(0x89, 0xcc), 'shift_jis').text).toBe('歌')
})

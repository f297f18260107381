/** Records CDs with tracks of sound through the kernel, and has other programs read them: the other side of ../programs/agent. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServedDrive } from '../programs/drives'
import { mountAndCompare } from './mounted'
import { SECTOR_BYTES, writeTrack } from './sound'
import { inMachine, type SuiteContext } from './suite'

const folder = process.argv[2]!
const at = (name: string) => join(folder, name)
const CATALOG = '1234567890123'
const GAP_SECTORS = 150
const ALBUM = 'Joyful Nights'

/** Three tracks, a gap before the second, none before the third. Players count a gap to the track before it. */
function writeAlbum(): void {
  // wodim takes the last two seconds of a track for the next one's gap: four must be left of it.
  for (const [name, sectors] of [
    ['one', 450],
    ['two', 500],
    ['three', 400],
  ] as const)
    writeTrack(folder, name, sectors)
  const gap = Buffer.alloc(GAP_SECTORS * SECTOR_BYTES)
  writeFileSync(at('one-and-gap.raw'), Buffer.concat([readFileSync(at('one.raw')), gap]))
  writeFileSync(
    at('album.cue'),
    [
      `CATALOG ${CATALOG}`,
      `TITLE "${ALBUM}"`,
      'PERFORMER "United Cat Orchestra"',
      'FILE "one.wav" WAVE',
      '  TRACK 01 AUDIO',
      '    TITLE "Song of Joy"',
      '    PERFORMER "Felix"',
      '    ISRC XYBLG1101234',
      '    FLAGS DCP',
      '    INDEX 01 00:00:00',
      'FILE "two.wav" WAVE',
      '  TRACK 02 AUDIO',
      '    TITLE "Humpty Dumpty"',
      '    ISRC XYBLG1100005',
      '    PREGAP 00:02:00',
      '    INDEX 01 00:00:00',
      'FILE "three.wav" WAVE',
      '  TRACK 03 AUDIO',
      '    TITLE "Mee Owwww"',
      '    INDEX 01 00:00:00',
      '',
    ].join('\n'),
  )
}

/** Track 1 holds an image, sound follows it. */
function writeMixed(): void {
  writeFileSync(
    at('mixed.cue'),
    [
      'FILE "data.iso" BINARY',
      '  TRACK 01 MODE1/2048',
      '    INDEX 01 00:00:00',
      'FILE "one.wav" WAVE',
      '  TRACK 02 AUDIO',
      '    PREGAP 00:02:00',
      '    INDEX 01 00:00:00',
      'FILE "two.wav" WAVE',
      '  TRACK 03 AUDIO',
      '    INDEX 01 00:00:00',
      '',
    ].join('\n'),
  )
}

function expect(output: string, ...patterns: readonly RegExp[]): string {
  const missing = patterns.filter(pattern => !pattern.test(output))
  if (missing.length > 0) throw new Error(`not said: ${missing.join(' ')}\n${output}`)
  return ''
}

async function run({ machine, drives, recorder, checks }: SuiteContext): Promise<void> {
  const [cdR, cdRw] = drives.all as [ServedDrive, ServedDrive]

  const command = async (line: string) => {
    const { status, output } = await machine.run(line)
    if (status !== 0) throw new Error(`status ${status}: ${line}\n${output}`)
    return output
  }
  /** Tracks as cdparanoia and icedax hear them. */
  const heard = async (
    { block, generic, type }: ServedDrive,
    what: string,
    tracks: Readonly<Record<number, string>>,
  ) => {
    for (const [number, name] of Object.entries(tracks)) {
      await checks.that(`${what}: cdparanoia hears track ${number} as it was recorded`, async () => {
        const raw = `/dev/shm/${type}-${number}.raw`
        await command(`cdparanoia -q -Z -d ${block} -r ${number} ${raw} && cmp ${raw} ${at(`${name}.raw`)}`)
        return ''
      })
      await checks.that(`${what}: icedax hears track ${number} as it was recorded`, async () => {
        const raw = `/dev/shm/${type}-${number}-icedax`
        await command(
          `icedax -D ${generic} -H -q -O raw -E little -t ${number} ${raw}.raw && cmp ${raw}.raw ${at(`${name}.raw`)}`,
        )
        return ''
      })
    }
  }

  const album = async () => {
    const type = cdR.type
    await cdR.insert({ state: 'blank' })
    const recorded = await checks.that('audio CD: recorded at once, and verified', () =>
      recorder.burnCueSheet(cdR.block, at('album.cue'), { close: true }),
    )
    if (!recorded) return
    await recorder.do({ device: cdR.block, operation: 'reload' })
    await checks.that('audio CD: cd-info finds the tracks, CD-Text, catalogue number and ISRCs', async () =>
      expect(
        await command(`cd-info --no-cddb --no-header ${cdR.block}`),
        /1: 00:02:00 +000000 audio/,
        /2: 00:10:00 +000600 audio/,
        /3: 00:16:50 +001100 audio/,
        /170: 00:22:00 +001500 leadout/,
        new RegExp(CATALOG),
        new RegExp(`TITLE: ${ALBUM}`),
        /PERFORMER: United Cat Orchestra/,
        /TITLE: Humpty Dumpty/,
        /XYBLG1101234/,
        /XYBLG1100005/,
      ),
    )
    await checks.that('audio CD: icedax finds catalogue number, ISRCs and CD-Text', async () =>
      expect(
        await command(`icedax -D ${cdR.generic} -J -H -v toc,titles,catalog,trackid 2>&1`),
        / 3\.\( 0:05\.25\)/,
        new RegExp(ALBUM),
        new RegExp(CATALOG.replaceAll('', '-?')),
        /XY-?BLG-?11-?01234/,
      ),
    )
    await heard(cdR, `audio CD (${type})`, { 1: 'one-and-gap', 2: 'two', 3: 'three' })
  }

  const mixed = async () => {
    await cdRw.insert({ state: 'blank' })
    const recorded = await checks.that('mixed mode: recorded at once, and verified', () =>
      recorder.burnCueSheet(cdRw.block, at('mixed.cue'), { close: true }),
    )
    if (!recorded) return
    await recorder.do({ device: cdRw.block, operation: 'reload' })
    await checks.that('mixed mode: the kernel mounts the data', async () => {
      await mountAndCompare(machine, cdRw.block, [at('tree')])
      return ''
    })
    await checks.that('mixed mode: cd-info tells data and sound apart', async () =>
      expect(await command(`cd-info --no-cddb --no-header ${cdRw.block}`), /1: .* data/, /2: .* audio/, /3: .* audio/),
    )
    await heard(cdRw, 'mixed mode', { 2: 'one', 3: 'two' })
  }

  const extra = async () => {
    await cdR.insert({ state: 'blank' })
    const recorded = await checks.that('CD-Extra: sound at once, left open; data appended, all verified', async () => {
      await recorder.burnCueSheet(cdR.generic, at('album.cue'), {})
      const report = await recorder.do({ device: cdR.generic, operation: 'append', sources: [at('tree')] })
      return `data from LBA ${report.start} on`
    })
    if (!recorded) return
    await recorder.do({ device: cdR.block, operation: 'reload' })
    await checks.that('CD-Extra: the kernel mounts the second session', async () => {
      await mountAndCompare(machine, cdR.block, [at('tree')])
      return ''
    })
    await checks.that('CD-Extra: cd-info knows it as such', async () =>
      expect(
        await command(`cd-info --no-cddb --no-header ${cdR.block}`),
        /3: .* audio/,
        /4: .* data/,
        /CD-Plus\/Extra/,
      ),
    )
    await heard(cdR, 'CD-Extra', { 1: 'one-and-gap', 3: 'three' })
  }

  const begunByWodim = async () => {
    await cdRw.insert({ state: 'blank' })
    await checks.that('wodim records sound at once, and we verify it', async () => {
      const tracks = ['one', 'two', 'three'].map(name => at(`${name}.wav`)).join(' ')
      await command(`wodim dev=${cdRw.block} -dao -audio -nopreemp -v ${tracks}`)
      return recorder.readDisc(
        cdRw.block,
        ['one', 'two', 'three'].map(name => at(`${name}.raw`)),
      )
    })
  }

  await Promise.all([album().then(extra), mixed().then(begunByWodim)])
}

writeAlbum()
writeMixed()
void inMachine(folder, 3, ['cd-r', 'cd-rw'], run)

import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type {
  DiscSession,
  OperationOptions,
  OperationReport,
  Recordable,
  RecordingReport,
  RecordOptions,
  SessionReport,
} from '../../../../src/mmc'
import { type Medium, RecordingError, readMedium, record, recordSession } from '../../../../src/mmc'
import { Drive } from '../../../../src/mmc/drive'
import { faultInjection } from '../../../../src/platform'
import { type MediaType, type Quirk, type VirtualDiscState, VirtualDrive, virtualDisc } from '../../../../src/virtual'
import { numberedImage } from './numbered-image'

/** Blanking, formatting or closing. */
export interface WholeMediumOperation {
  perform(drive: Drive, options: OperationOptions): Promise<OperationReport>
  /** Whether the medium is afterwards what it must be. */
  isDone(after: Medium, before: Medium): boolean
  /** Nothing can be recorded behind it. */
  readonly closesForGood?: boolean
}

/** A recording that is disturbed: what is in the drive, and how it is recorded. */
export interface DisturbedRecording {
  readonly title: string
  readonly media: MediaType
  readonly state: VirtualDiscState
  /** Sessions recorded before. */
  readonly sessionsBefore?: number
  readonly options?: RecordOptions
  /** A session behind those, which breaks off in the middle. */
  readonly brokenOff?: boolean
  /** Tracks that are recorded at once, instead of an image. */
  readonly session?: DiscSession
  /** An operation on the whole medium, instead of a recording. */
  readonly operation?: WholeMediumOperation
  readonly quirks?: readonly Quirk[]
}

const SEQUENTIAL: readonly MediaType[] = [
  'cd-r',
  'cd-rw',
  'dvd-r',
  'dvd-rw',
  'dvd-r-dl',
  'dvd+r',
  'dvd+r-dl',
  'bd-r',
  'bd-r-pow',
]

const SONG_SECTORS = 300
const PREGAP_SECTORS = 150

/** One track of sound with a title: with a cue sheet and CD-Text. */
const SONG: DiscSession = {
  tracks: [
    {
      number: 1,
      form: 'audio',
      copyPermitted: false,
      preEmphasis: false,
      fourChannel: false,
      alternateCopy: false,
      isrc: undefined,
      pregap: PREGAP_SECTORS,
      sectors: SONG_SECTORS,
      indexes: [],
    },
  ],
  mediaCatalogNumber: undefined,
  discType: 'cd-da-or-cd-rom',
  cdText: [
    {
      languageCode: 9,
      tracks: [
        { number: 0, title: 'Album' },
        { number: 1, title: 'Song' },
      ],
    },
  ],
  async *content() {
    yield Buffer.alloc(PREGAP_SECTORS * 2352)
    for (let sector = 0; sector < SONG_SECTORS; sector++) yield Buffer.alloc(2352, 1 + (sector % 255))
  },
}

/** Every family: the first session, one more, the last one, and what needs formatting. */
export const RECORDINGS: readonly DisturbedRecording[] = [
  ...SEQUENTIAL.flatMap((media): DisturbedRecording[] => [
    { title: `${media}, first session`, media, state: 'blank' },
    {
      title: `${media}, appended and closed for good`,
      media,
      state: 'blank',
      sessionsBefore: 1,
      options: { close: true },
    },
  ]),
  { title: 'cd-r, sound at once', media: 'cd-r', state: 'blank', session: SONG },
  { title: 'cd-r, sound track by track', media: 'cd-r', state: 'blank', session: SONG, quirks: ['no-session-at-once'] },
  { title: 'dvd-r, disc at once', media: 'dvd-r', state: 'blank', options: { discAtOnce: true } },
  { title: 'dvd+r-dl, one session, closed', media: 'dvd+r-dl', state: 'blank', options: { close: true } },
  { title: 'dvd-rw-ro, formatted quickly', media: 'dvd-rw-ro', state: 'blank' },
  {
    title: 'dvd-rw-ro, overwritten',
    media: 'dvd-rw-ro',
    state: 'blank',
    sessionsBefore: 1,
    options: { overwrite: true },
  },
  { title: 'dvd+rw, unformatted', media: 'dvd+rw', state: 'unformatted' },
  {
    title: 'dvd+rw, overwritten and closed',
    media: 'dvd+rw',
    state: 'blank',
    sessionsBefore: 1,
    options: { overwrite: true, close: true },
  },
  { title: 'dvd-ram, unformatted', media: 'dvd-ram', state: 'unformatted' },
  { title: 'bd-re, unformatted', media: 'bd-re', state: 'unformatted' },
  { title: 'bd-re, overwritten', media: 'bd-re', state: 'blank', sessionsBefore: 1, options: { overwrite: true } },
]

export const IMAGE_BLOCKS = 64

const WRITE_10 = 0x2a
const WRITE_ERROR = { kind: 'sense', key: 3, asc: 0x0c, ascq: 0 } as const

export const openDisc = async (path: string, quirks: readonly Quirk[] = []) =>
  new VirtualDrive(await virtualDisc.open(path, { access: 'write' }), { quirks })

/** Makes the disc as it is before the recording; what is disturbed are copies of it. */
export async function makeDisc(
  path: string,
  { media, state, sessionsBefore = 0, brokenOff = false }: DisturbedRecording,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  await virtualDisc.create(path, { media, state })
  if (sessionsBefore === 0 && !brokenOff) return
  const virtual = await openDisc(path)
  await using drive = new Drive(virtual, { access: 'write' })
  for (let session = 0; session < sessionsBefore; session++) {
    await record(drive, numberedImage((await readMedium(drive))?.nextWritableAddress ?? 0, IMAGE_BLOCKS))
  }
  if (!brokenOff) return
  const failing = new Drive(faultInjection([{ cdb: [WRITE_10], from: 2, effect: WRITE_ERROR }])(virtual), {
    access: 'write',
  })
  const image = imageFor((await readMedium(drive))!, 1)
  const failed = await record(failing, image, { transferBlocks: 16 }).catch(error => error)
  if (!(failed instanceof RecordingError)) throw new Error('The recording did not break off.')
}

/** Copies a virtual disc with its blocks into a folder: as it is on the host's disk now, whoever is writing to it. */
export function copyDisc(from: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const to = join(folder, basename(from))
  for (const suffix of ['', '.blocks', '.sectors']) {
    if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`)
  }
  return to
}

/** The image that is recorded on a medium as it is now. */
export const imageFor = (medium: Medium, mark: number) =>
  numberedImage(medium.isOverwritable ? 0 : (medium.nextWritableAddress ?? 0), IMAGE_BLOCKS, mark)

/** Records it: an image, or tracks at once; or blanks, formats, closes. */
export function perform(
  drive: Drive,
  image: Recordable,
  { session, options, operation }: DisturbedRecording,
  more: RecordOptions = {},
): Promise<RecordingReport | SessionReport | OperationReport> {
  if (operation) return operation.perform(drive, {})
  return session
    ? recordSession(drive, session, { ...more, ...options })
    : record(drive, image, { ...more, ...options })
}

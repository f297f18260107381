import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CueSheetFile, type CueSheetTexts, type CueSheetTrack, TEXT_COMMANDS, writeCueSheet } from '../cue-sheet'
import { MediumError, UsageError } from '../errors'
import { bytesOf } from '../layout'
import {
  type CdTextBlock,
  cdText,
  type Drive,
  readCatalogNumber,
  readCd,
  readCdText,
  readFullToc,
  readIsrc,
  ScsiError,
  tableOfContents,
} from '../mmc'

const SECTOR_BYTES = 2352
const SECTORS_A_READ = 24
const ATTEMPTS = 3
const MODE_AT = 15
const MOST_INDEXES = 99
/** Every part of a sector that there is. */
const WHOLE = { sync: true, headerCodes: 'all-headers', userData: true, edcAndEcc: true } as const

/** How a disc is read into files. */
export interface ReadDiscOptions {
  /** 1 unless given. */
  readonly session?: number
  /** What the files are called, without ending; `disc` unless given. */
  readonly name?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (sectorsRead: number, totalSectors: number) => void
}

/** What was read. */
export interface ReadDiscReport {
  readonly cueSheetFile: string
  readonly binaryFile: string
  /** CD-Text as packs; null where the disc has none. */
  readonly cdTextFile: string | null
  readonly cueSheet: CueSheetFile
  readonly sectors: number
  /** LBAs of sectors that could not be read: they are zeros in the file. */
  readonly unreadable: readonly number[]
}

/**
 * Reads a session of a CD into a file of sectors (2352 bytes each), a cue sheet and, where the disc has CD-Text, its
 * packs: everything that is needed to record it again.
 *
 * @throws {MediumError} `MEDIUM_NO_SESSION` where the disc has no such session, or is no CD or a blank one
 * @throws {UsageError} `USAGE_FILE` where the files cannot be written
 */
export async function readDisc(
  drive: Drive,
  directory: string,
  options: ReadDiscOptions = {},
): Promise<ReadDiscReport> {
  await drive.waitUntilReady(options.signal ? { signal: options.signal } : {})
  const wanted = options.session ?? 1
  const sessions = await sessionsOf(drive)
  const session = sessions.find(({ number }) => number === wanted)
  const { tracks, leadOut } = session ?? { tracks: [], leadOut: undefined }
  const [first] = tracks
  if (!first || leadOut === undefined || leadOut <= first.start) {
    throw new MediumError('MEDIUM_NO_SESSION', `The disc has no session ${wanted} with tracks in it.`, {
      hint: `It has ${sessions.length} session(s).`,
    })
  }
  // What is hidden before the first track of a disc belongs to it.
  const start = wanted === 1 ? Math.min(0, first.start) : first.start
  const name = options.name ?? 'disc'
  const [binaryFile, cueSheetFile] = [join(directory, `${name}.bin`), join(directory, `${name}.cue`)]
  const places = await placesOf(drive, tracks, start, leadOut)
  const packs = await packsOf(drive)
  const texts = packs && cdText(packs).blocks[0]
  const cdTextFile = packs ? `${name}.cdt` : undefined
  const cueSheet = await sheetOf(drive, { tracks, start, name, texts, cdTextFile, places })

  await mkdir(directory, { recursive: true }).catch(cannotWrite)
  const unreadable = await readSectors(drive, binaryFile, start, leadOut, options)
  await writeFile(cueSheetFile, writeCueSheet(cueSheet)).catch(cannotWrite)
  if (packs && cdTextFile !== undefined) {
    await writeFile(join(directory, cdTextFile), Buffer.concat(packs.map(bytesOf))).catch(cannotWrite)
  }
  return {
    cueSheetFile,
    binaryFile,
    cdTextFile: cdTextFile === undefined ? null : join(directory, cdTextFile),
    cueSheet,
    sectors: leadOut - start,
    unreadable,
  }
}

async function sessionsOf(drive: Drive): Promise<ReturnType<typeof tableOfContents>> {
  try {
    return tableOfContents(await drive.send(readFullToc, { trackOrSessionNumber: 1 }))
  } catch (error) {
    // A blank CD has no table of contents yet, and only CDs have it in full.
    if (!(error instanceof ScsiError) || error.code !== 'SENSE_ILLEGAL_REQUEST') throw error
    throw new MediumError(
      'MEDIUM_NO_SESSION',
      'The drive gives no full table of contents: the disc is blank, or no CD.',
      {
        hint: 'See what it is with: scsi-mmc info.',
        cause: error,
      },
    )
  }
}

function cannotWrite(error: NodeJS.ErrnoException): never {
  throw new UsageError('USAGE_FILE', `${error.path ?? 'A file'} cannot be written: ${error.message}.`, { cause: error })
}

type Tracks = ReturnType<typeof tableOfContents>[number]['tracks']

/** Where a track's indexes lie (LBA), the pre-gap first where there is one. */
interface TrackPlace {
  readonly pregapStart: number
  readonly indexes: readonly number[]
  readonly mode: CueSheetTrack['mode']
}

async function placesOf(drive: Drive, tracks: Tracks, start: number, leadOut: number): Promise<TrackPlace[]> {
  const places: TrackPlace[] = []
  for (const [order, { number, start: first, isData }] of tracks.entries()) {
    const floor = order === 0 ? start : tracks[order - 1]!.start
    const end = tracks[order + 1]?.start ?? leadOut
    const isOwn = (q: Position) => q.track > number || q.track === number
    const pregapStart = await firstWhere(drive, floor, first, isOwn)
    const indexes: number[] = []
    for (let index = 2; index <= MOST_INDEXES; index++) {
      const from = indexes.at(-1) ?? first
      const at = await firstWhere(drive, from, end, q => q.track > number || q.index >= index)
      // The next track's pre-gap counts as later than any index of this one.
      const q = at < end ? await positionAt(drive, at) : undefined
      if (q?.track !== number || q.index !== index) break
      indexes.push(at)
    }
    places.push({ pregapStart, indexes, mode: isData ? await modeAt(drive, first) : 'AUDIO' })
  }
  return places
}

interface Position {
  readonly track: number
  readonly index: number
}

const POSITION = 1
const fromBcd = (value: number) => (value >> 4) * 10 + (value & 0xf)
/** One sector in ten may carry something else than its position. */
const NEIGHBOURS = 3

/** What the Q sub-channel says of a sector; undefined where it cannot be read there. */
async function positionAt(drive: Drive, lba: number): Promise<Position | undefined> {
  for (let near = lba; near < lba + NEIGHBOURS; near++) {
    const q = await drive
      .send(readCd, { startingLogicalBlockAddress: near, transferLength: 1, ...WHOLE, subChannelSelection: 'q' })
      .then(data => data.subarray(SECTOR_BYTES, SECTOR_BYTES + 16))
      .catch(error => {
        if (error instanceof ScsiError) return undefined
        throw error
      })
    if (!q || q.length < 3) return undefined
    if ((q[0]! & 0xf) === POSITION) return { track: fromBcd(q[1]!), index: fromBcd(q[2]!) }
  }
  return undefined
}

/** The first sector of a range from which on a condition holds; its end where it never does. */
async function firstWhere(drive: Drive, start: number, end: number, holds: (q: Position) => boolean): Promise<number> {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const q = await positionAt(drive, middle)
    // Gaps that cannot be read are nobody's: they are passed over.
    if (q && holds(q)) high = middle
    else low = middle + 1
  }
  return low
}

async function modeAt(drive: Drive, lba: number): Promise<CueSheetTrack['mode']> {
  const sector = await drive.send(readCd, { startingLogicalBlockAddress: lba, transferLength: 1, ...WHOLE })
  return sector[MODE_AT] === 2 ? 'MODE2/2352' : 'MODE1/2352'
}

async function packsOf(drive: Drive) {
  const reply = await drive.send(readCdText).catch(error => {
    if (error instanceof ScsiError) return undefined
    throw error
  })
  const packs = (reply?.cdTextDescriptors ?? []).filter(({ crc }) => crc !== undefined)
  return packs.length > 0 ? packs : undefined
}

async function sheetOf(
  drive: Drive,
  {
    tracks,
    start,
    name,
    texts,
    cdTextFile,
    places,
  }: {
    tracks: Tracks
    start: number
    name: string
    texts: CdTextBlock | undefined
    cdTextFile: string | undefined
    places: readonly TrackPlace[]
  },
): Promise<CueSheetFile> {
  const described: CueSheetTrack[] = []
  for (const [order, { number, control, isData, start: first }] of tracks.entries()) {
    const { pregapStart, indexes, mode } = places[order]!
    const points = [
      ...(pregapStart < first ? [[0, pregapStart]] : []),
      [1, first],
      ...indexes.map((at, i) => [i + 2, at]),
    ]
    described.push({
      number,
      mode,
      session: 1,
      copyPermitted: (control & 2) !== 0,
      fourChannel: !isData && (control & 8) !== 0,
      preEmphasis: !isData && (control & 1) !== 0,
      serialCopyManagement: false,
      isrc: isData ? undefined : await readIsrc(drive, number),
      pregap: 0,
      postgap: 0,
      texts: textsOf(texts, number),
      indexes: points.map(([index, at]) => ({ number: index!, file: 0, position: at! - start })),
      remarks: [],
    })
  }
  return {
    catalog: await readCatalogNumber(drive),
    cdTextFile,
    texts: textsOf(texts, 0),
    remarks: [],
    files: [{ name: `${name}.bin`, type: 'BINARY' }],
    tracks: described,
  }
}

function textsOf(block: CdTextBlock | undefined, number: number): CueSheetTexts {
  const own: Readonly<Record<string, unknown>> = { ...block?.tracks.find(track => track.number === number) }
  return Object.fromEntries(
    Object.values(TEXT_COMMANDS).flatMap(kind => (typeof own[kind] === 'string' ? [[kind, own[kind]]] : [])),
  )
}

async function readSectors(
  drive: Drive,
  path: string,
  start: number,
  end: number,
  { signal, onProgress }: ReadDiscOptions,
): Promise<number[]> {
  const unreadable: number[] = []
  const file = await open(path, 'w').catch(cannotWrite)
  try {
    const most = Math.floor(drive.transport.limits.maximumTransferBytes / SECTOR_BYTES)
    const step = Math.max(1, Math.min(SECTORS_A_READ, most))
    for (let lba = start; lba < end; lba += step) {
      signal?.throwIfAborted()
      const sectors = Math.min(step, end - lba)
      await file.writeFile(await sectorsAt(drive, lba, sectors, unreadable))
      onProgress?.(lba + sectors - start, end - start)
    }
  } finally {
    await file.close()
  }
  return unreadable
}

/** Sectors as they are on the disc; one by one where they do not come together, zeros where they do not come at all. */
async function sectorsAt(drive: Drive, lba: number, count: number, unreadable: number[]): Promise<Uint8Array> {
  const ask = { startingLogicalBlockAddress: lba, transferLength: count, ...WHOLE }
  for (let attempt = 1; attempt <= (count === 1 ? ATTEMPTS : 1); attempt++) {
    try {
      const data = await drive.send(readCd, ask)
      if (data.length === count * SECTOR_BYTES) return data
    } catch (error) {
      if (!(error instanceof ScsiError) || ![3, 5, 8].includes(error.sense?.key ?? -1)) throw error
      if (error.sense?.key === 5) break
    }
  }
  if (count === 1) {
    unreadable.push(lba)
    return new Uint8Array(SECTOR_BYTES)
  }
  const parts: Uint8Array[] = []
  for (let index = 0; index < count; index++) parts.push(await sectorsAt(drive, lba + index, 1, unreadable))
  return Buffer.concat(parts)
}

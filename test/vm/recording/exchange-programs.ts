import type { MediaType, VirtualDiscOptions } from '../../../src/virtual'

/** Where a session comes from: a folder, and an image of it. */
export interface SessionSource {
  readonly tree: string
  readonly image: string
}

/** Another program that records sessions, with others' before and behind its own. */
export interface ExchangeProgram {
  readonly name: string
  readonly types: readonly MediaType[]
  /** Discs that it wants otherwise than others do. */
  readonly discs?: Partial<Record<MediaType, Omit<VirtualDiscOptions, 'media'>>>
  /** Kinds of media of which it records the first session and no more. */
  readonly firstOnly?: readonly MediaType[]
  /** Records the first session, the disc left open where more can follow. */
  first(device: string, type: MediaType, source: SessionSource): string
  /** Adds one to what is there. */
  next(device: string, type: MediaType, source: SessionSource): string
}

const CD: readonly MediaType[] = ['cd-r', 'cd-rw']
const OVERWRITABLE: readonly MediaType[] = ['dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re']
/** growisofs refuses a DVD-R DL of which it would record less than half. No program but growisofs records on a BD-R with pseudo-overwrite, and none session after session on a DVD-R DL. */
const SEQUENTIAL: readonly MediaType[] = ['dvd-r', 'dvd-rw', 'dvd+r', 'dvd+r-dl', 'bd-r']

/** growisofs divides a DVD+R DL's layers, and closes it at once, unless it is told not to. */
const growisofs = (device: string, type: MediaType, way: '-Z' | '-M', { tree }: SessionSource) =>
  `growisofs ${type === 'dvd+r-dl' ? '-use-the-force-luke=4gms ' : ''}${way} ${device} -R -J -quiet ${tree}`

/** xorriso records a DVD-R DL at once only, and closes it. */
const xorriso = (device: string, type: MediaType, { tree }: SessionSource) =>
  `xorriso -abort_on FAILURE -dev ${device} ${type === 'dvd-r-dl' ? '-close on ' : ''}-map ${tree} / -commit`

/** An image for the next writable address, made by genisoimage on top of the last session, and what records it. */
const onTop = (device: string, record: string, tree: string) => {
  const image = `/dev/shm/${device.slice(5)}.iso`
  return `genisoimage -quiet -R -J -C "$(${record} -msinfo 2>/dev/null)" -M ${device} -o ${image} ${tree} && ${record} -tao -multi -v padsize=150s ${image} && rm ${image}`
}

const cdrskin = (device: string, type: MediaType) =>
  `cdrskin dev=${device}${OVERWRITABLE.includes(type) ? ' --grow_overwriteable_iso' : ''}`

export const EXCHANGE_PROGRAMS: readonly ExchangeProgram[] = [
  {
    name: 'growisofs',
    types: [...SEQUENTIAL, ...OVERWRITABLE, 'bd-r-pow'],
    first: (device, type, source) => growisofs(device, type, '-Z', source),
    next: (device, type, source) => growisofs(device, type, '-M', source),
  },
  {
    name: 'xorriso',
    types: [...CD, ...SEQUENTIAL, ...OVERWRITABLE],
    firstOnly: ['dvd-r-dl'],
    first: xorriso,
    next: xorriso,
  },
  {
    name: 'cdrskin',
    // It formats no BD-RE on its way.
    discs: { 'bd-re': { state: 'blank' } },
    types: [...CD, ...SEQUENTIAL, ...OVERWRITABLE],
    first: (device, type, { image }) => `${cdrskin(device, type)} -tao -multi -v padsize=150s ${image}`,
    next: (device, type, { tree }) => onTop(device, cdrskin(device, type), tree),
  },
  {
    name: 'wodim',
    types: CD,
    first: (device, _type, { image }) => `wodim dev=${device} -tao -multi -v padsize=150s ${image}`,
    next: (device, _type, { tree }) => onTop(device, `wodim dev=${device}`, tree),
  },
]

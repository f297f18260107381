import type { MediaType, VirtualDiscOptions } from '../../../src/virtual'
import { newDisc } from './drives'

/** Where a program's input lies: `tree(1)` is a folder that holds `file1.txt`, `image(1)` an image of it. */
export interface Sources {
  tree(number: number): string
  image(number: number): string
  /** The size of an image in blocks of 2048 bytes. */
  imageBlocks(number: number): number
}

/** A program's command, and what is on the disc afterwards. */
export interface Step {
  readonly line: string
  /** Numbers of the files that the kernel must show once it has mounted the disc; none where the disc is blank. */
  readonly files: readonly number[]
  /** What the library must say of the disc. */
  readonly states: readonly string[]
}

/** A way to record with a program: a row of the table. */
export interface RecordingWay {
  /** As the table has it. */
  readonly name: string
  readonly types: readonly MediaType[]
  /** The disc in the tray at first: new unless given. */
  readonly disc?: (type: MediaType) => Omit<VirtualDiscOptions, 'media'>
  steps(device: string, type: MediaType, sources: Sources): readonly Step[]
  /** Kinds of media that the program itself does not record so, and its words. */
  readonly refuses?: Partial<Record<MediaType, RegExp>>
}

const CD = ['cd-r', 'cd-rw'] as const
const DVD_MINUS = ['dvd-r', 'dvd-r-dl', 'dvd-rw'] as const
const DVD_PLUS_R = ['dvd+r', 'dvd+r-dl'] as const
const BD_R = ['bd-r', 'bd-r-pow'] as const
const OVERWRITABLE = ['dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re'] as const
const WRITABLE: readonly MediaType[] = [...CD, ...DVD_MINUS, ...DVD_PLUS_R, ...BD_R, ...OVERWRITABLE]
const NOT_CD: readonly MediaType[] = [...DVD_MINUS, ...DVD_PLUS_R, ...BD_R, ...OVERWRITABLE]

const isOverwritable = (type: MediaType) => (OVERWRITABLE as readonly MediaType[]).includes(type)
/** After a session that leaves the disc open. */
const open = (type: MediaType) => [isOverwritable(type) ? 'overwritable' : 'appendable']
/** After one that closes it. */
const closed = (type: MediaType) => [isOverwritable(type) ? 'overwritable' : 'complete']
/** cdrskin formats no BD-RE on its way. */
const cdrskinDisc = (type: MediaType) => (type === 'bd-re' ? { state: 'blank' as const } : newDisc(type))
/** One that no drive has formatted. */
const unformattedDisc = (type: MediaType) => ({
  state: ['dvd+rw', 'dvd-ram', 'bd-re'].includes(type) ? ('unformatted' as const) : ('blank' as const),
})
/** growisofs takes a disc of two layers only where the data need both: a small disc, and the large image. */
const growisofsDisc = (type: MediaType) =>
  type.endsWith('-dl') ? { state: 'blank' as const, capacity: 4096 } : newDisc(type)
/** growisofs leaves the session of a BD-R that it has formatted for pseudo-overwrite open. */
const closedByGrowisofs = (type: MediaType) => (type === 'bd-r' || type === 'bd-r-pow' ? ['appendable'] : closed(type))
/** wodim takes every disc that it does not know for a CD. */
const CUE_SHEET = /CUE sheet still not accepted/
const PSEUDO_OVERWRITE = /May not write to Pseudo Overwrite formatted BD-R medium|FATAL : No suitable media detected/
/**
 * growisofs holds the number of blocks against the *sector number* that layer 0 of a DVD-R DL ends at, which is 30000h
 * more than the layer's blocks: whatever is smaller than 400 MB is refused, on the smallest disc, too.
 */
const WASTED = /more than 50% of space will be \*wasted\*!/
const firstOf = (type: MediaType) => (type.endsWith('-dl') ? LARGE : 1)
/**
 * mmc_format waits for ever (docs/programs.md says why): it is ended long after its command has been sent, and what the
 * drive made of that counts.
 */
const unending = (line: string) => `timeout 60 ${line} >/dev/null; test $? = 124`
/** The kernel looks at a disc anew once it comes into the tray. */
const mountedAsUdf = (device: string) =>
  `sg_start --eject ${device} && sg_start --load ${device} && mkdir -p /run/udf && mount -o ro -t udf ${device} /run/udf && umount /run/udf`
/** Number of the tree and image of some MB. */
export const LARGE = 4

/** All ways that are tried. */
export const RECORDING_WAYS: readonly RecordingWay[] = [
  {
    name: 'growisofs -Z, -M, -M',
    types: NOT_CD,
    refuses: { 'dvd-r-dl': WASTED },
    steps: (device, type, { tree }) => {
      // It divides a DVD+R DL's layers, and closes it at once, unless it is told not to.
      const multi = type === 'dvd+r-dl' ? '-use-the-force-luke=4gms ' : ''
      return [
        { line: `growisofs ${multi}-Z ${device} -R -J -quiet ${tree(1)}`, files: [1], states: open(type) },
        { line: `growisofs ${multi}-M ${device} -R -J -quiet ${tree(2)}`, files: [1, 2], states: open(type) },
        { line: `growisofs ${multi}-M ${device} -R -J -quiet ${tree(3)}`, files: [1, 2, 3], states: open(type) },
      ]
    },
  },
  {
    name: 'growisofs -dvd-compat -Z image',
    types: NOT_CD,
    disc: growisofsDisc,
    refuses: { 'dvd-r-dl': WASTED },
    steps: (device, type, { image }) => [
      {
        line: `growisofs -dvd-compat -Z ${device}=${image(firstOf(type))}`,
        files: [firstOf(type)],
        states: closedByGrowisofs(type),
      },
    ],
  },
  {
    name: 'xorriso, three sessions',
    types: WRITABLE,
    refuses: { 'dvd-r-dl': /DVD-R DL media can only be written with -close "on"/, 'bd-r-pow': PSEUDO_OVERWRITE },
    steps: (device, type, { tree }) =>
      [1, 2, 3].map(n => ({
        line: `xorriso -abort_on FAILURE -dev ${device} -map ${tree(n)} / -commit`,
        files: [1, 2, 3].slice(0, n),
        states: open(type),
      })),
  },
  {
    name: 'xorriso, closed',
    types: WRITABLE,
    refuses: { 'bd-r-pow': PSEUDO_OVERWRITE },
    steps: (device, type, { tree }) => [
      {
        line: `xorriso -abort_on FAILURE -outdev ${device} -close on -map ${tree(1)} / -commit`,
        files: [1],
        states: closed(type),
      },
    ],
  },
  {
    name: 'wodim -tao -multi, -tao',
    types: CD,
    steps: (device, type, { tree, image }) => [
      { line: `wodim dev=${device} -tao -multi -v ${image(1)}`, files: [1], states: open(type) },
      {
        line: `genisoimage -quiet -R -J -C "$(wodim dev=${device} -msinfo)" -M ${device} -o /dev/shm/${type}.iso ${tree(2)} && wodim dev=${device} -tao -v /dev/shm/${type}.iso && rm /dev/shm/${type}.iso`,
        files: [1, 2],
        states: closed(type),
      },
    ],
  },
  {
    name: 'wodim -sao',
    types: WRITABLE,
    disc: type => (isOverwritable(type) ? { state: 'blank' } : newDisc(type)),
    refuses: {
      'dvd-rw-ro': /wodim: Cannot open new session/,
      'bd-r': CUE_SHEET,
      'bd-r-pow': CUE_SHEET,
      'bd-re': CUE_SHEET,
    },
    steps: (device, type, { image }) => [
      {
        line: `wodim dev=${device} -sao -v ${image(1)}`,
        files: [1],
        states: type === 'dvd+r' || type === 'dvd+r-dl' ? ['appendable', 'complete'] : closed(type),
      },
    ],
  },
  {
    name: 'wodim blank=fast, blank=all',
    types: ['cd-rw', 'dvd-rw'],
    disc: () => ({ state: 'complete' }),
    steps: (device, type, { image }) => [
      { line: `wodim dev=${device} blank=fast -v`, files: [], states: ['blank'] },
      { line: `wodim dev=${device} -sao -v ${image(1)}`, files: [1], states: closed(type) },
      { line: `wodim dev=${device} blank=all -v`, files: [], states: ['blank'] },
      { line: `wodim dev=${device} -sao -v ${image(2)}`, files: [2], states: closed(type) },
    ],
  },
  {
    name: 'cdrskin -tao -multi, -tao',
    types: WRITABLE,
    disc: cdrskinDisc,
    refuses: { 'dvd-r-dl': /multi session capability lacking/, 'bd-r-pow': PSEUDO_OVERWRITE },
    steps: (device, type, { tree, image }) => {
      const cdrskin = `cdrskin dev=${device}${isOverwritable(type) ? ' --grow_overwriteable_iso' : ''}`
      const second = `/dev/shm/${type}.iso`
      return [
        { line: `${cdrskin} -tao -multi -v padsize=150s ${image(1)}`, files: [1], states: open(type) },
        {
          line: `genisoimage -quiet -R -J -C "$(${cdrskin} -msinfo 2>/dev/null)" -M ${device} -o ${second} ${tree(2)} && ${cdrskin} -tao ${isOverwritable(type) ? '-multi ' : ''}-v padsize=150s ${second} && rm ${second}`,
          files: [1, 2],
          states: closed(type),
        },
      ]
    },
  },
  {
    name: 'cdrskin -sao',
    types: WRITABLE,
    disc: cdrskinDisc,
    refuses: { 'bd-r-pow': PSEUDO_OVERWRITE },
    steps: (device, type, { image, imageBlocks }) => [
      {
        line: `cdrskin dev=${device} -sao -v tsize=${imageBlocks(1)}s ${image(1)}`,
        files: [1],
        states: closed(type),
      },
    ],
  },
  {
    name: 'cdrskin blank=fast, blank=all',
    types: ['cd-rw', 'dvd-rw'],
    disc: () => ({ state: 'complete' }),
    steps: (device, type, { image }) => [
      { line: `cdrskin dev=${device} blank=fast -v`, files: [], states: ['blank'] },
      { line: `cdrskin dev=${device} -sao -v ${image(1)}`, files: [1], states: closed(type) },
      { line: `cdrskin dev=${device} blank=all -v`, files: [], states: ['blank'] },
      { line: `cdrskin dev=${device} -tao -multi -v ${image(2)}`, files: [2], states: open(type) },
    ],
  },
  {
    name: 'cdrskin blank=format_if_needed',
    disc: unformattedDisc,
    types: [...OVERWRITABLE, 'dvd-rw', 'bd-r'],
    steps: (device, type, { image }) => [
      {
        // Without "quickest" it writes 128 MB on a DVD-RW, 32 KiB a command.
        line: `cdrskin dev=${device} blank=${type === 'dvd-rw' ? 'format_overwrite_quickest' : 'format_if_needed'} -v`,
        files: [],
        states: type === 'bd-r' ? ['blank'] : ['overwritable', 'unformatted'],
      },
      {
        line: `cdrskin dev=${device} -v ${image(1)}`,
        files: [1],
        states: type === 'dvd-rw' ? ['overwritable'] : closed(type),
      },
    ],
  },
  {
    name: 'xorriso -blank',
    types: WRITABLE.filter(type => ['cd-rw', 'dvd-rw', 'dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re'].includes(type)),
    disc: type => ({ state: isOverwritable(type) ? 'appendable' : 'complete' }),
    steps: (device, type, { tree }) => [
      {
        line: `xorriso -abort_on FAILURE -outdev ${device} -blank as_needed -map ${tree(1)} / -commit`,
        files: [1],
        states: open(type),
      },
    ],
  },
  {
    name: 'dvd+rw-format',
    disc: unformattedDisc,
    // It gives the kernel a CDB of two bytes for a DVD-RAM.
    refuses: { 'dvd-ram': /unable to FORMAT UNIT: Message too long/ },
    types: ['dvd-rw', 'dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re', 'bd-r'],
    steps: (device, type, { image }) => [
      {
        line: `dvd+rw-format -force ${device}`,
        files: [],
        states: type === 'bd-r' ? ['blank'] : ['overwritable'],
      },
      {
        line: `growisofs -Z ${device}=${image(1)}`,
        files: [1],
        states: type === 'bd-r' ? ['appendable'] : ['overwritable'],
      },
    ],
  },
  {
    name: 'dvd+rw-format -blank',
    types: ['dvd-rw', 'dvd-rw-ro'],
    disc: () => ({ state: 'complete' }),
    steps: (device, _type, { image }) => [
      { line: `dvd+rw-format -blank ${device}`, files: [], states: ['blank'] },
      { line: `growisofs -Z ${device}=${image(1)}`, files: [1], states: ['appendable', 'complete'] },
      { line: `dvd+rw-format -blank=full ${device}`, files: [], states: ['blank'] },
      { line: `growisofs -Z ${device}=${image(2)}`, files: [2], states: ['appendable'] },
    ],
  },
  {
    // Its own write of a file goes over the file system that it has made.
    name: 'cdrwtool -q, -f',
    types: ['cd-rw'],
    disc: () => ({ state: 'complete' }),
    steps: (device, _type, { image }) => [
      { line: `cdrwtool -d ${device} -q && ${mountedAsUdf(device)}`, files: [], states: ['complete'] },
      { line: `cdrwtool -d ${device} -f ${image(1)} -o 0`, files: [1], states: ['complete'] },
    ],
  },
  {
    // And what others make of such a disc.
    name: 'cdrwtool -b fast, -m',
    types: ['cd-rw'],
    disc: () => ({ state: 'complete' }),
    steps: (device, _type, { image, tree }) => [
      { line: `cdrwtool -d ${device} -b fast`, files: [], states: ['blank'] },
      { line: `cdrwtool -d ${device} -w mode1 -m 32000`, files: [], states: ['complete'] },
      { line: `cdrwtool -d ${device} -w mode1 -f ${image(2)} -o 0`, files: [2], states: ['complete'] },
      { line: `wodim dev=${device} blank=fast -v`, files: [], states: ['blank'] },
      { line: `cdrwtool -d ${device} -m 32000`, files: [], states: ['complete'] },
      {
        line: `xorriso -abort_on FAILURE -outdev ${device} -blank as_needed -map ${tree(1)} / -commit`,
        files: [1],
        states: ['appendable'],
      },
    ],
  },
  {
    name: 'mmc_format -F',
    disc: unformattedDisc,
    types: ['cd-rw', 'dvd-rw', 'dvd+rw', 'dvd-ram', 'bd-re'],
    steps: (device, type, { image }) => [
      {
        // A DVD+RW is formatted in the background, and it waits for nothing.
        line: type === 'dvd+rw' ? `mmc_format -F ${device}` : unending(`mmc_format -F ${device}`),
        files: [],
        states: [type === 'cd-rw' ? 'complete' : 'overwritable'],
      },
      type === 'cd-rw'
        ? { line: `cdrwtool -d ${device} -f ${image(1)} -o 0`, files: [1], states: ['complete'] }
        : { line: `growisofs -Z ${device}=${image(1)}`, files: [1], states: ['overwritable'] },
    ],
  },
  {
    name: 'mmc_format -B',
    types: ['cd-rw', 'dvd-rw'],
    disc: () => ({ state: 'complete' }),
    steps: device => [{ line: unending(`mmc_format -B ${device}`), files: [], states: ['blank'] }],
  },
]

import type { Medium } from '../../../src/mmc'
import type { MediaType } from '../../../src/virtual'

/** A program that looks at a disc: a row of the table. */
export interface ReadingProgram {
  readonly name: string
  readonly types: (type: MediaType) => boolean
  command(device: string): string
  /** What the program must have said of a disc, as pairs of what it says and what is right. */
  said(
    output: string,
    medium: Medium,
    disc: DiscOnTest,
  ): readonly (readonly [what: string, said: unknown, right: unknown])[]
  /** Where the exit status is not 0 although all is well. */
  readonly status?: (medium: Medium, disc: DiscOnTest) => number
  /** Kinds of media that the program itself does not know, and its words. */
  readonly refuses?: (type: MediaType, output: string) => string | undefined
}

export interface DiscOnTest {
  readonly type: MediaType
  /** As it was made. */
  readonly state: string
  /** Sample file systems on it, `SESSION_1` to this number. */
  readonly sessions: number
}

const isCd = (type: MediaType) => type.startsWith('cd-')
const isPressed = (type: MediaType) => type.endsWith('-rom')
const isOverwritable = (type: MediaType) => ['dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re'].includes(type)
const isSequential = (type: MediaType) => !isPressed(type) && !isOverwritable(type)
const found = (output: string, pattern: RegExp) => pattern.exec(output)?.[1]
const all = (output: string, pattern: RegExp) => [...output.matchAll(pattern)].map(match => match[1])
const recorded = ({ tracks }: Medium) => tracks.filter(({ state }) => state === 'complete' || state === 'incomplete')
const hex = (code: number) => code.toString(16).toUpperCase()

/** What libburn says of media that it does not record on: it does not tell their state either. */
const unsuitable = (_type: MediaType, output: string) =>
  found(output, /(Unsuitable media detected\. Profile .*|is unsuitable , is POW formatted|unusable \(POW\))/)

export const READING_PROGRAMS: readonly ReadingProgram[] = [
  {
    name: 'dvd+rw-mediainfo',
    types: () => true,
    command: device => `dvd+rw-mediainfo ${device}`,
    refuses: (type, output) =>
      isCd(type)
        ? found(output, /(non-DVD media mounted)/)
        : type === 'bd-rom'
          ? found(output, /(non-DVD media.*)/)
          : undefined,
    said: (output, medium, { type }) => {
      const state = found(output, /Disc status: +(\w+)/)
      return [
        ['profile', found(output, /Mounted Media: +([0-9A-F]+)h/), hex(medium.profile?.code ?? 0)],
        ...(isSequential(type)
          ? ([
              // READ DISC INFORMATION calls a BD-R appendable as soon as it is formatted for pseudo-overwrite.
              ['status', state, type === 'bd-r-pow' && medium.state === 'blank' ? 'appendable' : medium.state],
              ['sessions', Number(found(output, /Number of Sessions: +(\d+)/)), medium.sessionCount],
              [
                'next writable address',
                Number(all(output, /Next Writable Address: (\d+)\*2KB/g).at(-1) ?? Number.NaN),
                medium.nextWritableAddress ?? Number.NaN,
              ],
            ] as const)
          : []),
      ]
    },
  },
  {
    name: 'wodim -prcap',
    types: type => !isPressed(type) && !type.startsWith('bd-'),
    command: device => `wodim dev=${device} -prcap`,
    said: output => [['writes', /Does write CD-R media/.test(output), true]],
  },
  {
    name: 'wodim -atip',
    types: type => type === 'cd-r' || type === 'cd-rw',
    command: device => `wodim dev=${device} -atip`,
    said: (output, medium) => [
      // The library gives a closed disc the size of what is on it.
      ...(medium.state === 'complete'
        ? []
        : ([['lead-out', Number(found(output, /ATIP start of lead out: +(\d+)/)), medium.capacityBlocks]] as const)),
      ['erasable', /Is erasable/.test(output), medium.isErasable],
    ],
  },
  {
    name: 'wodim -toc',
    types: type => isCd(type) && !isPressed(type),
    command: device => `wodim dev=${device} -toc`,
    said: (output, medium) => [
      ['tracks', all(output, /^track: +\d+ lba: +(\d+)/gm).map(Number), recorded(medium).map(({ start }) => start)],
    ],
  },
  {
    name: 'wodim -msinfo',
    types: type => isCd(type) && !isPressed(type),
    command: device => `wodim dev=${device} -msinfo`,
    said: (output, medium) => [
      [
        'addresses',
        found(output, /^(\d+,\d+)$/m),
        medium.state === 'appendable' ? `${medium.lastSessionStart},${medium.nextWritableAddress}` : undefined,
      ],
    ],
  },
  {
    name: 'xorriso -toc',
    types: () => true,
    command: device => `xorriso -outdev ${device} -toc`,
    refuses: unsuitable,
    said: (output, medium, { type, sessions }) => [
      [
        'state',
        found(output, /Media status : (.*)/)?.replace(/ , but will need -close "on"/, ''),
        isPressed(type) || medium.state === 'complete'
          ? 'is written , is closed'
          : sessions === 0
            ? 'is blank'
            : 'is written , is appendable',
      ],
      ['sessions', all(output, /ISO session +: +(\d+)/g).length, isOverwritable(type) && sessions > 0 ? 1 : sessions],
      ...(medium.state === 'appendable'
        ? ([
            ['next writable address', Number(found(output, /Media nwa +: +(\d+)s/)), medium.nextWritableAddress],
          ] as const)
        : []),
    ],
  },
  {
    name: 'cdrskin -minfo',
    types: type => !isPressed(type),
    command: device => `cdrskin dev=${device} -minfo`,
    refuses: unsuitable,
    said: (output, medium, { type }) =>
      isSequential(type)
        ? [
            [
              'status',
              found(output, /^disk status: +(.*)$/m),
              { blank: 'empty', appendable: 'incomplete/appendable', complete: 'complete' }[medium.state as string],
            ],
          ]
        : [['type', /Mounted media type:/.test(output), true]],
  },
  {
    name: 'cdrskin -msinfo',
    types: isSequential,
    command: device => `cdrskin dev=${device} -msinfo`,
    refuses: (type, output) =>
      type === 'bd-r-pow' ? found(output, /(cdrskin: (?:FATAL|SORRY).*)/) : unsuitable(type, output),
    status: ({ state }) => (state === 'appendable' ? 0 : 12),
    said: (output, medium) => [
      [
        'addresses',
        found(output, /^(\d+,\d+)$/m),
        medium.state === 'appendable' ? `${medium.lastSessionStart},${medium.nextWritableAddress}` : undefined,
      ],
    ],
  },
  {
    name: 'cd-info',
    types: isCd,
    command: device => `cd-info --no-cddb --no-header ${device}`,
    status: (_medium, { sessions }) => (sessions === 0 ? 1 : 0),
    said: (output, medium, { sessions }) =>
      sessions === 0
        ? []
        : [
            [
              'tracks',
              all(output, /^ +\d+: \d\d:\d\d:\d\d +(\d+) data/gm).map(Number),
              recorded(medium).map(({ start }) => start),
            ],
            ['last session', Number(found(output, /Last CD Session LSN: (\d+)/)), medium.lastSessionStart],
            ['label', found(output, /Volume +: (\w+)/), 'SESSION_1'],
          ],
  },
  {
    name: 'sg_get_config',
    types: () => true,
    command: device => `sg_get_config --rtf=1 ${device} | head -3; sg_get_config ${device}`,
    said: output => [
      ['profile', /Current profile: /.test(output), true],
      ['lengths', /not a multiple of 4/.test(output), false],
    ],
  },
  {
    name: 'cd_sessions',
    types: () => true,
    command: device => `cd_sessions ${device}`,
    said: (output, medium, { type }) => [
      ['lengths', /bad length/.test(output), false],
      ...(isSequential(type)
        ? ([
            ['sessions', Number(found(output, /Number of sessions +(\d+)/)), medium.sessionCount],
            ...(medium.state === 'appendable'
              ? ([
                  [
                    'next writable address',
                    Number(all(output, /next writable at +(\d+)/g).at(-1)),
                    medium.nextWritableAddress,
                  ],
                ] as const)
              : []),
          ] as const)
        : []),
    ],
  },
  {
    name: 'blkid',
    types: () => true,
    command: device => `blkid -p -s LABEL -o value ${device}`,
    status: (_medium, { sessions }) => (sessions === 0 ? 2 : 0),
    said: (output, _medium, { sessions }) => [
      ['label', found(output, /(SESSION_\d+)/), sessions === 0 ? undefined : `SESSION_${sessions}`],
    ],
  },
  {
    name: 'mount',
    types: () => true,
    command: device => {
      const at = `/run/mounted-${device.slice(5)}`
      return `mkdir -p ${at} && mount -o ro -t iso9660 ${device} ${at} && { ls ${at}; cat ${at}/*; status=$?; umount ${at}; exit $status; }`
    },
    status: (_medium, { sessions }) => (sessions === 0 ? 32 : 0),
    said: (output, _medium, { sessions }) => [
      ['file', new RegExp(`session.${sessions}`, 'i').test(output), sessions > 0],
    ],
  },
]

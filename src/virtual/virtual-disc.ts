import * as fs from 'node:fs'
import * as path from 'node:path'
import { UsageError } from '../errors'
import { Disc } from './disc/disc'
import { type DiscState, MEDIA_TYPES, type MediaType } from './disc/disc-state'
import { copyImage } from './disc/image'
import { recordSessions } from './disc/record'

/** What a new disc is like. */
export interface VirtualDiscOptions {
  readonly media: MediaType
  /**
   * `blank`, `appendable`, `complete` or `unformatted`. On an overwritable medium `blank` means formatted with nothing
   * recorded, `appendable` formatted with the sessions on it. Without it: blank; where sessions or an image are asked
   * for, and on pressed media, complete.
   */
  readonly state?: VirtualDiscState
  /** Sessions on it; 1 unless given, where the state has any. */
  readonly sessions?: number
  /** An image for the first session; without it, each session holds a small sample file system. */
  readonly from?: string
  /** Blocks of the whole user area, for discs of another size than usual. */
  readonly capacity?: number
}

export const VIRTUAL_DISC_STATES = ['blank', 'appendable', 'complete', 'unformatted'] as const
export type VirtualDiscState = (typeof VIRTUAL_DISC_STATES)[number]

/** What a kind of medium can be, and how large it usually is (blocks of 2048 bytes). */
interface MediaRules {
  readonly blocks: number
  readonly states: readonly VirtualDiscState[]
  readonly mostSessions: number
}

const SEQUENTIAL = ['blank', 'appendable', 'complete'] as const
const PRESSED = ['complete'] as const
const OVERWRITABLE = ['blank', 'appendable', 'complete', 'unformatted'] as const

const RULES: Readonly<Record<MediaType, MediaRules>> = {
  'cd-rom': { blocks: 359_849, states: PRESSED, mostSessions: 99 },
  'cd-r': { blocks: 359_849, states: SEQUENTIAL, mostSessions: 99 },
  'cd-rw': { blocks: 359_849, states: SEQUENTIAL, mostSessions: 99 },
  'dvd-rom': { blocks: 2_295_104, states: PRESSED, mostSessions: 1 },
  'dvd-r': { blocks: 2_298_496, states: SEQUENTIAL, mostSessions: 255 },
  'dvd-r-dl': { blocks: 4_171_712, states: SEQUENTIAL, mostSessions: 255 },
  'dvd-rw': { blocks: 2_297_888, states: SEQUENTIAL, mostSessions: 255 },
  'dvd-rw-ro': { blocks: 2_297_888, states: SEQUENTIAL, mostSessions: 255 },
  'dvd+r': { blocks: 2_295_104, states: SEQUENTIAL, mostSessions: 153 },
  'dvd+r-dl': { blocks: 4_173_824, states: SEQUENTIAL, mostSessions: 127 },
  'dvd+rw': { blocks: 2_295_104, states: OVERWRITABLE, mostSessions: 255 },
  'dvd-ram': { blocks: 2_236_704, states: OVERWRITABLE, mostSessions: 255 },
  'bd-rom': { blocks: 12_219_392, states: PRESSED, mostSessions: 1 },
  'bd-r': { blocks: 12_219_392, states: SEQUENTIAL, mostSessions: 255 },
  'bd-r-pow': { blocks: 12_219_392, states: SEQUENTIAL, mostSessions: 255 },
  'bd-re': { blocks: 12_219_392, states: OVERWRITABLE, mostSessions: 255 },
}

const SMALLEST_DISC_BLOCKS = 4096
const LARGEST_DISC_BLOCKS = 2 ** 26

function checked(options: VirtualDiscOptions) {
  const { media, from, capacity } = options
  const rules = RULES[media]
  if (!rules) {
    throw new UsageError('USAGE_MEDIA', `"${media}" is no kind of medium.`, {
      hint: `The kinds are ${MEDIA_TYPES.join(', ')}.`,
    })
  }
  const state = options.state ?? (from === undefined && options.sessions === undefined ? rules.states[0]! : 'complete')
  if (!rules.states.includes(state)) {
    throw new UsageError('USAGE_STATE', `A ${media} cannot be ${state}.`, {
      hint: `It can be ${rules.states.join(', ')}.`,
    })
  }
  const empty = state === 'blank' || state === 'unformatted'
  const sessions = options.sessions ?? (empty ? 0 : 1)
  if (!Number.isInteger(sessions) || sessions < (empty ? 0 : 1) || sessions > (empty ? 0 : rules.mostSessions)) {
    throw new UsageError(
      'USAGE_SESSIONS',
      empty
        ? `A ${state} disc has no sessions.`
        : `A ${media} has 1 to ${rules.mostSessions} sessions, not ${sessions}.`,
      { hint: empty ? 'Ask for an appendable or complete disc.' : 'Choose a possible number of sessions.' },
    )
  }
  if (empty && from !== undefined) {
    throw new UsageError('USAGE_STATE', `A ${state} disc has no image on it.`, {
      hint: 'Leave the image out, or ask for an appendable or complete disc.',
    })
  }
  const blocks = capacity ?? rules.blocks
  if (!Number.isInteger(blocks) || blocks < SMALLEST_DISC_BLOCKS || blocks > LARGEST_DISC_BLOCKS) {
    throw new UsageError('USAGE_CAPACITY', `A disc of ${blocks} blocks cannot be made.`, {
      hint: `A disc has ${SMALLEST_DISC_BLOCKS} to ${LARGEST_DISC_BLOCKS} blocks of 2048 bytes.`,
    })
  }
  if (from !== undefined && !fs.existsSync(from)) {
    throw new UsageError('USAGE_NO_SUCH_FILE', `There is no image at ${from}.`, { hint: 'Check the path.' })
  }
  return { state, sessions, blocks, pressed: rules.states === PRESSED }
}

/** Virtual discs: files that a virtual drive takes for discs. */
export const virtualDisc = {
  /**
   * Makes a virtual disc: a state file at `statePath`, its blocks beside it. A disc that is there already is replaced.
   *
   * @throws {UsageError} for combinations that no such medium can have, and images that are not there or too large
   * @throws {TransportError} `TRANSPORT_BUSY` where the disc that is there is open for writing
   */
  async create(statePath: string, options: VirtualDiscOptions): Promise<void> {
    const { state, sessions, blocks, pressed } = checked(options)
    const { media, from } = options
    const disc = Disc.create(statePath, {
      media,
      organisation: organisationOf(media),
      capacityBlocks: blocks,
      image: {
        file: pressed && from ? path.resolve(from) : `${path.basename(statePath)}.blocks`,
        asItIs: pressed && from !== undefined,
      },
      discIdentification: identification(statePath),
      sessions: [],
      tracks: [],
      finalized: false,
      formatted: null,
      recorded: [],
    })
    try {
      await recordSessions(disc, { state, sessions, image: from && (await copyImage(disc, from)) })
      await disc.commit()
    } finally {
      await disc.close()
    }
  },

  /**
   * Opens a virtual disc, for a drive to take in.
   *
   * @throws {UsageError} `USAGE_NO_SUCH_FILE`
   * @throws {FormatError} `FORMAT_VIRTUAL_DISC`
   * @throws {TransportError} `TRANSPORT_BUSY` where another has it open for writing
   */
  async open(statePath: string, options: { readonly access?: 'read' | 'write' } = {}): Promise<Disc> {
    return Disc.open(statePath, { writable: options.access === 'write' })
  },
}

function organisationOf(media: MediaType): DiscState['organisation'] {
  if (media === 'dvd-rw-ro') return 'restricted-overwrite'
  return media === 'bd-r-pow' ? 'pseudo-overwrite' : 'sequential'
}

/** A number that stays the same for the same place: discs of a test are the same disc at each run. */
function identification(statePath: string): number {
  let hash = 0
  for (const character of path.basename(statePath)) hash = (hash * 31 + character.charCodeAt(0)) % 0x7fffffff
  return hash
}

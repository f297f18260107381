import {
  cachingPage,
  cdAudioControlPage,
  DATA_BLOCK_BYTES,
  informationalExceptionsControlPage,
  powerConditionPage,
  readWriteErrorRecoveryPage,
  timeoutAndProtectPage,
  writeParametersPage,
} from '../mmc/mode-pages'
import { invalidFieldInParameterList, parameterListLengthError } from './check-condition'
import type { Medium, WriteParameters } from './media/medium'
import type { PowerTimers } from './power-conditions'

/** Values of mode pages: what a page is now, what it is after reset, and which of its bits the host can change. */
interface Page {
  current: Uint8Array
  initial: Uint8Array
  readonly changeable: Uint8Array
}

export const WRITE_PARAMETERS = 0x05
const SESSION_AT_ONCE = 2
const LAYER_JUMP = 4
const MS_OF_POWER_TIMER = 100

/**
 * A page with the bits of it that a host can change.
 *
 * @param ranges  bytes that a host can change, or some of their bits
 */
function page(initial: Uint8Array, ranges: readonly (readonly [from: number, to: number, mask?: number])[]): Page {
  const changeable = new Uint8Array(initial.length)
  for (const [from, to, bits = 0xff] of ranges) changeable.fill(bits, from, to + 1)
  changeable.set(initial.subarray(0, 2))
  return { current: Uint8Array.from(initial), initial, changeable }
}

/** Once something is recorded with layer jumps, all that follows is. */
const recordsWithLayerJumps = (medium: Medium | undefined) =>
  medium?.state.organisation === 'layer-jump' && medium.state.tracks.length > 0

const writeParametersFor = (medium: Medium | undefined) =>
  writeParametersPage.encode({
    bufferUnderrunFreeEnabled: true,
    linkSizeValid: medium?.kind === 'dvd',
    writeType: recordsWithLayerJumps(medium) ? 'layer-jump' : medium?.kind === 'dvd' ? 'packet' : 'track-at-once',
    multiSession: 'no-next-session',
    trackMode: medium?.kind === 'dvd' ? 5 : 4,
    dataBlockType: 8,
    linkSize: medium?.kind === 'dvd' ? 16 : 7,
    packetSize: medium?.kind === 'dvd' ? 16 : 0,
    audioPauseLength: 150,
  })

/** The drive's mode pages (MMC-6 clause 7), all but the capabilities, which depend on what the drive is doing. */
export class ModePages {
  private readonly pages = new Map<number, Page>([
    [
      0x01,
      page(
        readWriteErrorRecoveryPage.encode({
          automaticWriteReallocation: true,
          automaticReadReallocation: true,
          readRetryCount: 32,
          writeRetryCount: 5,
        }),
        [
          [2, 3],
          [7, 7, 0x03],
          [8, 11],
        ],
      ),
    ],
    [
      WRITE_PARAMETERS,
      page(writeParametersFor(undefined), [
        [2, 2, 0x7f],
        [3, 5],
        [7, 8],
        [10, 51],
      ]),
    ],
    [0x08, page(cachingPage.encode({ writeCacheEnable: true }), [[2, 2, 0x05]])],
    [
      0x0e,
      page(
        cdAudioControlPage.encode({
          immediate: true,
          outputPort0ChannelSelection: 1,
          outputPort0Volume: 255,
          outputPort1ChannelSelection: 2,
          outputPort1Volume: 255,
        }),
        [
          [2, 2, 0x06],
          [8, 15],
        ],
      ),
    ],
    [0x1a, page(powerConditionPage.encode({}), [[3, 11]])],
    [0x1c, page(informationalExceptionsControlPage.encode({}), [[2, 11]])],
    [0x1d, page(timeoutAndProtectPage.encode({ group1MinimumTimeout: 10, group2MinimumTimeout: 120 }), [[4, 4, 0x0f]])],
  ])

  get codes(): readonly number[] {
    return [...this.pages.keys()]
  }

  /**
   * A page's bytes.
   *
   * @param control  0 current, 1 changeable, 2 default
   */
  read(code: number, control: number): Uint8Array | undefined {
    const found = this.pages.get(code)
    return found && [found.current, found.changeable, found.initial][control]
  }

  /**
   * Sets a page to what the host sent.
   *
   * @throws {CheckCondition} 5/1A/00 for another length, 5/26/00 for a page or a value that the drive does not have
   */
  select(bytes: Uint8Array, at: number): number {
    const code = bytes[0]! & 0x3f
    const found = this.pages.get(code)
    if (!found) throw invalidFieldInParameterList(at)
    const length = 2 + (bytes[1] ?? 0)
    // Hosts know the page in the lengths that it has had: 50 bytes of parameters, and some more or fewer.
    if (bytes.length < length || (length !== found.current.length && code !== WRITE_PARAMETERS)) {
      throw parameterListLengthError()
    }
    const next = Uint8Array.from(found.current)
    for (let index = 2; index < Math.min(length, next.length); index++) {
      const mask = found.changeable[index]!
      next[index] = (next[index]! & ~mask) | (bytes[index]! & mask)
    }
    if (code === WRITE_PARAMETERS) assertWriteParameters(next, at)
    found.current = next
    return length
  }

  /** Another medium, or none: the write parameters are what suits it. */
  mediumChanged(medium: Medium | undefined): void {
    const found = this.pages.get(WRITE_PARAMETERS)!
    found.initial = writeParametersFor(medium)
    found.current = Uint8Array.from(found.initial)
  }

  /** All pages are what they were at power-on. */
  reset(): void {
    for (const page of this.pages.values()) page.current = Uint8Array.from(page.initial)
  }

  get softwareWriteProtect(): boolean {
    return timeoutAndProtectPage.layout.decode(this.pages.get(0x1d)!.current).softwareWriteProtect === true
  }

  /** How write errors are dealt with (page 01h): the drive may replace bad blocks; it tells where it has (PER). */
  get errorRecovery(): { readonly reallocates: boolean; readonly reportsRecovered: boolean } {
    const page = readWriteErrorRecoveryPage.layout.decode(this.pages.get(0x01)!.current)
    return { reallocates: page.automaticWriteReallocation === true, reportsRecovered: page.postError === true }
  }

  /** When the drive goes into another power state by itself (page 1Ah). */
  get powerTimers(): PowerTimers {
    const {
      idle,
      idleTimer = 0,
      standby,
      standbyTimer = 0,
    } = powerConditionPage.layout.decode(this.pages.get(0x1a)!.current)
    return {
      idleMs: idle ? idleTimer * MS_OF_POWER_TIMER : undefined,
      standbyMs: standby ? standbyTimer * MS_OF_POWER_TIMER : undefined,
    }
  }

  get writeParameters(): WriteParameters {
    const { current } = this.pages.get(WRITE_PARAMETERS)!
    const page = writeParametersPage.layout.decode(current)
    return {
      writeType: current[2]! & 0x0f,
      testWrite: page.testWrite === true,
      multiSession: current[3]! >> 6,
      fixedPacket: page.fixedPacket === true,
      trackMode: page.trackMode!,
      dataBlockType: page.dataBlockType!,
      packetBlocks: page.packetSize!,
      sessionFormat: page.sessionFormat!,
      ...(page.mediaCatalogNumberValid ? { mediaCatalogNumber: page.mediaCatalogNumber! } : {}),
      ...(page.isrcValid ? { isrc: page.isrc! } : {}),
    }
  }
}

function assertWriteParameters(bytes: Uint8Array, at: number): void {
  const writeType = bytes[2]! & 0x0f
  const raw = writeType === 3
  if (raw || writeType > LAYER_JUMP) throw invalidFieldInParameterList(at + 2, 0)
  // Session at once takes the block types from its cue sheet.
  if (writeType !== SESSION_AT_ONCE && !DATA_BLOCK_BYTES[bytes[4]! & 0x0f]) throw invalidFieldInParameterList(at + 4, 0)
  if (writeType !== SESSION_AT_ONCE && [1, 2, 3].includes(bytes[4]! & 0x0f))
    throw invalidFieldInParameterList(at + 4, 0)
}

import type { Encodable } from '../../layout'
import type { discInformation } from '../../mmc/commands/read-disc-information'
import type { formattableCapacityDescriptor } from '../../mmc/commands/read-format-capacities'
import { cannotWriteMedium, commandSequenceError, invalidFieldInCdb, invalidOpcode } from '../check-condition'
import type { Disc } from '../disc/disc'
import type { DiscState } from '../disc/disc-state'

export type DiscInformation = Encodable<(typeof discInformation)['fields']>
export type FormattableCapacity = Encodable<(typeof formattableCapacityDescriptor)['fields']>

/** A track as READ TRACK INFORMATION shows it. Addresses are LBAs, sizes blocks. */
export interface TrackView {
  readonly number: number
  readonly session: number
  readonly start: number
  readonly size: number
  readonly free: number
  /** Null where nothing can be written, or the drive does not know where. */
  readonly nextWritableAddress: number | null
  readonly lastRecordedAddress: number | null
  readonly reserved: boolean
  readonly blank: boolean
  /** Recorded in packets (CD), incrementally (DVD). */
  readonly incremental: boolean
  /** Blocks of a fixed packet, of an ECC block; null for variable packets and tracks without any. */
  readonly fixedPacketBlocks: number | null
  readonly damaged: boolean
  /** Track mode (CD: CONTROL nibble). */
  readonly trackMode: number
  readonly dataMode: number
  /** The invisible track: where a next one would begin. */
  readonly invisible: boolean
  readonly layerJump?: { readonly status: number; readonly next: number; readonly last: number }
}

/** One track of a table of contents. */
export interface TocTrack {
  readonly number: number
  readonly session: number
  readonly start: number
  readonly control: number
}

/** A closed session in a table of contents. */
export interface TocSession {
  readonly number: number
  readonly leadOut: number
  readonly discType: number
}

/** The write parameters mode page (05h), as far as media look at it. */
export interface WriteParameters {
  /** 0 packet or incremental, 1 track at once, 2 session at once or disc at once, 3 raw, 4 layer jump. */
  readonly writeType: number
  readonly testWrite: boolean
  readonly multiSession: number
  readonly fixedPacket: boolean
  readonly trackMode: number
  readonly dataBlockType: number
  readonly packetBlocks: number
  readonly sessionFormat: number
  readonly mediaCatalogNumber?: string
  readonly isrc?: string
}

/** FORMAT UNIT's descriptor (MMC-6 6.4.3). */
export interface FormatRequest {
  readonly blocks: number
  readonly type: number
  readonly subType: number
  readonly parameter: number
  /** The host has not told the drive to leave certification out (DCRT). */
  readonly certification: boolean
}

/** What READ FORMAT CAPACITIES says. */
export interface FormatCapacities {
  readonly blocks: number
  /** `no-media` stands for "not known", too: a DVD-RW whose border is open. */
  readonly kind: 'unformatted' | 'formatted' | 'no-media'
  readonly formattable: readonly FormattableCapacity[]
}

/** A long operation: how long it would take on real hardware, and what it changes once it is over. */
export interface Operation {
  /** Seconds that a drive of its class takes. */
  readonly seconds: number
  /** 2/04/04 while formatting, 2/04/01 while a disc is taken in, 2/04/07 for all others. */
  readonly formatting?: boolean
  readonly loading?: boolean
  /** The tray moves. */
  readonly moving?: boolean
  /** It goes on in the background: the medium stays accessible (DVD+RW). */
  readonly background?: boolean
  /** It takes up again what was stopped. */
  readonly restarted?: boolean
  /** It ends an operation in the background first. */
  readonly stopsBackground?: boolean
  complete(): Promise<void> | void
  /** It is stopped before its end; `progress` is how far it came, 0 to 1. */
  stop?(progress: number): Promise<void> | void
  /** What begins by itself when it is complete. */
  readonly next?: Operation
}

/** Kinds of discs by the physics of reading them. */
export type MediumKind = 'cd' | 'dvd' | 'bd'

/**
 * A disc in the drive: what it answers, and what recording does to it. One subclass a medium family; commands that a
 * family does not know end as a drive ends them on it.
 */
export abstract class Medium {
  readonly disc: Disc

  constructor(disc: Disc) {
    this.disc = disc
  }

  get state(): DiscState {
    return this.disc.state
  }

  /** Blocks of the spare areas that bad ECC blocks or clusters are replaced from; 0 where there are none. */
  get spareBlocks(): number {
    return this.state.formatted?.spareBlocks ?? 0
  }

  abstract readonly kind: MediumKind
  /** Current profile (MMC-6 5.3.1). */
  abstract readonly profile: number
  /** Blocks of an ECC block, 1 on CD. */
  abstract readonly blockingFactor: number
  /** Write speeds in kB/s, fastest first; empty for media that are never written. */
  abstract readonly writeSpeeds: readonly number[]
  /** Codes of the features that this medium makes current, besides those that always are. */
  abstract currentFeatures(): readonly number[]
  abstract discInformation(): DiscInformation
  /** All tracks in order, the invisible one last. */
  abstract tracks(): readonly TrackView[]
  /** LBA of the last block that READ CAPACITY names; 0 where nothing is recorded. */
  abstract lastAddress(): number
  /**
   * Ends with CHECK CONDITION where one of the blocks cannot be read.
   *
   * @throws {CheckCondition}
   */
  abstract assertReadable(lba: number, blocks: number): void

  /** Tracks and closed sessions as the table of contents shows them; undefined where there is none. */
  tableOfContents(): { readonly tracks: readonly TocTrack[]; readonly sessions: readonly TocSession[] } | undefined {
    const tracks = this.tracks().filter(({ invisible, blank }) => !invisible && !blank)
    if (tracks.length === 0) return undefined
    return {
      tracks: tracks.map(({ number, session, start }) => ({ number, session, start, control: 4 })),
      sessions: [{ number: 1, leadOut: this.lastAddress() + 1, discType: 0 }],
    }
  }

  /** Fills `into` with blocks of 2048 bytes. */
  async read(lba: number, blocks: number, into: Uint8Array): Promise<void> {
    this.assertReadable(lba, blocks)
    await this.disc.blocks.read(lba, into.subarray(0, blocks * 2048))
  }

  /** @throws {CheckCondition} where the medium or the write parameters do not allow it */
  write(_lba: number, _blocks: number, _data: Uint8Array, _parameters: WriteParameters): Promise<void> {
    throw cannotWriteMedium()
  }

  /** Bytes that the host sends for these blocks: 2048 each but on CD. */
  transferBytes(_lba: number, blocks: number, _parameters: WriteParameters): number {
    return blocks * 2048
  }

  /** The host has set another write type (page 05h): some blank media are another kind of medium with it. */
  selectWriteType(_writeType: number): void {}

  /** SYNCHRONIZE CACHE: what was written is on the disc. */
  synchronize(_parameters: WriteParameters): Promise<void> {
    return this.disc.commit()
  }

  formatCapacities(): FormatCapacities {
    return { blocks: this.lastAddress() + 1, kind: 'formatted', formattable: [] }
  }

  format(_request: FormatRequest, _parameters: WriteParameters): Operation {
    throw invalidOpcode()
  }

  /** Whether this format looks for defects, and replaces them from the spare areas. */
  certifies(_request: FormatRequest): boolean {
    return false
  }

  blank(_type: number, _address: number): Operation {
    throw invalidOpcode()
  }

  close(_closeFunction: number, _track: number, _parameters: WriteParameters): Operation {
    throw invalidFieldInCdb(2)
  }

  reserve(_blocks: number, _splitAt: number | undefined, _parameters: WriteParameters): Promise<void> {
    throw commandSequenceError()
  }

  repair(_track: number): Operation {
    throw invalidFieldInCdb(4)
  }

  sendCueSheet(_entries: Uint8Array, _parameters: WriteParameters): Promise<void> {
    throw invalidOpcode()
  }

  /** What READ DISC STRUCTURE answers after its 4 bytes of header; undefined where the medium has no such structure. */
  structure(_format: number, _layer: number, _address: number): Uint8Array | undefined {
    return undefined
  }

  /** Formats of {@link structure}, with whether SEND DISC STRUCTURE takes them. */
  structureFormats(): readonly { readonly format: number; readonly sendable: boolean; readonly length: number }[] {
    return []
  }

  sendStructure(_format: number, _data: Uint8Array): Promise<void> {
    throw invalidFieldInCdb(7)
  }

  /** Remaining replacements, map entries and updates of pseudo-overwrite. */
  pseudoOverwriteResources(): { replacements: number; mapEntries: number; updates: number } | undefined {
    return undefined
  }

  /** Most tracks, most that can be open at the same time, and how many of them can be appended to now. */
  trackResources(): { tracks: number; openTracks: number; appendable: number } {
    return { tracks: 1, openTracks: 1, appendable: 0 }
  }

  /**
   * Called when the disc is loaded: recording that was broken off leaves what a power failure leaves on such a medium.
   *
   * @returns true where the state changed
   */
  recover(): boolean {
    return false
  }
}

/** The next multiple of `unit` that is not below `value`. */
export const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit

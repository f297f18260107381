import { DATA_BLOCK_FORMS } from '../cd/sector'
import { illegalModeForThisTrack, invalidFieldInParameterList } from '../check-condition'
import type { Disc } from '../disc/disc'
import type { FormatCapacities, FormatRequest, Operation, WriteParameters } from './medium'

/** User blocks of a fixed packet, the one size that a CD-RW is formatted with (MMC-6 4.3.7). */
export const PACKET_BLOCKS = 32
/** Link block, four run-in and two run-out blocks of a packet. */
export const LINK_BLOCKS = 7
const RUN_OUT_BLOCKS = 2
/** Types of FORMAT UNIT (MMC-6 table 290). */
const FULL_FORMAT = 0x10
const GROW_SESSION = 0x11
/** Sizes that mean "as much as there is". */
const WHOLE_DISC = [0, 0xffffffff]

/** User blocks of all packets that fit: link and run-in of the first one lie in the pre-gap. */
export function blocksInPackets(capacityBlocks: number): number {
  const packet = PACKET_BLOCKS + LINK_BLOCKS
  const fit = Math.floor((capacityBlocks + LINK_BLOCKS - RUN_OUT_BLOCKS) / packet)
  return Math.max(0, fit) * PACKET_BLOCKS
}

/**
 * What READ FORMAT CAPACITIES says of a CD-RW.
 *
 * @param recorded  blocks that can be read as the disc is
 */
export function cdRwFormatCapacities({ state }: Disc, recorded: number): FormatCapacities {
  const most = blocksInPackets(state.capacityBlocks)
  const blank = state.tracks.length === 0
  const type = (formatType: number, numberOfBlocks: number) => ({
    formatType,
    numberOfBlocks,
    typeDependentParameter: PACKET_BLOCKS,
  })
  const left = state.formatted ? most - state.formatted.blocks : 0
  return {
    blocks: blank ? most : recorded,
    kind: blank ? 'unformatted' : 'formatted',
    formattable: [type(FULL_FORMAT, most), ...(left > 0 ? [type(GROW_SESSION, left)] : [])],
  }
}

/**
 * FORMAT UNIT of a CD-RW: one closed session with one track of fixed packets, as the write parameters describe it, or
 * more packets at its end.
 *
 * @throws {CheckCondition} for format types, sizes and write parameters that a CD-RW does not take
 */
export function formatCdRw(disc: Disc, request: FormatRequest, parameters: WriteParameters): Operation {
  const { state } = disc
  const { type } = request
  const grow = type === GROW_SESSION && state.formatted !== null
  if (type !== FULL_FORMAT && !grow) throw invalidFieldInParameterList(8)
  if (request.parameter !== PACKET_BLOCKS) throw invalidFieldInParameterList(9)
  // A packet size in page 05h that is not the one asked for is a mistake of the host, whichever it meant.
  if (parameters.fixedPacket && parameters.packetBlocks !== PACKET_BLOCKS) throw invalidFieldInParameterList(9)
  const form = DATA_BLOCK_FORMS[parameters.dataBlockType]
  if (form !== 'mode-1' && form !== 'mode-2-form-1') throw illegalModeForThisTrack()
  const formatted = grow ? state.formatted!.blocks : 0
  const most = blocksInPackets(state.capacityBlocks) - formatted
  const blocks = WHOLE_DISC.includes(request.blocks) ? most : request.blocks
  if (blocks > most || blocks % PACKET_BLOCKS !== 0) throw invalidFieldInParameterList(4)
  return {
    seconds: grow ? 600 : 1200,
    formatting: true,
    complete: async () => {
      const end = formatted + blocks
      if (grow) Object.assign(state.tracks[0]!, { next: end, end })
      else {
        await disc.erase()
        const track = { number: 1, session: 1, start: 0, next: end, end, packetBlocks: PACKET_BLOCKS }
        state.tracks = [{ ...track, state: 'complete', control: parameters.trackMode, form }]
        state.sessions = [{ number: 1, leadOut: end, discType: parameters.sessionFormat }]
        delete state.cueSheet
        delete state.cdText
        delete state.mediaCatalogNumber
      }
      state.sessions[0]!.leadOut = end
      Object.assign(state, { organisation: 'restricted-overwrite', finalized: true, recorded: [[0, end]] })
      state.formatted = { type: FULL_FORMAT, blocks: end }
      await disc.commit()
    },
  }
}

import { lbaToMsf } from '../../layout'
import { readSubChannel } from '../../mmc/commands/audio-play'
import { readCd, readCdMsf } from '../../mmc/commands/read-cd'
import { mainChannelParts, SECTOR_BYTES, type SectorType } from '../cd/sector'
import { positionQ, subChannel } from '../cd/sub-channel'
import { CheckCondition, illegalModeForThisTrack, invalidFieldInCdb } from '../check-condition'
import { type CommandContext, type CommandRule, onMedium } from '../command-rule'
import { CompactDisc } from '../media/cd'
import { assertGoodToRead } from '../media/defect-management'
import { pace } from '../pace'

/** Expected sector types by number (MMC-6 table 351); 0 is any. */
const EXPECTED: readonly (SectorType | undefined)[] = [undefined, 'audio', 'mode-1', 'mode-2', 'form-1', 'form-2']
/** Bytes of C2 error information by its field: none, 294 (a bit a byte), 296 (block error byte and pad). */
const C2_BYTES = [0, 294, 296]

/** A CD, or the sense for all other media. */
function compactDisc({ medium }: CommandContext): CompactDisc {
  if (medium instanceof CompactDisc) return medium
  throw new CheckCondition(5, 0x30, 2)
}

async function readSectors(context: CommandContext, lba: number, blocks: number): Promise<number> {
  const { cdb, data, unit } = context
  const disc = compactDisc(context)
  const expectedNumber = (cdb[1]! >> 2) & 7
  if (expectedNumber >= EXPECTED.length) throw invalidFieldInCdb(1, 4)
  const expected = EXPECTED[expectedNumber]
  const c2 = C2_BYTES[(cdb[9]! >> 1) & 3]
  if (c2 === undefined) throw invalidFieldInCdb(9, 2)
  const selection = cdb[10]! & 7
  if (![0, 1, 2, 4].includes(selection)) throw invalidFieldInCdb(10, 2)
  if (blocks === 0) return 0
  disc.assertReadable(lba, blocks)
  assertGoodToRead(disc, unit.options.badBlocks, lba, blocks)
  let at = 0
  for (let address = lba; address < lba + blocks && at < data.length; address++) {
    const { type, sector } = await disc.readSector(address)
    if (expected !== undefined && expected !== type) throw illegalModeForThisTrack(address)
    const parts = mainChannelParts(type, cdb[9]!)
    if (!parts) throw invalidFieldInCdb(9, 7)
    const track = disc.trackAt(address)!
    const pieces = [
      ...parts.map(([start, end]) => sector.subarray(start, end)),
      new Uint8Array(c2),
      subChannel(selection, track, address)!,
    ]
    for (const piece of pieces) {
      const fitting = piece.subarray(0, Math.max(0, data.length - at))
      data.set(fitting, at)
      at += fitting.length
    }
  }
  await pace(unit, 'read', blocks * SECTOR_BYTES)
  return at
}

/** READ SUB-CHANNEL: the position of the pick-up, which rests at the first track; catalogue number; ISRC. */
function subChannelData(context: CommandContext): Uint8Array {
  const { cdb } = context
  const disc = compactDisc(context)
  const { msf, subQ, subChannelParameterList: list, trackNumber } = readSubChannel.cdbLayout.decode(cdb)
  const NO_AUDIO_STATUS = 0x15
  if (!subQ) return Uint8Array.of(0, NO_AUDIO_STATUS, 0, 0)
  const head = (bytes: number) => [0, NO_AUDIO_STATUS, 0, bytes]
  const text = (value: string | undefined, length: number) => [
    value ? 0x80 : 0,
    ...Array.from({ length }, (_, index) => value?.charCodeAt(index) || 0),
  ]
  const { tracks, mediaCatalogNumber } = disc.state
  const track = tracks.find(({ number }) => number === trackNumber) ?? tracks[0]
  if (!track) throw invalidFieldInCdb(3)
  const address = (lba: number) =>
    msf ? [0, ...lbaToMsf(lba)] : [lba >>> 24, (lba >> 16) & 255, (lba >> 8) & 255, lba & 255]
  switch (list) {
    case 1: {
      const q = positionQ(track, track.start)
      return Uint8Array.from([
        ...head(12),
        1,
        q[0]!,
        track.number,
        1,
        ...address(track.start),
        ...address(-150 * (msf ? 1 : 0)),
      ])
    }
    case 2:
      return Uint8Array.from([...head(20), 2, 0, 0, 0, ...text(mediaCatalogNumber, 13), 0, 0])
    case 3:
      return Uint8Array.from([...head(20), 3, track.control << 4, track.number, 0, ...text(track.isrc, 12), 0, 0, 0])
    default:
      throw invalidFieldInCdb(3)
  }
}

/** READ CD, READ CD MSF, READ SUB-CHANNEL (MMC-6 6.19, 6.20; MMC-4 6.32). */
export const READ_CD_RULES: readonly CommandRule[] = [
  onMedium(readCd, context => {
    const { startingLogicalBlockAddress = 0, transferLength = 0 } = readCd.cdbLayout.decode(context.cdb)
    return readSectors(context, startingLogicalBlockAddress, transferLength)
  }),
  onMedium(readCdMsf, context => {
    const { startingAddress = 0, endingAddress = 0 } = readCdMsf.cdbLayout.decode(context.cdb)
    if (endingAddress < startingAddress) throw invalidFieldInCdb(6)
    return readSectors(context, startingAddress, endingAddress - startingAddress)
  }),
  onMedium(readSubChannel, subChannelData),
]

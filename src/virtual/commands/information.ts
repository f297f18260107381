import { capacityData, readCapacity } from '../../mmc/commands/read-capacity'
import { discInformation, readDiscInformation } from '../../mmc/commands/read-disc-information'
import { powResourcesInformation, trackResourcesInformation } from '../../mmc/commands/read-disc-resources'
import { formatCapacities, readFormatCapacities } from '../../mmc/commands/read-format-capacities'
import { INVISIBLE_TRACK, readTrackInformation, trackInformation } from '../../mmc/commands/read-track-information'
import { addressOutOfRange, invalidFieldInCdb, invalidOpcode } from '../check-condition'
import { type CommandRule, onDrive, onMedium } from '../command-rule'
import type { LogicalUnit } from '../logical-unit'
import type { Medium, TrackView } from '../media/medium'

/** READ TRACK INFORMATION's reply up to the last recorded address, and with the layer jump addresses. */
const TRACK_INFORMATION_BYTES = 36
const WITH_LAYER_JUMPS_BYTES = 48

function track(medium: Medium, unit: LogicalUnit, cdb: Uint8Array): TrackView {
  const { numberType, number = 0, open } = readTrackInformation.cdbLayout.decode(cdb)
  const tracks = medium.tracks()
  if (medium.state.finalized && unit.has('no-track-information-when-complete')) throw invalidFieldInCdb(2)
  const wanted = (): TrackView | undefined => {
    switch (numberType) {
      case 'lba':
        return number < 0 ? tracks[0] : tracks.findLast(({ start, size }) => number >= start && number < start + size)
      case 'track':
        if (number !== INVISIBLE_TRACK) return tracks.find(candidate => candidate.number === number)
        if (unit.has('no-invisible-track-number')) return undefined
        return tracks.findLast(({ nextWritableAddress, damaged }) => nextWritableAddress !== null || damaged)
      case 'session':
        return tracks.find(({ session }) => session === number)
      default:
        return undefined
    }
  }
  const found = wanted()
  const view = open ? tracks.find(candidate => candidate.number >= (found?.number ?? 1) && candidate.free > 0) : found
  if (view) return view
  if (numberType === 'lba') throw addressOutOfRange(number)
  throw invalidFieldInCdb(2)
}

function encodeTrack(view: TrackView, unit: LogicalUnit, medium: Medium): Uint8Array {
  const { layerJump } = view
  const blankQuirk = unit.has('blank-next-writable-address-150') && medium.discInformation().discStatus === 'blank'
  const next = blankQuirk && medium.kind !== 'dvd' ? -150 : view.nextWritableAddress
  return trackInformation.encode(
    {
      trackNumber: view.number,
      sessionNumber: view.session,
      layerJumpRecordingStatus: layerJump?.status ?? 0,
      damage: view.damaged,
      trackMode: view.trackMode,
      reservedTrack: view.reserved,
      blank: view.blank,
      packetOrIncremental: view.incremental,
      fixedPacket: view.fixedPacketBlocks !== null && view.incremental,
      dataMode: view.dataMode,
      lastRecordedAddressValid: view.lastRecordedAddress !== null,
      nextWritableAddressValid: next !== null,
      trackStartAddress: view.start,
      nextWritableAddress: next ?? 0,
      freeBlocks: view.free,
      fixedPacketSize: view.fixedPacketBlocks ?? (medium.kind === 'cd' ? 0 : medium.blockingFactor),
      // Layer jump recording: not its size, but its last address.
      trackSize: layerJump ? view.start + view.size - 1 : view.size,
      lastRecordedAddress: view.lastRecordedAddress ?? 0,
      nextLayerJumpAddress: layerJump?.next ?? 0,
      lastLayerJumpAddress: layerJump?.last ?? 0,
    },
    layerJump ? WITH_LAYER_JUMPS_BYTES : TRACK_INFORMATION_BYTES,
  )
}

/** READ DISC INFORMATION, READ TRACK INFORMATION, READ CAPACITY, READ FORMAT CAPACITIES. */
export const INFORMATION_RULES: readonly CommandRule[] = [
  onMedium(readDiscInformation, ({ unit, medium, cdb }) => {
    if (unit.has('no-read-disc-information')) throw invalidOpcode()
    const { dataType } = readDiscInformation.cdbLayout.decode(cdb)
    switch (dataType) {
      case 'standard': {
        const information = medium!.discInformation()
        const quiet = unit.has('written-dvd-plus-rw-status') && medium!.profile === 0x1a
        return discInformation.encode(quiet ? { ...information, backgroundFormatStatus: 'none' } : information)
      }
      case 'track-resources': {
        const { tracks, openTracks, appendable } = medium!.trackResources()
        return trackResourcesInformation.encode({
          discInformationDataType: dataType,
          maximumPossibleNumberOfTracks: tracks,
          numberOfTracks: medium!.tracks().filter(({ invisible }) => !invisible).length,
          maximumPossibleNumberOfAppendableTracks: openTracks,
          currentNumberOfAppendableTracks: appendable,
        })
      }
      case 'pow-resources': {
        const resources = medium!.pseudoOverwriteResources()
        if (!resources) throw invalidFieldInCdb(1, 2)
        return powResourcesInformation.encode({
          discInformationDataType: dataType,
          remainingPowReplacements: resources.replacements,
          remainingPowReallocationMapEntries: resources.mapEntries,
          numberOfRemainingPowUpdates: resources.updates,
        })
      }
      default:
        throw invalidFieldInCdb(1, 2)
    }
  }),
  onMedium(readTrackInformation, ({ unit, medium, cdb }) => encodeTrack(track(medium!, unit, cdb), unit, medium!)),
  onMedium(readCapacity, ({ medium }) =>
    capacityData.encode({ logicalBlockAddress: medium!.lastAddress(), blockLengthBytes: 2048 }),
  ),
  {
    ...onDrive(readFormatCapacities, ({ medium }) => {
      if (!medium)
        return formatCapacities.encode({ numberOfBlocks: 0, descriptorType: 'no-media', blockLengthBytes: 2048 }, 12)
      const { blocks, kind, formattable } = medium.formatCapacities()
      return formatCapacities.encode({
        numberOfBlocks: blocks,
        descriptorType: kind,
        blockLengthBytes: 2048,
        formattableCapacityDescriptors: formattable,
      })
    }),
    duringOperation: 'waits',
  },
]

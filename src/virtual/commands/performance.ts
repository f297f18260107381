import {
  defectiveBlockInformation,
  exceptionalPerformance,
  getPerformance,
  nominalPerformance,
  unusableAreaData,
  writeSpeeds,
} from '../../mmc/commands/get-performance'
import { bufferCapacity, bufferCapacityInBlocks, readBufferCapacity } from '../../mmc/commands/read-buffer-capacity'
import { OPTIMUM_SPEED, setCdSpeed } from '../../mmc/commands/set-cd-speed'
import { performanceDescriptor, setStreaming } from '../../mmc/commands/set-streaming'
import { invalidFieldInCdb, parameterListLengthError } from '../check-condition'
import { type CommandContext, type CommandRule, onDrive } from '../command-rule'
import { READ_SPEEDS, realTimeSpeed, selectedSpeed } from '../pace'

const HEADER_BYTES = 8
/** Data types of GET PERFORMANCE. */
const TYPE = { performance: 0, unusableArea: 1, defectStatus: 2, writeSpeed: 3, defectiveBlocks: 4 } as const

function lastBlock({ medium }: CommandContext): number {
  if (!medium) return 0
  const { capacityBlocks } = medium.state
  return Math.max(medium.lastAddress(), capacityBlocks - 1, 0)
}

function nominal(context: CommandContext): Uint8Array {
  const { unit, cdb, medium } = context
  const write = (cdb[1]! & 0x04) !== 0
  if ((cdb[1]! & 0x03) !== 0) return exceptionalPerformance.encode({ write, except: true, descriptors: [] })
  if (!medium || (write && medium.writeSpeeds.length === 0))
    return nominalPerformance.encode({ write, descriptors: [] })
  const speed = selectedSpeed(unit, write ? 'write' : 'read')
  const descriptor = {
    startLba: 0,
    startPerformanceKBps: speed,
    endLba: lastBlock(context),
    endPerformanceKBps: speed,
  }
  return nominalPerformance.encode({ write, descriptors: [descriptor] })
}

function writeSpeedTable(context: CommandContext): Uint8Array {
  const { unit, medium } = context
  const speeds = unit.has('no-write-speed-descriptors') ? [] : (medium?.writeSpeeds ?? [])
  const readSpeedKBps = READ_SPEEDS[medium?.kind ?? 'bd'][0]
  return writeSpeeds.encode({
    descriptors: speeds.map(writeSpeedKBps => ({ endLba: lastBlock(context), readSpeedKBps, writeSpeedKBps })),
  })
}

/** What has been replaced from the spare areas: a stream that comes by has to go elsewhere. */
function unusableArea({ cdb, medium }: CommandContext): Uint8Array {
  const { startingLba = 0 } = getPerformance.cdbLayout.decode(cdb)
  const replaced = medium?.state.formatted?.replaced ?? []
  return unusableAreaData.encode({
    descriptors: replaced
      .filter(lba => lba >= startingLba)
      .map(lba => ({ lba, numberOfUnusablePhysicalBlocks: medium!.blockingFactor })),
  })
}

function performanceData(context: CommandContext): Uint8Array {
  switch (context.cdb[10]) {
    case TYPE.performance:
      return nominal(context)
    case TYPE.unusableArea:
      return unusableArea(context)
    case TYPE.writeSpeed:
      return writeSpeedTable(context)
    case TYPE.defectiveBlocks:
      return defectiveBlockInformation.encode({ descriptors: [] })
    default:
      throw invalidFieldInCdb(10)
  }
}

/** Descriptors that the host has no room for are not sent; the length says how many there are. */
const DESCRIPTOR_BYTES: Readonly<Record<number, number>> = { 0: 16, 1: 8, 3: 16, 4: 8 }

function setStreamingDescriptor({ unit, data }: CommandContext, length: number): void {
  const descriptor = performanceDescriptor.decodeComplete(data.subarray(0, length))
  if (!descriptor) throw parameterListLengthError()
  if (descriptor.restoreDefaults) {
    unit.readSpeedKBps = undefined
    unit.writeSpeedKBps = undefined
    return
  }
  if (descriptor.readTimeMs === 0 || descriptor.writeTimeMs === 0) throw invalidFieldInCdb(16)
  unit.readSpeedKBps = (descriptor.readSize * 1000) / descriptor.readTimeMs
  unit.writeSpeedKBps = (descriptor.writeSize * 1000) / descriptor.writeTimeMs
}

/** GET PERFORMANCE, SET STREAMING, SET CD SPEED, READ BUFFER CAPACITY. */
export const PERFORMANCE_RULES: readonly CommandRule[] = [
  onDrive(getPerformance, context => {
    const { maximumNumberOfDescriptors = 0 } = getPerformance.cdbLayout.decode(context.cdb)
    const reply = performanceData(context)
    return reply.subarray(0, HEADER_BYTES + maximumNumberOfDescriptors * DESCRIPTOR_BYTES[context.cdb[10]!]!)
  }),
  onDrive(setStreaming, context => {
    const { type, parameterListLength = 0 } = setStreaming.cdbLayout.decode(context.cdb)
    if (type !== 0) throw invalidFieldInCdb(8)
    setStreamingDescriptor(context, Math.min(parameterListLength, context.data.length))
  }),
  onDrive(setCdSpeed, ({ unit, cdb }) => {
    const { readSpeedKBps = 0, writeSpeedKBps = 0 } = setCdSpeed.cdbLayout.decode(cdb)
    unit.readSpeedKBps = readSpeedKBps === OPTIMUM_SPEED ? undefined : readSpeedKBps
    unit.writeSpeedKBps = writeSpeedKBps === OPTIMUM_SPEED ? undefined : writeSpeedKBps
  }),
  onDrive(readBufferCapacity, ({ unit, cdb }) => {
    const free = unit.buffer.freeBytes(realTimeSpeed(unit, 'write'))
    const { block } = readBufferCapacity.cdbLayout.decode(cdb)
    if (block) return bufferCapacityInBlocks.encode({ block: true, availableBufferBlocks: Math.floor(free / 2048) })
    return bufferCapacity.encode({ lengthOfTheBuffer: unit.buffer.bytes, availableLengthOfBuffer: free })
  }),
]

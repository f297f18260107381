import { readDiscStructure } from '../../mmc/commands/read-disc-structure'
import { reportRpcState, rpcState } from '../../mmc/commands/report-key'
import { sendDiscStructure } from '../../mmc/commands/send-disc-structure'
import { bdStructureList, dvdStructureList, dvdWriteProtectionStatus } from '../../mmc/structures'
import { CheckCondition, invalidFieldInCdb, parameterListLengthError } from '../check-condition'
import { type CommandRule, onDrive, onMedium } from '../command-rule'
import type { Medium } from '../media/medium'

const WRITE_PROTECTION = 0xc0
const LIST = 0xff
const RPC_STATE = 0x08

/** CANNOT READ MEDIUM - INCOMPATIBLE FORMAT: a structure of another kind of disc is asked for. */
const incompatible = () => new CheckCondition(5, 0x30, 2)

function read(medium: Medium, cdb: Uint8Array): Uint8Array {
  const { mediaType, layerNumber = 0, format = 0, address = 0 } = readDiscStructure.cdbLayout.decode(cdb)
  if (medium.kind === 'cd') throw incompatible()
  const bd = mediaType === 'bd'
  if (mediaType !== 'dvd' && !bd) throw invalidFieldInCdb(1, 3)
  if (format === LIST) {
    const structureList = medium.structureFormats().map(entry => ({
      formatCode: entry.format,
      sendable: entry.sendable,
      readable: true,
      formatLength: entry.length,
    }))
    return (bd ? bdStructureList : dvdStructureList).encode({ structureList })
  }
  if (bd !== (medium.kind === 'bd') && format < WRITE_PROTECTION) throw invalidFieldInCdb(1, 3)
  const structure = medium.structure(format, layerNumber, address)
  if (!structure) throw invalidFieldInCdb(7)
  return structure
}

/** READ DISC STRUCTURE, SEND DISC STRUCTURE, REPORT KEY (the region alone: nothing here is encrypted). */
export const DISC_STRUCTURE_RULES: readonly CommandRule[] = [
  onMedium(readDiscStructure, ({ medium, cdb }) => read(medium!, cdb)),
  onMedium(sendDiscStructure, async ({ medium, cdb, data }) => {
    const { format = 0, parameterListLength = 0 } = sendDiscStructure.cdbLayout.decode(cdb)
    if (parameterListLength < 4 || data.length < parameterListLength) throw parameterListLengthError()
    if (format !== WRITE_PROTECTION) return medium!.sendStructure(format, data.subarray(0, parameterListLength))
    const { persistentWriteProtection } = dvdWriteProtectionStatus.layout.decode(data)
    medium!.state.writeProtected = persistentWriteProtection === true
    await medium!.disc.commit()
  }),
  onDrive(reportRpcState, ({ cdb }) => {
    const { keyClass, keyFormat } = reportRpcState.cdbLayout.decode(cdb)
    if (keyClass !== 0 || keyFormat !== RPC_STATE) throw invalidFieldInCdb(10, 5)
    return rpcState.encode({
      vendorResetsAvailable: 4,
      userControlledChangesAvailable: 5,
      regionMask: 0xff,
      rpcScheme: 1,
    })
  }),
]

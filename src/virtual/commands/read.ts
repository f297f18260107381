import { read10, read12 } from '../../mmc/commands/read'
import { seek10 } from '../../mmc/commands/seek'
import { setReadAhead } from '../../mmc/commands/set-read-ahead'
import { testUnitReady } from '../../mmc/commands/test-unit-ready'
import { verify10 } from '../../mmc/commands/verify'
import { addressOutOfRange, invalidFieldInCdb } from '../check-condition'
import { type CommandContext, type CommandRule, onMedium } from '../command-rule'
import { assertGoodToRead } from '../media/defect-management'
import { pace } from '../pace'

async function read({ unit, medium, data }: CommandContext, lba: number, blocks: number): Promise<number> {
  if (blocks === 0) {
    if (lba < 0 || lba > medium!.lastAddress()) throw addressOutOfRange(lba)
    return 0
  }
  // Never more than the host has room for, whatever the CDB says.
  const fitting = Math.min(blocks, Math.floor(data.length / 2048))
  medium!.assertReadable(lba, blocks)
  assertGoodToRead(medium!, unit.options.badBlocks, lba, blocks)
  await medium!.read(lba, fitting, data)
  await pace(unit, 'read', blocks * 2048)
  return fitting * 2048
}

/** TEST UNIT READY and all that reads blocks of 2048 bytes. */
export const READ_RULES: readonly CommandRule[] = [
  onMedium(testUnitReady, () => undefined),
  onMedium(read10, context => {
    const { logicalBlockAddress = 0, transferLength = 0 } = read10.cdbLayout.decode(context.cdb)
    return read(context, logicalBlockAddress, transferLength)
  }),
  onMedium(read12, context => {
    const { logicalBlockAddress = 0, transferLength = 0 } = read12.cdbLayout.decode(context.cdb)
    return read(context, logicalBlockAddress, transferLength)
  }),
  onMedium(seek10, ({ medium, cdb }) => {
    const { logicalBlockAddress = 0 } = seek10.cdbLayout.decode(cdb)
    if (logicalBlockAddress < 0 || logicalBlockAddress > medium!.lastAddress())
      throw addressOutOfRange(logicalBlockAddress)
  }),
  onMedium(verify10, async ({ unit, medium, cdb }) => {
    const { byteCheck, logicalBlockAddress = 0, numberOfBlocks = 0 } = verify10.cdbLayout.decode(cdb)
    if (byteCheck) throw invalidFieldInCdb(1, 1)
    if (numberOfBlocks === 0) return
    medium!.assertReadable(logicalBlockAddress, numberOfBlocks)
    assertGoodToRead(medium!, unit.options.badBlocks, logicalBlockAddress, numberOfBlocks)
    await pace(unit, 'read', numberOfBlocks * 2048)
  }),
  onMedium(setReadAhead, () => undefined),
]

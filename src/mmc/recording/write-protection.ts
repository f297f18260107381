import { MediumError } from '../../errors'
import { readDiscStructureOf } from '../commands'
import type { Drive } from '../drive'
import type { Medium } from '../medium-state'
import { bdWriteProtectionStatus, dvdRamMediumStatus, dvdWriteProtectionStatus } from '../structures'
import { unlessRefused } from '../unless-refused'

/** What protects a medium, by the field that says so, and how one gets rid of it. */
const PROTECTIONS = [
  ['mediaSpecificWriteInhibition', 'the medium inhibits it', 'Take another disc.'],
  ['cartridgeWriteProtection', "its cartridge's switch is set", 'Slide the switch on the cartridge.'],
  ['cartridgeWriteProtect', "its cartridge's switch is set", 'Slide the switch on the cartridge.'],
  ['persistentWriteProtection', 'it was protected persistently', 'Take the protection off (SEND DISC STRUCTURE C0h).'],
  ['persistentWriteProtect', 'it was protected persistently', 'Take the protection off (SEND DISC STRUCTURE C0h).'],
  ['softwareWriteProtection', 'the drive was told so', 'Eject and load the medium.'],
] as const

/**
 * Whether something protects the medium from being written: the Write Protection Status (MMC-6 6.22.3.1.9), and on
 * DVD-RAM the Medium Status (6.22.3.2.10). Drives that know neither say so with 7/27 when they are written to.
 *
 * @throws {MediumError} `MEDIUM_WRITE_PROTECTED`
 */
export async function checkWriteProtection(drive: Drive, { family }: Medium): Promise<void> {
  if (family.startsWith('cd')) return
  const ask = async (structure: Parameters<typeof readDiscStructureOf>[0]) =>
    (await unlessRefused(drive.send(readDiscStructureOf(structure), { allocationLength: 8 }))) ?? {}
  const answers: Record<string, unknown>[] = [
    await ask(family.startsWith('bd') ? bdWriteProtectionStatus : dvdWriteProtectionStatus),
    ...(family === 'dvd-ram' ? [await ask(dvdRamMediumStatus)] : []),
  ]
  const set = PROTECTIONS.find(([field]) => answers.some(answer => answer[field] === true))
  if (!set) return
  const [, why, hint] = set
  throw new MediumError('MEDIUM_WRITE_PROTECTED', `The ${family} is protected from being written: ${why}.`, { hint })
}

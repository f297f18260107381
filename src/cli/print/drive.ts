import { inquiry } from '../../mmc/commands/inquiry'
import type { OpticalDrive } from '../../optical-drive'
import { printable } from './printable'
import type { style } from './style'

/** A drive's names as `info --json` gives them. */
export interface DriveIdentity {
  readonly address: string
  readonly vendor: string
  readonly product: string
  readonly revision: string
}

export async function driveJson(drive: OpticalDrive): Promise<DriveIdentity> {
  const reply = await drive.send(inquiry)
  return {
    address: drive.address,
    vendor: reply.vendorIdentification ?? '',
    product: reply.productIdentification ?? '',
    revision: reply.productRevisionLevel ?? '',
  }
}

/** `/dev/sr0  HL-DT-ST BD-RE BH16NS55 1.03`. */
export function driveLine(identity: DriveIdentity, paint: ReturnType<typeof style>): string {
  const { address, vendor, product, revision } = identity
  return `${paint('bold', printable(address))}  ${printable([vendor, product, revision].filter(Boolean).join(' '))}`
}

import { asError } from '../../errors'
import { ascii, layout } from '../../layout'
import { SAM_STATUS } from '../transport'
import { ScsiPassThroughTransport } from './scsi-pass-through-transport'
import type { Win32 } from './win32'

/** The part of standard INQUIRY data that names the drive (SPC-4 6.4.2). */
const inquiryData = layout('INQUIRY Data', { vendor: ascii(8, 8), product: ascii(16, 16), revision: ascii(32, 4) })
const INQUIRY_BYTES = 36

/** Vendor, product and revision by INQUIRY, for systems that do not keep them; a list goes on where it fails. */
export async function inquire(
  win32: Win32,
  address: string,
): Promise<{ vendor: string; product: string; revision: string } | { problem: string }> {
  try {
    const transport = await ScsiPassThroughTransport.open(win32, address)
    try {
      const data = new Uint8Array(INQUIRY_BYTES)
      const cdb = Uint8Array.of(0x12, 0, 0, 0, data.length, 0)
      const { status } = await transport.execute({ cdb, direction: 'in', data, timeoutMs: 10_000 })
      if (status !== SAM_STATUS.good) return { problem: `INQUIRY ended with status ${status}` }
      const { vendor = '', product = '', revision = '' } = inquiryData.decode(data)
      return { vendor, product, revision }
    } finally {
      await transport.close()
    }
  } catch (error) {
    return { problem: asError(error).message }
  }
}

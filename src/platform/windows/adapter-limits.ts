import type { TransportLimits } from '../transport'
import { control, member, modelOf, storageProperty } from './control'
import { IO_SCSI_CAPABILITIES, STORAGE_ADAPTER_DESCRIPTOR } from './structures'
import type { Handle, Win32 } from './win32'

const PAGE_BYTES = 4096
/** What every adapter and USB bridge carries, where Windows does not say what this one does. */
const USUAL_TRANSFER_BYTES = 0x1_0000
const SMALLEST_TRANSFER_BYTES = 2048
/** Adapters without a limit say FFFFFFFFh; beyond this, transfers gain nothing. */
const LARGEST_TRANSFER_BYTES = 0x10_0000
/** Data on a page satisfy every mask that adapters have; more would be a mistake of the driver. */
const LARGEST_MASK = PAGE_BYTES - 1

/** What the adapter can carry: its descriptor, else its capabilities, else what every adapter can. */
export async function adapterLimits(win32: Win32, handle: Handle): Promise<TransportLimits> {
  const descriptor = await storageProperty(win32, handle, 'StorageAdapterProperty')
  if (descriptor) return limitsOf(win32, STORAGE_ADAPTER_DESCRIPTOR, descriptor)
  const size = IO_SCSI_CAPABILITIES.size(modelOf(win32))
  const capabilities = await control(win32, handle, 'IOCTL_SCSI_GET_CAPABILITIES', undefined, size)
  return limitsOf(win32, IO_SCSI_CAPABILITIES, capabilities.value ?? new Uint8Array())
}

function limitsOf(
  win32: Win32,
  structure: typeof STORAGE_ADAPTER_DESCRIPTOR | typeof IO_SCSI_CAPABILITIES,
  answer: Uint8Array,
): TransportLimits {
  const value = (name: 'MaximumTransferLength' | 'MaximumPhysicalPages' | 'AlignmentMask') =>
    member<typeof IO_SCSI_CAPABILITIES.members, typeof name>(
      win32,
      structure as typeof IO_SCSI_CAPABILITIES,
      answer,
      name,
    ) ?? 0
  const length = value('MaximumTransferLength') || USUAL_TRANSFER_BYTES
  // Data that do not begin on a page take one page more.
  const paged = (value('MaximumPhysicalPages') - 1) * PAGE_BYTES
  const maximum = Math.min(length, paged > 0 ? paged : length, LARGEST_TRANSFER_BYTES)
  return {
    maximumTransferBytes: maximum >= SMALLEST_TRANSFER_BYTES ? maximum : USUAL_TRANSFER_BYTES,
    alignmentMask: maskFrom(value('AlignmentMask')),
  }
}

/** A mask has all its low bits set; some drivers give the alignment itself instead. */
function maskFrom(given: number): number {
  const wanted = given > 1 && Number.isInteger(Math.log2(given)) ? given - 1 : given
  let mask = 0
  while (mask < wanted && mask < LARGEST_MASK) mask = mask * 2 + 1
  return mask
}

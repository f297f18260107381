import type { OpticalDrive } from '../optical-drive'
import type { ScsiRequest } from '../platform'
import type { CommonOptions, Invocation } from './invocation'

/** A drive for a command that writes; in a dry run, what would be sent is told and held back. */
export async function openRecordingDrive(
  address: string,
  options: CommonOptions & { readonly dryRun?: boolean },
  invocation: Invocation,
): Promise<OpticalDrive> {
  const [{ openDrive }, { accessOf, decodeCdb }, { rehearsal, tracingToFile }] = await Promise.all([
    import('../open-drive'),
    import('../mmc'),
    import('../platform/layers'),
  ])
  const layers = options.trace ? [tracingToFile(options.trace)] : []
  if (options.dryRun) {
    const told = (request: ScsiRequest) => {
      const line = `would send: ${decodeCdb(request.cdb).text}${request.data.length > 0 ? `, ${request.data.length} bytes` : ''}`
      if (options.json) invocation.note(line)
      else invocation.print(line)
    }
    layers.push(rehearsal({ isHarmless: cdb => accessOf(cdb) === 'read', onHeldBack: told }))
  }
  return openDrive(address, { access: 'write', layers, ...(options.ffi ? { ffi: options.ffi } : {}) })
}

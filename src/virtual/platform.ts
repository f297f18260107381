import type { Platform, Transport } from '../platform'
import { parseVirtualAddress } from './options'

/** `virtual:PATH`: the virtual drive with the disc at PATH in its tray; `virtual:` alone is an empty tray. */
export const virtualPlatform: Platform = {
  name: 'virtual drive',
  addressForms: ['virtual:PATH', 'virtual:'],
  opens: address => /^virtual:/i.test(address),
  open: async (address, { access = 'read' }) => {
    const { path, options } = parseVirtualAddress(address)
    // The drive is loaded when one is opened, not when a program starts.
    const [{ Disc }, { VirtualDrive }] = await Promise.all([import('./disc/disc'), import('./virtual-drive')])
    const disc = path === '' ? undefined : Disc.open(path, { writable: access === 'write' })
    const drive = new VirtualDrive(disc, { ...options, access }, address)
    return options.faults === undefined ? drive : faulty(drive, options.faults)
  },
}

async function faulty(drive: Transport, script: string): Promise<Transport> {
  const [{ COMMANDS }, { faultInjection, parseFaults }] = await Promise.all([
    import('../mmc/commands'),
    import('../platform/layers'),
  ])
  const opcodes = new Map(COMMANDS.map(({ name, opcode }) => [name, opcode]))
  return faultInjection(parseFaults(script, name => opcodes.get(name)))(drive)
}

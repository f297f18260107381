import { COMMANDS } from '../mmc/commands'
import { faultInjection, parseFaults } from '../platform/layers'
import type { Platform } from '../platform/open'
import { parseVirtualAddress } from './options'
import { virtualDisc } from './virtual-disc'
import { VirtualDrive } from './virtual-drive'

const opcodes = new Map(COMMANDS.map(({ name, opcode }) => [name, opcode]))

/** `virtual:PATH`: the virtual drive with the disc at PATH in its tray; `virtual:` alone is an empty tray. */
export const virtualPlatform: Platform = {
  name: 'virtual drive',
  addressForms: ['virtual:PATH', 'virtual:'],
  opens: address => /^virtual:/i.test(address),
  open: async (address, { access = 'read' }) => {
    const { path, options } = parseVirtualAddress(address)
    const faults = options.faults === undefined ? undefined : parseFaults(options.faults, name => opcodes.get(name))
    const disc = path === '' ? undefined : await virtualDisc.open(path, { access })
    const drive = new VirtualDrive(disc, { ...options, access }, address)
    return faults ? faultInjection(faults)(drive) : drive
  },
}

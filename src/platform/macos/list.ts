import type { ListedDrive } from '../open'
import { DiskArbitration } from './disk-arbitration'
import type { Frameworks } from './frameworks'
import { IoRegistry } from './io-registry'

/** The optical drives of this machine, by the name of the disk in them, else by their path in the registry. */
export function listMacosDrives(frameworks: Frameworks): ListedDrive[] {
  const registry = new IoRegistry(frameworks)
  const diskArbitration = new DiskArbitration(frameworks)
  return registry.drives().map(entry => {
    try {
      const names = registry.bsdNames(entry)
      const path = registry.path(entry)
      const [address = '', ...otherAddresses] = [names[0], path].filter(name => name !== undefined)
      return {
        address,
        ...registry.identity(entry),
        otherAddresses,
        mountPoints: diskArbitration.mountPoints(names),
        heldBy: [],
        ...(registry.takesCommands(entry) ? {} : { problem: 'macOS gives commands to drives that can write only' }),
      }
    } finally {
      registry.release(entry)
    }
  })
}

import { join } from 'node:path'
import { serve, type Target } from '../../../src/iscsi'
import { OpticalDrive } from '../../../src/optical-drive'
import { tracingToFile } from '../../../src/platform/layers'
import { MEDIA_TYPES, type MediaType, type VirtualDiscOptions, VirtualDrive, virtualDisc } from '../../../src/virtual'
import type { Machine } from './machine'

const TARGET = 'iqn.2026-01.org.example:programs'

/** wodim knows the LUNs of SCSI-2, 0 to 7: the drives are those of two targets. */
const LUNS = 8

/** A virtual drive, one for each kind of medium, as the machine's kernel has it. */
export interface ServedDrive {
  readonly type: MediaType
  /** `/dev/sr3` in the machine. */
  readonly block: string
  /** `/dev/sg3` in the machine. */
  readonly generic: string
  /** The library, at the same drive from this side. */
  readonly drive: OpticalDrive
  /** Puts a new disc into the tray. */
  insert(options: Omit<VirtualDiscOptions, 'media'>): Promise<void>
}

/** A disc as it is sold: a DVD-RAM is formatted then, DVD+RW and BD-RE are not. */
export const newDisc = (type: MediaType) => ({
  state: type === 'dvd+rw' || type === 'bd-re' ? ('unformatted' as const) : ('blank' as const),
})

/** The drives, and the targets that offer them. */
export class ServedDrives {
  readonly all: readonly ServedDrive[]
  private readonly targets: readonly Target[]

  private constructor(all: readonly ServedDrive[], targets: readonly Target[]) {
    this.all = all
    this.targets = targets
  }

  /**
   * @param folder  where the discs are stored
   * @param traces  folder for a transcript of each drive, for whoever looks for a fault
   * @param media  kinds of media, a drive for each
   */
  static async attach(
    machine: Machine,
    folder: string,
    traces?: string,
    media: readonly MediaType[] = MEDIA_TYPES,
  ): Promise<ServedDrives> {
    const all: ServedDrive[] = []
    const targets: Target[] = []
    for (let first = 0; first < media.length; first += LUNS) {
      const types = media.slice(first, first + LUNS)
      const drives = types.map(
        type => new VirtualDrive(undefined, { access: 'write', product: type.toUpperCase() }, `virtual:${type}`),
      )
      const luns = drives.map((drive, lun) => ({
        transport: traces ? tracingToFile(join(traces, `${types[lun]}.jsonl`))(drive) : drive,
        access: 'write' as const,
      }))
      const target = await serve({ luns, port: 0, target: `${TARGET}${targets.length + 1}` })
      targets.push(target)
      const login = await machine.run(
        `iscsistart -i iqn.2026-01.org.example:kernel -t ${target.target} -g 1 -a 10.0.2.2 -p ${target.port}`,
      )
      if (login.status !== 0) throw new Error(`The kernel's initiator does not log in:\n${login.output}`)
      const block = await nodes(machine, targets.length, 'block', drives.length)
      const generic = await nodes(machine, targets.length, 'scsi_generic', drives.length)
      for (const [lun, drive] of drives.entries()) {
        all.push(served(drive, types[lun]!, `/dev/${block[lun]}`, `/dev/${generic[lun]}`, folder))
      }
    }
    return new ServedDrives(all, targets)
  }

  async close(): Promise<void> {
    for (const target of this.targets) await target.close()
    for (const { drive } of this.all) await drive.close()
  }
}

/** The kernel's names of the LUNs' device nodes, in the order of the LUNs. */
async function nodes(
  machine: Machine,
  session: number,
  kind: 'block' | 'scsi_generic',
  count: number,
): Promise<string[]> {
  const list = `for lun in /sys/class/iscsi_session/session${session}/device/target*/*:*; do echo "\${lun##*:} $(ls $lun/${kind})"; done`
  for (let attempt = 0; attempt < 600; attempt++) {
    const { output } = await machine.run(`sleep 0.1; ${list}`)
    const found = output.split('\n').flatMap(line => /^(\d+) (s[rg]\d+)$/.exec(line)?.slice(1) ?? [])
    if (found.length === 2 * count) {
      const names: string[] = []
      for (let i = 0; i < found.length; i += 2) names[Number(found[i])] = found[i + 1]!
      return names
    }
  }
  throw new Error(`The kernel does not attach all ${count} drives.`)
}

function served(drive: VirtualDrive, type: MediaType, block: string, generic: string, folder: string): ServedDrive {
  let discs = 0
  return {
    type,
    block,
    generic,
    drive: new OpticalDrive(drive, { access: 'read' }),
    insert: async options => {
      const path = join(folder, `${type}-${++discs}.disc`)
      await virtualDisc.create(path, { media: type, ...options })
      const before = drive.exchange(await virtualDisc.open(path, { access: 'write' }))
      await before?.close()
    },
  }
}

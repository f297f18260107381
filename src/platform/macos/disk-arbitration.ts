import { cString } from '../ffi'
import { TransportError } from '../transport'
import { CoreFoundation } from './core-foundation'
import type { Frameworks } from './frameworks'

const kDADiskUnmountOptionWhole = 1
const kDADiskMountOptionWhole = 1
/** Unmounting waits for programs that are asked to let go, and for data to be written. */
const LONGEST_MS = 60_000

/** Why DiskArbitration refused. */
export interface Dissenter {
  /** A DAReturn. */
  readonly status: number
  /** The reason in words, where whoever refused gave one. */
  readonly text: string | undefined
}

/** Mounting and unmounting, as the desktop does it. */
export class DiskArbitration {
  private readonly frameworks: Frameworks
  private readonly coreFoundation: CoreFoundation

  constructor(frameworks: Frameworks) {
    this.frameworks = frameworks
    this.coreFoundation = new CoreFoundation(frameworks)
  }

  /** Where the volumes on these disks are mounted. */
  mountPoints(bsdNames: readonly string[]): string[] {
    const { frameworks, coreFoundation } = this
    if (bsdNames.length === 0) return []
    return coreFoundation.useOwned(frameworks.DASessionCreate.call(0n).value, session => {
      if (session === undefined) return []
      return bsdNames.flatMap(name =>
        coreFoundation.useOwned(frameworks.DADiskCreateFromBSDName.call(0n, session, cString(name)).value, disk => {
          if (disk === undefined) return []
          const description = frameworks.DADiskCopyDescription.call(disk).value
          return coreFoundation.useOwned(
            description,
            known => coreFoundation.path(coreFoundation.entry(known, 'DAVolumePath')) ?? [],
          )
        }),
      )
    })
  }

  /** Unmounts all volumes of a disk; undefined where that worked. */
  unmount(bsdName: string): Promise<Dissenter | undefined> {
    return this.ask(bsdName, (disk, callback) =>
      this.frameworks.DADiskUnmount.call(disk, kDADiskUnmountOptionWhole, callback, 0n),
    )
  }

  /** Mounts all volumes of a disk; undefined where that worked. */
  mount(bsdName: string): Promise<Dissenter | undefined> {
    return this.ask(bsdName, (disk, callback) =>
      this.frameworks.DADiskMount.call(disk, 0n, kDADiskMountOptionWhole, callback, 0n),
    )
  }

  /** The answer comes on a dispatch queue, so that no run loop has to run on the JavaScript thread. */
  private async ask(
    bsdName: string,
    request: (disk: bigint, callback: bigint) => void,
  ): Promise<Dissenter | undefined> {
    const { frameworks } = this
    const session = frameworks.DASessionCreate.call(0n).value
    const queue = frameworks.dispatch_queue_create.call(cString('scsi-mmc'), 0n).value
    frameworks.DASessionSetDispatchQueue.call(session, queue)
    const disk = frameworks.DADiskCreateFromBSDName.call(0n, session, cString(bsdName)).value
    const reply = this.reply(bsdName)
    try {
      request(disk, reply.address)
      return await reply.answer
    } finally {
      // The thread that called back is on its way out of the callback until the event loop goes on.
      await new Promise(setImmediate)
      frameworks.DASessionSetDispatchQueue.call(session, 0n)
      frameworks.CFRelease.call(disk)
      frameworks.CFRelease.call(session)
      frameworks.dispatch_release.call(queue)
      reply.release()
    }
  }

  /** A callback of DiskArbitration, and what it is called with. */
  private reply(bsdName: string) {
    let settle: (dissenter: Dissenter | undefined) => void = () => undefined
    const callback = this.frameworks.ffi.callback(
      { parameters: ['pointer', 'pointer', 'pointer'], result: 'void' },
      (_disk, dissenter) => {
        // A dissenter lives no longer than this call.
        settle(dissenter === 0n ? undefined : this.dissenter(dissenter))
        return undefined
      },
    )
    let timer: NodeJS.Timeout | undefined
    const answer = new Promise<Dissenter | undefined>((resolve, reject) => {
      settle = resolve
      timer = setTimeout(() => reject(noAnswer(bsdName)), LONGEST_MS)
    })
    const release = () => {
      clearTimeout(timer)
      callback.release()
    }
    return { answer, address: callback.address, release }
  }

  private dissenter(dissenter: bigint): Dissenter {
    const { value: status } = this.frameworks.DADissenterGetStatus.call(dissenter)
    const { value: text } = this.frameworks.DADissenterGetStatusString.call(dissenter)
    return { status, text: this.coreFoundation.text(text === 0n ? undefined : text) }
  }
}

function noAnswer(bsdName: string): TransportError {
  return new TransportError('TRANSPORT_TIMEOUT', `DiskArbitration did not answer on ${bsdName}.`, {
    address: bsdName,
    hint: `Unmount the disc with "diskutil unmountDisk ${bsdName}" and try again.`,
  })
}

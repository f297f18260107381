import { setTimeout as sleep } from 'node:timers/promises'
import { DiskArbitration } from './disk-arbitration'
import type { Frameworks } from './frameworks'
import { IoRegistry } from './io-registry'
import { dissenterError, ioReturnError } from './io-return'
import type { OpticalDrive } from './optical-drive'

const kIOReturnBusy = 0xe000_02d5

/** How long something is waited for that macOS does on its own time. */
export interface Patience {
  readonly attempts: number
  readonly pauseMs: number
}

/** Unmounting ends after it is said to have; the medium is looked at anew after exclusive access. */
const PATIENCE: Patience = { attempts: 25, pauseMs: 200 }

/** Exclusive access to one drive: what any command but a few needs. */
export class ExclusiveAccess {
  private readonly frameworks: Frameworks
  private readonly drive: OpticalDrive
  private readonly address: string
  private readonly patience: Patience
  private readonly registry: IoRegistry
  private readonly diskArbitration: DiskArbitration
  private unmounted = false
  private obtained = false

  constructor(frameworks: Frameworks, drive: OpticalDrive, address: string, patience: Patience = PATIENCE) {
    this.frameworks = frameworks
    this.drive = drive
    this.address = address
    this.patience = patience
    this.registry = new IoRegistry(frameworks)
    this.diskArbitration = new DiskArbitration(this.frameworks)
  }

  get isHeld(): boolean {
    return this.obtained
  }

  /** Where the disc is mounted; empty where it is not. */
  mountPoints(): string[] {
    return this.diskArbitration.mountPoints(this.registry.bsdNames(this.drive.entry))
  }

  /** Tries once, and leaves what is mounted mounted. An IOReturn: 0 where the access is ours. */
  tryToObtain(): number {
    const { taskDevice } = this.drive
    const { value } = taskDevice.method('ObtainExclusiveAccess').call(taskDevice.pointer)
    this.obtained = value === 0
    return value >>> 0
  }

  /**
   * Unmounts the disc and takes the drive for oneself; where that fails, the disc is mounted again.
   *
   * @throws {TransportError} `TRANSPORT_BUSY` where somebody has files on the disc open, or the drive for himself
   */
  async obtain(): Promise<void> {
    try {
      await this.unmount()
      for (let attempt = 1; ; attempt++) {
        const result = this.tryToObtain()
        if (result === 0) return
        if (result !== kIOReturnBusy || attempt >= this.patience.attempts) {
          throw ioReturnError(result, {
            address: this.address,
            what: `${this.address} cannot be taken for exclusive use`,
          })
        }
        await sleep(this.patience.pauseMs)
        await this.unmount()
      }
    } catch (error) {
      await this.mountAgain()
      throw error
    }
  }

  /** Gives the access back, and the disc to whom it was taken from. */
  async release(): Promise<void> {
    if (this.obtained) {
      const { taskDevice } = this.drive
      taskDevice.method('ReleaseExclusiveAccess').call(taskDevice.pointer)
      this.obtained = false
    }
    await this.mountAgain()
  }

  private async unmount(): Promise<void> {
    const [disk] = this.registry.bsdNames(this.drive.entry)
    if (disk === undefined || this.mountPoints().length === 0) return
    const dissenter = await this.diskArbitration.unmount(disk)
    if (dissenter) {
      throw dissenterError(dissenter.status, {
        address: this.address,
        what: `The disc in ${this.address} cannot be unmounted`,
        ...(dissenter.text ? { sentence: dissenter.text.replace(/\.$/, '') } : {}),
      })
    }
    this.unmounted = true
  }

  /** macOS mounts a disc by itself once it has looked at it anew; where it did not, it is asked to. */
  private async mountAgain(): Promise<void> {
    if (!this.unmounted) return
    this.unmounted = false
    for (let attempt = 0; attempt < this.patience.attempts; attempt++) {
      const [disk] = this.registry.bsdNames(this.drive.entry)
      if (disk !== undefined) {
        // A dissenter says that it is mounted already, or that the new disc has nothing to mount.
        if (this.mountPoints().length === 0) await this.diskArbitration.mount(disk)
        return
      }
      await sleep(this.patience.pauseMs)
    }
  }
}

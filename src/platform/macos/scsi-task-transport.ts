import { performance } from 'node:perf_hooks'
import { QueuedTransport } from '../queued-transport'
import { SAM_STATUS, type ScsiRequest, type ScsiResponse, TransportError, type TransportLimits } from '../transport'
import { ExclusiveAccess, type Patience } from './exclusive-access'
import type { Frameworks } from './frameworks'
import type { InterfaceObject } from './interface-object'
import type { SCSITaskInterface } from './interface-tables'
import { IoRegistry } from './io-registry'
import { deliveryFailure, ioReturnError } from './io-return'
import { type MmcDeviceCall, mmcDeviceCall } from './mmc-device-commands'
import { connect, type OpticalDrive } from './optical-drive'
import { IOAddressRange, SENSE_BYTES } from './structures'

/** kSCSIDataTransfer_… (SCSITask.h). */
const DIRECTION = { none: 0, out: 1, in: 2 } as const
/** kSCSIServiceResponse_… (SCSITask.h). */
const TASK_COMPLETE = 2
const kIOReturnBusy = 0xe000_02d5
const kIOReturnIOError = 0xe000_02ca
/** What every bus and USB bridge carries, where the registry does not say what this one does. */
const USUAL_TRANSFER_BYTES = 0x1_0000
const SMALLEST_TRANSFER_BYTES = 2048
const LARGEST_TRANSFER_BYTES = 0x10_0000
/** Lengths that SetCommandDescriptorBlock takes. */
const CDB_BYTES = [6, 10, 12, 16]

/** How a drive is opened. */
export interface ScsiTaskOptions {
  /** `write` takes the drive for oneself, and unmounts its disc for that. */
  readonly access?: 'read' | 'write'
  readonly patience?: Patience
  /** Called once the drive is closed. */
  readonly whenClosed?: () => Promise<void>
}

/**
 * Commands to a drive through SCSITaskLib.
 *
 * Opened for reading, it takes the drive from nobody: commands go through MMCDeviceInterface, as far as that has them;
 * for others, exclusive access is taken when the first of them comes, where nothing is mounted.
 */
export class ScsiTaskTransport extends QueuedTransport {
  readonly limits: TransportLimits
  private readonly frameworks: Frameworks
  private readonly drive: OpticalDrive
  private readonly exclusive: ExclusiveAccess
  private readonly whenClosed: () => Promise<void>

  private constructor(
    frameworks: Frameworks,
    address: string,
    drive: OpticalDrive,
    exclusive: ExclusiveAccess,
    whenClosed: () => Promise<void>,
  ) {
    super(address)
    this.frameworks = frameworks
    this.drive = drive
    this.exclusive = exclusive
    this.whenClosed = whenClosed
    this.limits = limitsOf(frameworks, drive)
  }

  /**
   * Opens a drive.
   *
   * @param address  a BSD name or registry path
   * @throws {TransportError} where there is no such drive, or somebody else has it
   */
  static async open(
    frameworks: Frameworks,
    address: string,
    options: ScsiTaskOptions = {},
  ): Promise<ScsiTaskTransport> {
    const drive = connect(frameworks, address)
    try {
      const exclusive = new ExclusiveAccess(frameworks, drive, address, options.patience)
      if (options.access === 'write') await exclusive.obtain()
      return new ScsiTaskTransport(frameworks, address, drive, exclusive, async () => options.whenClosed?.())
    } catch (error) {
      drive.release()
      throw error
    }
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    if (!this.exclusive.isHeld) {
      const call = mmcDeviceCall(request)
      if (call) return this.callMmcDevice(call, request)
      this.obtainForReading(request)
    }
    return this.runTask(request)
  }

  protected async release(): Promise<void> {
    try {
      await this.exclusive.release()
    } finally {
      this.drive.release()
      await this.whenClosed()
    }
  }

  /** A command without exclusive access; the system gives it its own time limit, 10 to 30 s. */
  private async callMmcDevice(call: MmcDeviceCall, request: ScsiRequest): Promise<ScsiResponse> {
    const { mmcDevice } = this.drive
    const status = Buffer.alloc(4)
    const sense = Buffer.alloc(SENSE_BYTES)
    // The functions differ in their parameters only, which the call brings in their order.
    const method = mmcDevice.method(call.name) as unknown as {
      callAsync(...args: readonly (number | bigint | Uint8Array)[]): Promise<{ readonly value: number }>
    }
    const begin = performance.now()
    const { value } = await method.callAsync(
      mmcDevice.pointer,
      ...call.parameters,
      ...(call.buffer ? [request.data, request.data.length] : []),
      status,
      sense,
    )
    const durationUs = microseconds(begin)
    const attempt = this.attempt(request)
    const taskStatus = status.readUInt32LE()
    if (value >>> 0 === kIOReturnIOError && taskStatus !== 0) throw deliveryFailure(taskStatus, attempt)
    if (value !== 0) throw ioReturnError(value, attempt)
    const reply = new DataView(request.data.buffer, request.data.byteOffset, request.data.byteLength)
    return {
      status: taskStatus,
      sense: taskStatus === SAM_STATUS.checkCondition ? senseData(sense) : new Uint8Array(),
      transferredBytes: taskStatus === SAM_STATUS.good && call.buffer ? call.replyBytes(reply) : 0,
      durationUs,
    }
  }

  /** Where nobody uses the disc, exclusive access harms nobody. */
  private obtainForReading({ cdb }: ScsiRequest): void {
    const result = this.exclusive.tryToObtain()
    if (result === 0) return
    const attempt = { ...this.attempt({ cdb }), what: `The command was not sent to ${this.address}` }
    if (result !== kIOReturnBusy) throw ioReturnError(result, attempt)
    const at = this.exclusive.mountPoints().join(', ')
    throw ioReturnError(result, {
      ...attempt,
      code: 'TRANSPORT_OPCODE_REFUSED',
      sentence: `macOS sends this one only where nothing is mounted${at ? `, and the disc is at ${at}` : ''}`,
      hint: `Unmount the disc ("diskutil unmountDisk ${this.address}"), or open the drive for writing, which does it.`,
    })
  }

  /** Any command, with exclusive access. */
  private async runTask(request: ScsiRequest): Promise<ScsiResponse> {
    const { taskDevice } = this.drive
    const { value: pointer } = taskDevice.method('CreateSCSITask').call(taskDevice.pointer)
    if (pointer === 0n) {
      throw new TransportError(
        'TRANSPORT_FAILED',
        `The command was not sent to ${this.address}: macOS made no task for it.`,
        {
          address: this.address,
          cdb: request.cdb,
          hint: 'Close the drive and open it again.',
        },
      )
    }
    const task = this.drive.task(pointer)
    try {
      return await this.performTask(task, request)
    } finally {
      task.release()
    }
  }

  private async performTask(
    task: InterfaceObject<typeof SCSITaskInterface>,
    request: ScsiRequest,
  ): Promise<ScsiResponse> {
    const { direction, timeoutMs } = request
    const attempt = this.attempt(request)
    const check = (value: number) => {
      if (value !== 0) throw ioReturnError(value, attempt)
    }
    const data = direction === 'none' ? new Uint8Array() : request.data
    const cdb = paddedCdb(request.cdb)
    check(task.method('SetCommandDescriptorBlock').call(task.pointer, cdb, cdb.length).value)
    // The task keeps the list's address until it has run: list and data must stay as long.
    const list = IOAddressRange.encode({ address: this.frameworks.ffi.addressOf(data), length: data.length })
    const alive = [list, data]
    if (data.length > 0) {
      const entries = task.method('SetScatterGatherEntries')
      check(entries.call(task.pointer, list, 1, BigInt(data.length), DIRECTION[direction]).value)
    }
    // 0 would be for ever.
    check(task.method('SetTimeoutDuration').call(task.pointer, Math.max(1, Math.min(timeoutMs, 0xffff_ffff))).value)

    const sense = Buffer.alloc(SENSE_BYTES)
    const status = Buffer.alloc(4)
    const moved = Buffer.alloc(8)
    const begin = performance.now()
    const { value } = await task.method('ExecuteTaskSync').callAsync(task.pointer, sense, status, moved)
    const durationUs = microseconds(begin)
    const response = Buffer.alloc(4)
    check(task.method('GetSCSIServiceResponse').call(task.pointer, response).value)
    alive.length = 0
    const taskStatus = status.readUInt32LE()
    if (response.readUInt32LE() !== TASK_COMPLETE && taskStatus !== 0) throw deliveryFailure(taskStatus, attempt)
    check(value)
    if (response.readUInt32LE() !== TASK_COMPLETE) throw deliveryFailure(taskStatus, attempt)
    return {
      status: taskStatus,
      sense: taskStatus === SAM_STATUS.checkCondition ? senseData(sense) : new Uint8Array(),
      transferredBytes: Math.min(Number(moved.readBigUInt64LE()), data.length),
      durationUs,
    }
  }

  private attempt({ cdb }: Pick<ScsiRequest, 'cdb'>) {
    return { address: this.address, what: `A command to ${this.address} failed`, cdb }
  }
}

function limitsOf(frameworks: Frameworks, drive: OpticalDrive): TransportLimits {
  const registry = new IoRegistry(frameworks)
  const bytes = ['IOMaximumByteCountRead', 'IOMaximumByteCountWrite'].map(key => {
    const number = registry.numberAbove(drive.entry, key)
    return number !== undefined && number >= SMALLEST_TRANSFER_BYTES ? number : USUAL_TRANSFER_BYTES
  })
  return { maximumTransferBytes: Math.min(...bytes, LARGEST_TRANSFER_BYTES), alignmentMask: 0 }
}

function paddedCdb(cdb: Uint8Array): Uint8Array {
  const padded = new Uint8Array(CDB_BYTES.find(length => length >= cdb.length)!)
  padded.set(cdb)
  return padded
}

/** Fixed format ends where its additional length says. */
function senseData(area: Uint8Array): Uint8Array {
  return area.every(byte => byte === 0) ? new Uint8Array() : area.slice(0, 8 + area[7]!)
}

function microseconds(begin: number): number {
  return Math.round((performance.now() - begin) * 1000)
}

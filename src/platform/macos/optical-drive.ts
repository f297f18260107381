import { TransportError } from '../transport'
import type { Frameworks } from './frameworks'
import { type FunctionAddresses, InterfaceObject } from './interface-object'
import { IOCFPlugInInterface, MMCDeviceInterface, SCSITaskDeviceInterface, SCSITaskInterface } from './interface-tables'
import { IoRegistry, type RegistryEntry } from './io-registry'
import { ioReturnError } from './io-return'
import { UUIDS } from './structures'

/** The interfaces to one drive; {@link release} gives all of them back. */
export interface OpticalDrive {
  readonly entry: RegistryEntry
  /** Commands without exclusive access. */
  readonly mmcDevice: InterfaceObject<typeof MMCDeviceInterface>
  /** Exclusive access, and with it any command. */
  readonly taskDevice: InterfaceObject<typeof SCSITaskDeviceInterface>
  /** A task that CreateSCSITask made. */
  task(pointer: bigint): InterfaceObject<typeof SCSITaskInterface>
  release(): void
}

/**
 * Connects to a drive's user client. Nothing is taken from anybody by that.
 *
 * @param name  a BSD name or registry path
 * @throws {TransportError} `TRANSPORT_NO_SUCH_DEVICE`, `TRANSPORT_NOT_A_SCSI_DEVICE` where macOS gives no commands to
 * the drive, or what IOKit says
 */
export function connect(frameworks: Frameworks, name: string): OpticalDrive {
  const registry = new IoRegistry(frameworks)
  const entry = registry.drive(name)
  if (entry === undefined) {
    throw new TransportError('TRANSPORT_NO_SUCH_DEVICE', `${name} cannot be opened: it is no optical drive.`, {
      address: name,
      hint: 'List the drives to see their addresses; a drive has a disk name only while a disc that can be read is in it.',
    })
  }
  const addresses: FunctionAddresses = new Map()
  const undo = [() => registry.release(entry)]
  const release = () => {
    for (const step of undo.splice(0).reverse()) step()
  }
  try {
    if (!registry.takesCommands(entry)) {
      throw new TransportError(
        'TRANSPORT_NOT_A_SCSI_DEVICE',
        `${name} cannot be opened: macOS takes no commands for it.`,
        {
          address: name,
          hint: 'macOS gives commands to drives that can write only.',
        },
      )
    }
    const mmcDevice = mmcDeviceInterface(frameworks, entry, name, addresses)
    undo.push(() => mmcDevice.release())
    const { value: pointer } = mmcDevice.method('GetSCSITaskDeviceInterface').call(mmcDevice.pointer)
    if (pointer === 0n) {
      throw new TransportError(
        'TRANSPORT_NOT_A_SCSI_DEVICE',
        `${name} cannot be opened: it has no SCSITaskDeviceInterface.`,
        {
          address: name,
          hint: 'macOS gives commands to drives that can write only.',
        },
      )
    }
    const taskDevice = new InterfaceObject(frameworks.ffi, pointer, SCSITaskDeviceInterface, addresses)
    undo.push(() => taskDevice.release())
    const task = (made: bigint) => new InterfaceObject(frameworks.ffi, made, SCSITaskInterface, addresses)
    return { entry, mmcDevice, taskDevice, task, release }
  } catch (error) {
    release()
    throw error
  }
}

function mmcDeviceInterface(frameworks: Frameworks, entry: RegistryEntry, name: string, addresses: FunctionAddresses) {
  const { ffi } = frameworks
  const what = `${name} cannot be opened`
  const { coreFoundation } = new IoRegistry(frameworks)
  const created = Buffer.alloc(8)
  const score = Buffer.alloc(4)
  const result = coreFoundation.useUuid(UUIDS.kIOMMCDeviceUserClientTypeID, type =>
    coreFoundation.useUuid(UUIDS.kIOCFPlugInInterfaceID, plugIn =>
      frameworks.IOCreatePlugInInterfaceForService.call(entry, type, plugIn, created, score),
    ),
  )
  if (result.value !== 0) throw ioReturnError(result.value, { address: name, what })
  const plugIn = new InterfaceObject(ffi, created.readBigUInt64LE(), IOCFPlugInInterface, addresses)
  try {
    const found = Buffer.alloc(8)
    const { value } = plugIn.method('QueryInterface').call(plugIn.pointer, UUIDS.kIOMMCDeviceInterfaceID, found)
    if (value !== 0) {
      throw new TransportError('TRANSPORT_NOT_A_SCSI_DEVICE', `${what}: it has no MMCDeviceInterface.`, {
        address: name,
        systemError: { system: 'HRESULT', number: value >>> 0, name: 'E_NOINTERFACE' },
      })
    }
    return new InterfaceObject(ffi, found.readBigUInt64LE(), MMCDeviceInterface, addresses)
  } finally {
    frameworks.IODestroyPlugInInterface.call(plugIn.pointer)
  }
}

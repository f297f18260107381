import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { hex } from '../../layout'
import { type ScsiRequest, TransportError, type TransportErrorCode } from '../transport'
import { deviceNumbersOf, scsiDeviceOf } from './device-node'
import { errnoOf } from './errno'
import { holdersOf, mountPoints } from './holders'
import { type LinuxPaths, textOf } from './paths'

const GROUP_MAY_READ_AND_WRITE = 0o060
const SAFE_TRANSFER_BYTES = 64 * 1024

interface Explanation {
  readonly code: TransportErrorCode
  readonly says: string
  readonly hint: string
}

/** Opening failed: what that means and what to do. */
export async function openError(
  node: string,
  errno: number,
  stats: Stats | undefined,
  paths: LinuxPaths,
): Promise<TransportError> {
  const systemError = errnoOf(errno)
  const { code, says, hint } = await explainOpen(node, systemError.name, stats, paths)
  return new TransportError(code, `${node} cannot be opened: ${says} (${systemError.name}).`, {
    address: node,
    systemError,
    hint,
  })
}

async function explainOpen(
  node: string,
  name: string,
  stats: Stats | undefined,
  paths: LinuxPaths,
): Promise<Explanation> {
  switch (name) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        code: 'TRANSPORT_NO_SUCH_DEVICE',
        says: 'there is no such device',
        hint: '"scsi-mmc list" shows the drives there are.',
      }
    case 'ENODEV':
    case 'ENXIO':
      return {
        code: 'TRANSPORT_NO_SUCH_DEVICE',
        says: 'the node is there, but no drive behind it',
        hint: 'Plug the drive in, or switch it on; "scsi-mmc list" shows the drives there are.',
      }
    case 'EACCES':
    case 'EPERM':
      return { code: 'TRANSPORT_NO_PERMISSION', ...(await explainPermission(node, stats, paths)) }
    case 'EBUSY':
      return { code: 'TRANSPORT_BUSY', ...(await explainBusy(node, stats, paths)) }
    default:
      return {
        code: 'TRANSPORT_FAILED',
        says: 'the system refused',
        hint: 'The kernel log (dmesg) may say more.',
      }
  }
}

/** Which group may use the node, or which udev rule would let one. */
async function explainPermission(node: string, stats: Stats | undefined, { etc }: LinuxPaths) {
  const says = 'this user may not use it'
  const rule =
    'As root, write the line KERNEL=="sr*|sg*", SUBSYSTEMS=="scsi", ATTRS{type}=="5", GROUP="cdrom", MODE="0660" to ' +
    '/etc/udev/rules.d/60-optical-drives.rules and plug the drive in again; then join the group cdrom.'
  if (!stats) return { says, hint: rule }
  const groups = (await textOf(join(etc, 'group'))) ?? ''
  const group = groups
    .split('\n')
    .map(line => line.split(':'))
    .find(([, , id]) => Number(id) === stats.gid)?.[0]
  const groupMay = (stats.mode & GROUP_MAY_READ_AND_WRITE) === GROUP_MAY_READ_AND_WRITE
  if (group === undefined || group === 'root' || group === 'disk' || !groupMay) return { says, hint: rule }
  return {
    says,
    hint: `${node} belongs to the group ${group}: run "sudo usermod -aG ${group} $USER", then log out and in again.`,
  }
}

/** Who has it open, or where it is mounted. */
async function explainBusy(node: string, stats: Stats | undefined, paths: LinuxPaths) {
  const numbers = stats && deviceNumbersOf(stats)
  const device = numbers && (await scsiDeviceOf(numbers, paths))
  const names = [
    node,
    ...[device?.sr, device?.sg].filter(name => name !== undefined).map(name => join(paths.dev, name)),
  ]
  const [holders, mounts] = await Promise.all([holdersOf([...new Set(names)], paths), mountPoints(paths)])
  const mounted = numbers?.kind === 'block' ? (mounts.get(`${numbers.major}:${numbers.minor}`) ?? []) : []
  if (mounted.length > 0) {
    return { says: `it is mounted at ${mounted.join(', ')}`, hint: `Unmount it first: umount ${mounted[0]}` }
  }
  const others = [...new Set([...holders.values()].flat())]
  if (others.length > 0) {
    return {
      says: `it is in use by ${others.join(', ')}`,
      hint: 'Wait until that program has ended, or end it.',
    }
  }
  const own = await holdersOf([node], paths, { self: true })
  if (own.get(node)?.length) {
    return { says: 'this program has it open already', hint: 'Close the drive before it is opened again.' }
  }
  return {
    says: 'another program has it for itself',
    hint: `Wait until it has ended; as root, "fuser -v ${node}" shows which one it is.`,
  }
}

/** It opened, and it is not what commands can be sent to. */
export function notScsiDevice(node: string, what: string, errno?: number): TransportError {
  return new TransportError('TRANSPORT_NOT_A_SCSI_DEVICE', `${node} is not a SCSI device: it is ${what}.`, {
    address: node,
    ...(errno === undefined ? {} : { systemError: errnoOf(errno) }),
    hint: 'Optical drives are /dev/srN or /dev/sgN; "scsi-mmc list" shows them.',
  })
}

/** How a device is open, as far as that decides what the kernel lets through. */
export interface OpenMode {
  readonly isBlock: boolean
  readonly writable: boolean
  /** The generic driver's node for the same drive: it does not filter opcodes. */
  readonly sg: string | undefined
}

/** What the ioctl's errno means for a command: it came before the drive saw it, unless the error says otherwise. */
export function commandError(node: string, errno: number, request: ScsiRequest, mode: OpenMode): TransportError {
  const systemError = errnoOf(errno)
  const { code, says, hint } = explainCommand(systemError.name, request, mode)
  return new TransportError(code, `${node}: ${says} (${systemError.name}): ${hex(request.cdb)}.`, {
    address: node,
    cdb: request.cdb,
    systemError,
    hint,
    mayHaveRun: systemError.name === 'EINTR' || systemError.name === 'EIO',
  })
}

function explainCommand(name: string, { data }: ScsiRequest, mode: OpenMode): Explanation {
  const large = data.length > SAFE_TRANSFER_BYTES
  switch (name) {
    case 'EPERM':
    case 'EACCES': {
      const { isBlock, sg, writable } = mode
      const says = 'the kernel does not let this user send this opcode'
      const code = 'TRANSPORT_OPCODE_REFUSED'
      if (!writable) return { code, says, hint: "Open the drive with access: 'write' (on the command line: --write)." }
      const other = isBlock && sg !== undefined ? `Use ${sg}, which lets every opcode through, or run` : 'Run'
      return { code, says, hint: `${other} as root.` }
    }
    case 'ENODEV':
    case 'ENXIO':
    case 'ESHUTDOWN':
      return {
        code: 'TRANSPORT_DEVICE_GONE',
        says: 'the drive is gone',
        hint: 'Check the cable and the power supply, then plug the drive in again.',
      }
    case 'ENOTTY':
      return {
        code: 'TRANSPORT_NOT_A_SCSI_DEVICE',
        says: 'it is not a SCSI device',
        hint: 'Optical drives are /dev/srN or /dev/sgN; "scsi-mmc list" shows them.',
      }
    case 'EBUSY':
    case 'EAGAIN':
    case 'EDOM':
      return {
        code: 'TRANSPORT_BUSY',
        says: 'the driver is busy with other commands',
        hint: 'Wait until other programs have ended that use the drive.',
      }
    case 'EINVAL':
    case 'EIO':
    case 'ENOMEM':
      if (large) {
        return {
          code: 'TRANSPORT_TOO_LARGE',
          says: `${data.length} bytes in one command are too many`,
          hint: `Move at most ${SAFE_TRANSFER_BYTES} bytes a command.`,
        }
      }
      if (name === 'EINVAL') {
        return {
          code: 'TRANSPORT_NOT_A_SCSI_DEVICE',
          says: 'it does not take SCSI commands',
          hint: 'Optical drives are /dev/srN or /dev/sgN; "scsi-mmc list" shows them.',
        }
      }
      break
    default:
  }
  return {
    code: 'TRANSPORT_FAILED',
    says: 'the command could not be sent',
    hint: 'The kernel log (dmesg) may say more.',
  }
}

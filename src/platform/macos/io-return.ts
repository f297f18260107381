import { TransportError, type TransportErrorCode } from '../transport'

/** What is known of a code that macOS gives. */
interface Meaning {
  readonly name: string
  readonly code: TransportErrorCode
  /** What happened, in a sentence without its full stop. */
  readonly sentence: string
  readonly hint?: string
  /** The device may have carried the command out all the same. */
  readonly mayHaveRun?: true
}

const failed = (name: string, sentence: string, hint?: string): Meaning => ({
  name,
  code: 'TRANSPORT_FAILED',
  sentence,
  ...(hint === undefined ? {} : { hint }),
})
const lost = (name: string, sentence: string, hint?: string): Meaning => ({
  ...failed(name, sentence, hint),
  mayHaveRun: true,
})
const as = (code: TransportErrorCode, name: string, sentence: string, hint: string): Meaning => ({
  name,
  code,
  sentence,
  hint,
})
const CABLE = 'Check cable, power and, for USB, the bridge; the same command again may work.'
const GONE = 'Check its cable and power; list the drives again.'
const RELEASE =
  'End the program that has it (a burning or playing program, a virtual machine), and unmount the disc with "diskutil unmountDisk".'

/** iokit_common_err(0x200 + n): the codes of IOReturn.h, by their low 16 bits. */
const IOKIT_COMMON = 0xe000_0000
const BY_LOW_BITS: Readonly<Record<number, Meaning>> = {
  1: lost('kIOReturnInvalid', 'the system gives no reason'),
  700: lost('kIOReturnError', 'the system gives no reason'),
  701: failed('kIOReturnNoMemory', 'macOS is out of memory'),
  702: as(
    'TRANSPORT_TOO_LARGE',
    'kIOReturnNoResources',
    'macOS had no resources for the transfer',
    'Ask for less at once.',
  ),
  703: lost('kIOReturnIPCError', 'a message to the kernel was lost'),
  704: { ...as('TRANSPORT_DEVICE_GONE', 'kIOReturnNoDevice', 'the drive is no longer there', GONE), mayHaveRun: true },
  705: as(
    'TRANSPORT_NO_PERMISSION',
    'kIOReturnNotPrivileged',
    'this user lacks the privilege',
    'Log on at the machine itself, or run as root.',
  ),
  706: failed('kIOReturnBadArgument', 'the system does not take a request of this form'),
  707: failed('kIOReturnLockedRead', 'the device is locked for reading'),
  708: failed('kIOReturnLockedWrite', 'the device is locked for writing'),
  709: as('TRANSPORT_BUSY', 'kIOReturnExclusiveAccess', 'another program has the drive for itself', RELEASE),
  710: lost('kIOReturnBadMessageID', 'a message to the kernel was not understood'),
  711: as(
    'TRANSPORT_NOT_A_SCSI_DEVICE',
    'kIOReturnUnsupported',
    'it takes no SCSI commands',
    'Give the address of an optical drive that can write: macOS gives commands to no others.',
  ),
  712: failed('kIOReturnVMError', 'memory could not be mapped'),
  713: lost('kIOReturnInternalError', 'the system failed within itself'),
  714: lost('kIOReturnIOError', "the drive's connection failed, and no sense data came", CABLE),
  716: failed('kIOReturnCannotLock', 'a lock could not be had'),
  717: { name: 'kIOReturnNotOpen', code: 'TRANSPORT_CLOSED', sentence: 'the drive has been closed' },
  718: failed('kIOReturnNotReadable', 'the device cannot be read'),
  719: failed('kIOReturnNotWritable', 'the device cannot be written'),
  720: failed('kIOReturnNotAligned', 'the data are not aligned as the device needs it'),
  721: lost('kIOReturnBadMedia', 'the medium is bad'),
  722: failed('kIOReturnStillOpen', 'the device is still open'),
  723: failed('kIOReturnRLDError', 'a library could not be linked'),
  724: lost('kIOReturnDMAError', 'the transfer failed in the computer', CABLE),
  725: as('TRANSPORT_BUSY', 'kIOReturnBusy', 'the disc in the drive is mounted or being looked at', RELEASE),
  726: {
    ...as(
      'TRANSPORT_TIMEOUT',
      'kIOReturnTimeout',
      'the drive did not answer in time',
      'It has forgotten its settings and any write under way. Give the command more time, or power-cycle the drive.',
    ),
    mayHaveRun: true,
  },
  727: { ...as('TRANSPORT_DEVICE_GONE', 'kIOReturnOffline', 'the drive is offline', GONE), mayHaveRun: true },
  728: failed(
    'kIOReturnNotReady',
    'the drive is not ready',
    'Wait until it has settled; put a medium in and close the tray.',
  ),
  729: {
    ...as('TRANSPORT_DEVICE_GONE', 'kIOReturnNotAttached', 'the drive is no longer there', GONE),
    mayHaveRun: true,
  },
  730: failed('kIOReturnNoChannels', 'the system has no channel left'),
  731: as('TRANSPORT_TOO_LARGE', 'kIOReturnNoSpace', 'the system has no room for the data', 'Ask for less at once.'),
  733: failed('kIOReturnPortExists', 'the port exists already'),
  734: failed('kIOReturnCannotWire', 'memory could not be held in place', 'Ask for less at once.'),
  735: failed('kIOReturnNoInterrupt', 'no interrupt is attached'),
  736: failed('kIOReturnNoFrames', 'no frames are queued'),
  737: as(
    'TRANSPORT_TOO_LARGE',
    'kIOReturnMessageTooLarge',
    'the transfer is larger than the system carries',
    'Ask for less at once.',
  ),
  738: as(
    'TRANSPORT_NO_PERMISSION',
    'kIOReturnNotPermitted',
    'macOS does not let this program send commands to the drive',
    'A program in a sandbox cannot: run it outside of one, as the user who is logged on.',
  ),
  739: failed('kIOReturnNoPower', 'the drive has no power'),
  740: failed('kIOReturnNoMedia', 'no medium is in the drive', 'Put a medium in.'),
  741: failed('kIOReturnUnformattedMedia', 'the medium is not formatted'),
  742: failed('kIOReturnUnsupportedMode', 'the system knows no such mode'),
  743: lost('kIOReturnUnderrun', 'fewer data came than were announced', CABLE),
  744: lost('kIOReturnOverrun', 'more data came than there is room for', CABLE),
  745: lost('kIOReturnDeviceError', 'the drive does not work as it should', CABLE),
  746: failed('kIOReturnNoCompletion', 'a completion routine is missing'),
  747: lost('kIOReturnAborted', 'the command was broken off'),
  748: failed('kIOReturnNoBandwidth', 'the bus has no bandwidth left'),
  749: {
    ...as('TRANSPORT_DEVICE_GONE', 'kIOReturnNotResponding', 'the drive does not respond', GONE),
    mayHaveRun: true,
  },
  750: failed('kIOReturnIsoTooOld', 'a request came too late'),
  751: failed('kIOReturnIsoTooNew', 'a request came too early'),
  752: as(
    'TRANSPORT_NO_SUCH_DEVICE',
    'kIOReturnNotFound',
    'there is no such drive',
    'List the drives to see their addresses.',
  ),
}

/** Every code of IOReturn.h by its number. */
export const IO_RETURNS: Readonly<Record<number, Meaning>> = Object.fromEntries(
  Object.entries(BY_LOW_BITS).map(([low, meaning]) => [IOKIT_COMMON + Number(low), meaning]),
)

const dissent = (number: number, name: string, code: TransportErrorCode, sentence: string): [number, Meaning] => [
  0xf8da_0000 + number,
  { name, code, sentence },
]

/** DAReturn (DADissenter.h): why DiskArbitration did not do what it was asked for. */
export const DA_RETURNS: Readonly<Record<number, Meaning>> = Object.fromEntries([
  dissent(1, 'kDAReturnError', 'TRANSPORT_FAILED', 'DiskArbitration gives no reason'),
  dissent(2, 'kDAReturnBusy', 'TRANSPORT_BUSY', 'files on the disc are open in another program'),
  dissent(3, 'kDAReturnBadArgument', 'TRANSPORT_FAILED', 'DiskArbitration does not take the request'),
  dissent(4, 'kDAReturnExclusiveAccess', 'TRANSPORT_BUSY', 'another program has the disc for itself'),
  dissent(5, 'kDAReturnNoResources', 'TRANSPORT_FAILED', 'DiskArbitration has no resources left'),
  dissent(6, 'kDAReturnNotFound', 'TRANSPORT_NO_SUCH_DEVICE', 'there is no such disk'),
  dissent(7, 'kDAReturnNotMounted', 'TRANSPORT_FAILED', 'the disc is not mounted'),
  dissent(8, 'kDAReturnNotPermitted', 'TRANSPORT_NO_PERMISSION', 'another program does not let the disc be unmounted'),
  dissent(9, 'kDAReturnNotPrivileged', 'TRANSPORT_NO_PERMISSION', 'this user may not unmount the disc'),
  dissent(10, 'kDAReturnNotReady', 'TRANSPORT_BUSY', 'the disc is not ready yet'),
  dissent(11, 'kDAReturnNotWritable', 'TRANSPORT_FAILED', 'the disc cannot be written'),
  dissent(12, 'kDAReturnUnsupported', 'TRANSPORT_FAILED', 'DiskArbitration does not support it'),
])

/** unix_err(n): an errno within a DAReturn. */
const UNIX_ERROR = 0xc000
const EBUSY = 16

/** SCSITaskStatus where the service response is a delivery or target failure (SCSITask.h). */
export const DELIVERY_FAILURES: Readonly<Record<number, Meaning>> = {
  1: { ...BY_LOW_BITS[726]!, name: 'kSCSITaskStatus_TaskTimeoutOccurred' },
  2: { ...BY_LOW_BITS[726]!, name: 'kSCSITaskStatus_ProtocolTimeoutOccurred' },
  3: { ...BY_LOW_BITS[749]!, name: 'kSCSITaskStatus_DeviceNotResponding' },
  4: { ...BY_LOW_BITS[704]!, name: 'kSCSITaskStatus_DeviceNotPresent' },
  5: { ...BY_LOW_BITS[714]!, name: 'kSCSITaskStatus_DeliveryFailure' },
}

/** What was tried when macOS gave a code. */
export interface MacosAttempt {
  readonly address: string
  /** What was tried, as a sentence's begin: `disk4 cannot be opened`. */
  readonly what: string
  readonly cdb?: Uint8Array
  /** Another meaning than usual, where the circumstances say so. */
  readonly code?: TransportErrorCode
  readonly sentence?: string
  readonly hint?: string
}

function errorOf(system: string, number: number, known: Meaning | undefined, attempt: MacosAttempt): TransportError {
  const shown = system === 'SCSITaskStatus' ? `${number}` : `0x${number.toString(16).toUpperCase()}`
  const sentence = attempt.sentence ?? known?.sentence ?? 'macOS gives a reason that is not known here'
  const hint = attempt.hint ?? known?.hint
  return new TransportError(
    attempt.code ?? known?.code ?? 'TRANSPORT_FAILED',
    `${attempt.what}: ${sentence} (${known ? `${known.name}, ` : ''}${system} ${shown}).`,
    {
      address: attempt.address,
      cdb: attempt.cdb,
      systemError: { system, number, name: known?.name ?? 'unnamed' },
      // Of a code that is not known, nothing can be ruled out.
      mayHaveRun: attempt.cdb !== undefined && (known === undefined || known.mayHaveRun === true),
      ...(hint === undefined ? {} : { hint }),
    },
  )
}

/** An IOReturn as the error that callers see: its name, its number, a sentence, and what to do. */
export function ioReturnError(value: number, attempt: MacosAttempt): TransportError {
  const number = value >>> 0
  return errorOf('IOReturn', number, IO_RETURNS[number], attempt)
}

/** Why DiskArbitration refused, as the error that callers see. */
export function dissenterError(status: number, attempt: MacosAttempt): TransportError {
  const number = status >>> 0
  const errno = (number & ~0x3fff) === UNIX_ERROR ? number & 0x3fff : undefined
  if (errno === undefined) return errorOf('DAReturn', number, DA_RETURNS[number], { hint: RELEASE, ...attempt })
  const busy = errno === EBUSY
  const known = busy ? { ...DA_RETURNS[0xf8da_0002]!, name: 'EBUSY' } : undefined
  return errorOf('DAReturn', number, known, { hint: RELEASE, ...attempt })
}

/** A command that ended with a delivery or target failure, as the error that callers see. */
export function deliveryFailure(taskStatus: number, attempt: MacosAttempt): TransportError {
  return errorOf('SCSITaskStatus', taskStatus, DELIVERY_FAILURES[taskStatus], attempt)
}

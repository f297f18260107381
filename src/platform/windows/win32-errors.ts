import { TransportError, type TransportErrorCode } from '../transport'

/** What is known of a Win32 error code. */
export interface Win32ErrorMeaning {
  readonly name: string
  readonly code: TransportErrorCode
  /** What happened, in a sentence without its full stop. */
  readonly sentence: string
  readonly hint?: string
  /** The device may have carried the command out all the same. */
  readonly mayHaveRun?: true
}

const gone = (name: string): Win32ErrorMeaning => ({
  name,
  code: 'TRANSPORT_DEVICE_GONE',
  sentence: 'the drive is no longer there',
  hint: 'Check its cable and power; list the drives again, as its letter may have changed.',
  mayHaveRun: true,
})
const noSuchDrive = (name: string): Win32ErrorMeaning => ({
  name,
  code: 'TRANSPORT_NO_SUCH_DEVICE',
  sentence: 'there is no such drive',
  hint: 'List the drives to see their letters.',
})
const heldByAnother = (name: string): Win32ErrorMeaning => ({
  name,
  code: 'TRANSPORT_BUSY',
  sentence: 'another program is using the drive',
  hint: 'Close Explorer windows and programs that show the disc, burn or play, then try again.',
})
const timedOut = (name: string): Win32ErrorMeaning => ({
  name,
  code: 'TRANSPORT_TIMEOUT',
  sentence: 'the drive did not answer in time, and Windows reset it',
  hint: 'The drive has forgotten its settings and any write under way. Give the command more time, or power-cycle the drive.',
  mayHaveRun: true,
})
const failed = (name: string, sentence: string, hint?: string): Win32ErrorMeaning => ({
  name,
  code: 'TRANSPORT_FAILED',
  sentence,
  ...(hint === undefined ? {} : { hint }),
})
const lost = (name: string, sentence: string, hint?: string): Win32ErrorMeaning => ({
  ...failed(name, sentence, hint),
  mayHaveRun: true,
})
const noPassThrough = (name: string): Win32ErrorMeaning => ({
  name,
  code: 'TRANSPORT_NOT_A_SCSI_DEVICE',
  sentence: 'it takes no SCSI commands',
  hint: 'Give the letter of an optical drive (D:) or its device name (\\\\.\\CdRom0).',
})
const CABLE = 'Check cable, power and, for USB, the bridge; the same command again may work.'

/** The Win32 error codes that opening a drive and DeviceIoControl give (winerror.h). */
export const WIN32_ERRORS: Readonly<Record<number, Win32ErrorMeaning>> = {
  1: noPassThrough('ERROR_INVALID_FUNCTION'),
  2: noSuchDrive('ERROR_FILE_NOT_FOUND'),
  3: noSuchDrive('ERROR_PATH_NOT_FOUND'),
  4: failed('ERROR_TOO_MANY_OPEN_FILES', 'this process has too many files open'),
  5: {
    name: 'ERROR_ACCESS_DENIED',
    code: 'TRANSPORT_NO_PERMISSION',
    sentence: 'Windows does not let this user send commands to the drive',
    hint: 'Log on at the machine itself, or run as administrator; the policies "Restrict CD-ROM access to locally logged-on user only" and "Removable Storage Access" can forbid it.',
  },
  6: { name: 'ERROR_INVALID_HANDLE', code: 'TRANSPORT_CLOSED', sentence: 'the drive has been closed' },
  8: failed('ERROR_NOT_ENOUGH_MEMORY', 'Windows is out of memory'),
  14: failed('ERROR_OUTOFMEMORY', 'Windows is out of memory'),
  15: noSuchDrive('ERROR_INVALID_DRIVE'),
  19: failed('ERROR_WRITE_PROTECT', 'the medium is write-protected'),
  20: gone('ERROR_BAD_UNIT'),
  21: failed(
    'ERROR_NOT_READY',
    'the drive is not ready',
    'Wait until it has settled; put a medium in and close the tray.',
  ),
  22: failed('ERROR_BAD_COMMAND', 'the drive cannot do this in its present state'),
  23: lost('ERROR_CRC', 'data were damaged on their way', CABLE),
  24: failed('ERROR_BAD_LENGTH', 'the driver found the request too short'),
  26: failed('ERROR_NOT_DOS_DISK', 'the medium holds nothing that Windows can read'),
  27: lost('ERROR_SECTOR_NOT_FOUND', 'a sector could not be found'),
  29: lost('ERROR_WRITE_FAULT', 'the write failed'),
  30: lost('ERROR_READ_FAULT', 'the read failed'),
  31: lost('ERROR_GEN_FAILURE', "the drive's connection failed", CABLE),
  32: heldByAnother('ERROR_SHARING_VIOLATION'),
  33: heldByAnother('ERROR_LOCK_VIOLATION'),
  34: failed('ERROR_WRONG_DISK', 'another medium is in the drive than before'),
  50: noPassThrough('ERROR_NOT_SUPPORTED'),
  55: gone('ERROR_DEV_NOT_EXIST'),
  87: failed('ERROR_INVALID_PARAMETER', 'the driver does not take a request of this form'),
  110: failed('ERROR_OPEN_FAILED', 'the drive could not be opened'),
  121: timedOut('ERROR_SEM_TIMEOUT'),
  122: failed('ERROR_INSUFFICIENT_BUFFER', 'the driver found the buffer too small'),
  123: noSuchDrive('ERROR_INVALID_NAME'),
  161: noSuchDrive('ERROR_BAD_PATHNAME'),
  170: heldByAnother('ERROR_BUSY'),
  234: lost('ERROR_MORE_DATA', 'the drive sent more than was asked for', CABLE),
  433: gone('ERROR_NO_SUCH_DEVICE'),
  483: lost('ERROR_DEVICE_HARDWARE_ERROR', 'the drive reported a hardware fault', CABLE),
  995: lost('ERROR_OPERATION_ABORTED', 'the command was broken off'),
  998: failed('ERROR_NOACCESS', 'the driver could not reach the buffer'),
  997: lost('ERROR_IO_PENDING', 'the command has not ended'),
  1005: failed('ERROR_UNRECOGNIZED_VOLUME', 'the medium holds no file system that Windows knows'),
  1006: failed('ERROR_FILE_INVALID', 'the volume was dismounted meanwhile', 'Open the drive again.'),
  1110: lost('ERROR_MEDIA_CHANGED', 'the medium was changed meanwhile', 'Look at the new medium, then go on.'),
  1111: lost('ERROR_BUS_RESET', 'the bus was reset', 'The drive has forgotten its settings and any write under way.'),
  1112: failed('ERROR_NO_MEDIA_IN_DRIVE', 'no medium is in the drive', 'Put a medium in.'),
  1117: lost('ERROR_IO_DEVICE', "the drive's connection failed, and no sense data came", CABLE),
  1167: gone('ERROR_DEVICE_NOT_CONNECTED'),
  1235: lost('ERROR_REQUEST_ABORTED', 'the command was broken off'),
  1260: {
    name: 'ERROR_ACCESS_DISABLED_BY_POLICY',
    code: 'TRANSPORT_NO_PERMISSION',
    sentence: 'a policy of this machine forbids it',
    hint: 'Ask whoever administers the machine.',
  },
  1275: failed('ERROR_DRIVER_BLOCKED', 'Windows keeps the driver from loading'),
  1314: {
    name: 'ERROR_PRIVILEGE_NOT_HELD',
    code: 'TRANSPORT_NO_PERMISSION',
    sentence: 'this user lacks a privilege that the request needs',
    hint: 'Run as administrator.',
  },
  1450: {
    name: 'ERROR_NO_SYSTEM_RESOURCES',
    code: 'TRANSPORT_TOO_LARGE',
    sentence: 'Windows had no resources for a transfer of this size',
    hint: 'Ask for less at once.',
  },
  1460: timedOut('ERROR_TIMEOUT'),
  1617: gone('ERROR_DEVICE_REMOVED'),
  1784: failed('ERROR_INVALID_USER_BUFFER', 'the driver does not take a buffer of this kind'),
  1785: failed('ERROR_UNRECOGNIZED_MEDIA', 'the medium holds no file system that Windows knows'),
  2404: heldByAnother('ERROR_DEVICE_IN_USE'),
}

/** What was tried when a Win32 error came. */
export interface Win32Attempt {
  readonly address: string
  /** What was tried, as a sentence's begin: `D: cannot be opened`. */
  readonly what: string
  readonly cdb?: Uint8Array
  /** Another meaning than usual, where the circumstances say so. */
  readonly code?: TransportErrorCode
  readonly sentence?: string
  readonly hint?: string
}

/** A Win32 error code as the error that callers see: its name, its number, a sentence, and what to do. */
export function win32Error(number: number, attempt: Win32Attempt): TransportError {
  const known = WIN32_ERRORS[number]
  const name = known?.name ?? 'unnamed'
  const sentence = attempt.sentence ?? known?.sentence ?? 'Windows gives a reason that is not known here'
  const hint = attempt.hint ?? known?.hint
  return new TransportError(
    attempt.code ?? known?.code ?? 'TRANSPORT_FAILED',
    `${attempt.what}: ${sentence} (${known ? `${name}, ` : ''}Win32 error ${number}).`,
    {
      address: attempt.address,
      cdb: attempt.cdb,
      systemError: { system: 'Win32', number, name },
      // Of an error that is not known, nothing can be ruled out.
      mayHaveRun: attempt.cdb !== undefined && (known === undefined || known.mayHaveRun === true),
      ...(hint === undefined ? {} : { hint }),
    },
  )
}

/** What the kernel may say while discs are recorded and exchanged, and why. */
const EXPECTED: readonly RegExp[] = [
  // Extensions and file systems that it has found.
  /ISO 9660 Extensions: |ISOFS: changing to secondary root|UDF-fs: INFO Mounting volume/,
  // Their names (IEEE_P1282, RRIP_1991A) it prints a character at a time: those of two mounts at once come in pieces.
  /^\[ *\d+\.\d+\] [IEPRA_1289]{1,20}$/,
  // The machine is emulated.
  /hrtimer: interrupt took/,
  // A drive tells of another disc.
  /tray: |Attached scsi|scsi-?\d* (drive|CD-ROM)|cdrom: Uniform/i,
  // wodim reads /proc/sys/dev/cdrom/info, whose 1000 bytes do not hold what the kernel has to say of sixteen drives.
  /cdrom: info buffer too small/,
  // genisoimage gives a volume that continues another the size of the new session alone (ECMA-119 8.4.8 wants all of it):
  // its own continuation areas lie beyond that.
  /rock: corrupted directory entry\. extent=\d+ out of volume/,
  // The emulated processor is slow.
  /sched: RT throttling activated|hrtimer: interrupt took \d+ ns/,
]

/** What it may say besides where programs read whatever address they like: blank discs, and what lies between sessions. */
export const READS_OF_NOTHING: readonly RegExp[] = [
  /sr\d+\] tag#\d+ FAILED Result: hostbyte=DID_OK driverbyte=DRIVER_OK/,
  /sr\d+\] tag#\d+ Sense Key : (Illegal Request|Medium Error) \[current\]/,
  /Add\. Sense: (Logical block address out of range|Illegal mode for this track|Medium not formatted|Unrecovered read error)$/,
  /sr\d+\] tag#\d+ CDB: Read\(10\) /,
  /(I\/O|critical target|critical medium) error, dev sr\d+, sector \d+ op 0x0:\(READ\)/,
  /Buffer I\/O error on dev sr\d+, logical block \d+, async page read/,
  /(scsi_io_completion_action|blk_print_req_error|buffer_io_error): \d+ callbacks suppressed/,
  // mount, of a disc without a file system.
  /mount: attempt to access beyond end of device|^\s+sr\d+: rw=0, sector=\d+, nr_sectors = \d+ limit=0/,
  /isofs_fill_super: bread failed, |ISOFS: Unable to identify CD-ROM format\./,
]

/**
 * Lines of the kernel's log that nothing explains.
 *
 * @param more  what is expected of this run besides
 */
export function complaints(log: string, more: readonly RegExp[] = []): string[] {
  const expected = [...EXPECTED, ...more]
  return log.split('\n').filter(line => line.trim() !== '' && !expected.some(pattern => pattern.test(line.trimEnd())))
}

/** What the kernel may say while discs are recorded and exchanged, and why. */
const EXPECTED: readonly RegExp[] = [
  // Extensions and file systems that it has found.
  /ISO 9660 Extensions: |ISOFS: changing to secondary root/,
  // A drive tells of another disc.
  /tray: |Attached scsi|scsi-?\d* (drive|CD-ROM)|cdrom: Uniform/i,
]

/** Lines of the kernel's log that nothing explains. */
export function complaints(log: string): string[] {
  return log.split('\n').filter(line => line.trim() !== '' && !EXPECTED.some(expected => expected.test(line)))
}

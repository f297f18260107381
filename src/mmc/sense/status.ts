const STATUS_NAMES: Readonly<Record<number, string>> = {
  0: 'GOOD',
  2: 'CHECK CONDITION',
  4: 'CONDITION MET',
  8: 'BUSY',
  16: 'INTERMEDIATE',
  20: 'INTERMEDIATE-CONDITION MET',
  24: 'RESERVATION CONFLICT',
  34: 'COMMAND TERMINATED',
  40: 'TASK SET FULL',
  48: 'ACA ACTIVE',
  64: 'TASK ABORTED',
}

/** The name of a SCSI status (SAM-5 5.3.1), `status 7Fh` where it has none. */
export function statusName(status: number): string {
  return STATUS_NAMES[status] ?? `status ${status.toString(16).toUpperCase().padStart(2, '0')}h`
}

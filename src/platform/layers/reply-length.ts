/**
 * Where a CDB says how long the reply may get (its allocation length, or GET PERFORMANCE's maximum number of
 * descriptors), by opcode: the field's first and last byte. Two CDBs that differ there alone ask for the same reply.
 */
const REPLY_LENGTH_FIELDS: Readonly<Record<number, readonly [first: number, last: number]>> = {
  3: [4, 4], // REQUEST SENSE
  18: [3, 4], // INQUIRY
  26: [4, 4], // MODE SENSE(6)
  35: [7, 8], // READ FORMAT CAPACITIES
  60: [6, 8], // READ BUFFER
  66: [7, 8], // READ SUB-CHANNEL
  67: [7, 8], // READ TOC/PMA/ATIP
  70: [7, 8], // GET CONFIGURATION
  74: [7, 8], // GET EVENT STATUS NOTIFICATION
  81: [7, 8], // READ DISC INFORMATION
  82: [7, 8], // READ TRACK INFORMATION
  90: [7, 8], // MODE SENSE(10)
  92: [7, 8], // READ BUFFER CAPACITY
  160: [6, 9], // REPORT LUNS
  164: [8, 9], // REPORT KEY
  171: [6, 9], // SERVICE ACTION IN(12)
  172: [8, 9], // GET PERFORMANCE
  173: [8, 9], // READ DISC STRUCTURE
  189: [8, 9], // MECHANISM STATUS
}

/** The CDB with the length that it asks for set to 0; undefined where it has no such field. */
export function withoutReplyLength(cdb: Uint8Array): Uint8Array | undefined {
  const field = REPLY_LENGTH_FIELDS[cdb[0]!]
  return field && Uint8Array.from(cdb).fill(0, field[0], field[1] + 1)
}

/** Bytes of sense data in fixed format without anything after the sense key specific bytes. */
const FIXED_SENSE_BYTES = 18

/**
 * Sense data in fixed format (SPC-4 4.5.3), as a layer makes it up.
 *
 * @param information  the LBA that it is about: sets the VALID bit
 */
export function fixedSense(
  key: number,
  asc: number,
  ascq: number,
  options: { information?: number | undefined; deferred?: boolean | undefined } = {},
): Uint8Array {
  const sense = new Uint8Array(FIXED_SENSE_BYTES)
  sense[0] = options.deferred ? 0x71 : 0x70
  sense[2] = key
  sense[7] = FIXED_SENSE_BYTES - 8
  sense[12] = asc
  sense[13] = ascq
  if (options.information === undefined) return sense
  sense[0] |= 0x80
  new DataView(sense.buffer).setUint32(3, options.information)
  return sense
}

const GET_CONFIGURATION = 0x46
/** Data Length, reserved bytes and Current Profile (MMC-6 5.2.2). */
const FEATURE_HEADER_BYTES = 8
/** Feature Code, Version/Persistent/Current, Additional Length (MMC-6 5.2.2). */
const FEATURE_DESCRIPTOR_BYTES = 4

const u16 = (bytes: Uint8Array, offset: number) => ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
/** RT: 0 all features, 1 those that are current, 2 the one named. */
const requestedType = (cdb: Uint8Array) => cdb[1]! & 3

export function isGetConfiguration(cdb: Uint8Array): boolean {
  return cdb[0] === GET_CONFIGURATION
}

/** True for a GET CONFIGURATION of RT 0 that begins at feature 0. */
export function recordsAllFeatures(cdb: Uint8Array): boolean {
  return isGetConfiguration(cdb) && requestedType(cdb) === 0 && u16(cdb, 2) === 0
}

/**
 * What a drive answers to a GET CONFIGURATION, cut out of its answer to the one that asks for everything.
 *
 * @param all  the reply to RT 0 from feature 0 on, header included; as far as it was recorded
 */
export function featuresAskedFor(cdb: Uint8Array, all: Uint8Array): Uint8Array {
  const start = u16(cdb, 2)
  const type = requestedType(cdb)
  const parts: Uint8Array[] = []
  for (let at = FEATURE_HEADER_BYTES; at + FEATURE_DESCRIPTOR_BYTES <= all.length; ) {
    const descriptor = all.subarray(at, at + FEATURE_DESCRIPTOR_BYTES + all[at + 3]!)
    at += FEATURE_DESCRIPTOR_BYTES + all[at + 3]!
    const code = u16(descriptor, 0)
    const isCurrent = (descriptor[2]! & 1) !== 0
    if (type === 2 ? code === start : code >= start && (type === 0 || isCurrent)) parts.push(descriptor)
  }
  const header = new Uint8Array(FEATURE_HEADER_BYTES)
  header.set(all.subarray(0, FEATURE_HEADER_BYTES))
  const reply = Buffer.concat([header, ...parts])
  reply.writeUInt32BE(reply.length - 4)
  return reply
}

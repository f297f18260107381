import { bits, type Encodable, type Fields, flag, type Layout, layout, u8, u16 } from '../../layout'

/** What every feature descriptor begins with (MMC-6 5.2.2). */
export const featureHead = {
  featureCode: u16(0),
  version: bits(2, 5, 2),
  persistent: flag(2, 1),
  current: flag(2, 0),
  additionalLength: u8(3),
}

/** One feature of the standard. The additional length, not the version, says which of the fields a drive has sent. */
export interface Feature<F extends Fields = Fields> {
  readonly code: number
  /** The standard's name. */
  readonly name: string
  /** The version that the standard gives it. */
  readonly version: number
  /** The whole descriptor, its four bytes of header included. */
  readonly layout: Layout<typeof featureHead & F>
  /**
   * The descriptor, with this feature's code and version unless others are given, padded to a multiple of four bytes.
   *
   * @param length  bytes of the whole descriptor, for the shorter ones of earlier versions
   */
  encode(value: Encodable<typeof featureHead & F>, length?: number): Uint8Array
}

/** Defines a feature; offsets count from the descriptor's first byte, so that its own data begin at 4. */
export function feature<const F extends Fields>(
  code: number,
  name: string,
  version: number,
  clause: string,
  fields: F,
  length?: number,
): Feature<F> {
  const whole = layout(
    `${name} Feature`,
    { ...featureHead, ...fields },
    { announced: { field: 'additionalLength', excludes: 4 }, clause: `MMC-6 ${clause}`, ...(length ? { length } : {}) },
  ) as unknown as Layout<typeof featureHead & F>
  return {
    code,
    name,
    version,
    layout: whole,
    encode: (value, length) => {
      const descriptor = { featureCode: code, version, ...value } as Encodable<typeof featureHead & F>
      const bytes = whole.encode(descriptor, length)
      // Programs skip a descriptor whose additional length is no multiple of four (5.2.2).
      const missing = length === undefined ? -bytes.length & 3 : 0
      return missing ? whole.encode(descriptor, bytes.length + missing) : bytes
    },
  }
}

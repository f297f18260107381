import { type Encodable, type Fields, type Layout, layout, u16 } from '../../layout'

/** What every disc structure begins with (MMC-6 6.22.3): its length, without the two bytes of it. */
export const discStructureHead = { dataLength: u16(0).named('Disc Structure Data Length') }

export type DiscStructureMediaType = 'dvd' | 'bd'

/** One disc structure of the standard. */
export interface DiscStructure<F extends Fields = Fields> {
  readonly mediaType: DiscStructureMediaType
  readonly format: number
  /** The standard's name. */
  readonly name: string
  /** The whole reply, its four bytes of header included. */
  readonly layout: Layout<typeof discStructureHead & F>
  /** The reply, its length filled in. */
  encode(value: Encodable<typeof discStructureHead & F>, length?: number): Uint8Array
}

/** Defines a disc structure; offsets count from the reply's first byte, so that its own data begin at 4. */
export function discStructureOf<const F extends Fields>(
  mediaType: DiscStructureMediaType,
  format: number,
  name: string,
  clause: string,
  fields: F,
  length = 4,
): DiscStructure<F> {
  const whole = layout(
    name,
    { ...discStructureHead, ...fields },
    { announced: { field: 'dataLength', excludes: 2 }, clause, length },
  ) as unknown as Layout<typeof discStructureHead & F>
  return {
    mediaType,
    format,
    name,
    layout: whole,
    encode: (value, length) => whole.encode(value, length),
  }
}

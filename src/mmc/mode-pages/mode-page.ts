import { bits, type Encodable, type Fields, flag, type Layout, layout, u8 } from '../../layout'

/** What every mode page begins with (SPC-4 7.5.7, the short form). */
export const modePageHead = {
  parametersSavable: flag(0, 7).named('PS'),
  subpageFormat: flag(0, 6).named('SPF'),
  pageCode: bits(0, 5, 0),
  pageLength: u8(1),
}

/** One mode page of the standards. */
export interface ModePage<F extends Fields = Fields> {
  readonly code: number
  /** The standard's name. */
  readonly name: string
  /** The whole page, its two bytes of header included. */
  readonly layout: Layout<typeof modePageHead & F>
  /**
   * The page with its code and length.
   *
   * @param length  bytes of the whole page, header included, for the longer and shorter ones that drives have
   */
  encode(value: Encodable<typeof modePageHead & F>, length?: number): Uint8Array
}

/** Defines a mode page; offsets count from the page's first byte, so that its parameters begin at 2. */
export function modePage<const F extends Fields>(
  code: number,
  name: string,
  clause: string,
  length: number,
  fields: F,
): ModePage<F> {
  const whole = layout(
    `${name} Mode Page`,
    { ...modePageHead, ...fields },
    { announced: { field: 'pageLength', excludes: 2 }, clause, length },
  ) as unknown as Layout<typeof modePageHead & F>
  return {
    code,
    name,
    layout: whole,
    encode: (value, length) => whole.encode({ pageCode: code, ...value } as Encodable<typeof modePageHead & F>, length),
  }
}

import { ascii, type Encodable, layout, u8 } from '../../../layout'

/** charspec (ECMA-167 1/7.2.1): the character set of d-strings. */
export const characterSpecification = layout(
  'charspec',
  { characterSetType: u8(0), characterSetInformation: ascii(1, 63, 0) },
  { clause: 'ECMA-167 1/7.2.1' },
)

/** The one character set of UDF (UDF 2.1.2). */
export const OSTA_CS0: Encodable<typeof characterSpecification.fields> = {
  characterSetType: 0,
  characterSetInformation: 'OSTA Compressed Unicode',
}

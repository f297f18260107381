/** The values a field can take, as far as tests must know them: what they generate is encoded and decoded again. */
export type Domain =
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'bigint'; readonly minimum: bigint; readonly maximum: bigint }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'one-of'; readonly values: readonly unknown[] }
  | { readonly kind: 'text'; readonly maximumLength: number }
  | { readonly kind: 'bytes'; readonly length: number; readonly open: boolean }
  | { readonly kind: 'layout'; readonly layout: { readonly fields: Fields } }
  | { readonly kind: 'list'; readonly layout: { readonly fields: Fields }; readonly maximumCount: number }

/** What {@link Field} is made from. */
export interface FieldDefinition<T, I> {
  readonly offset: number
  readonly length: number
  readonly place: string
  readonly domain: Domain
  /** Reads the value. Called only where all `length` bytes from `offset` on are there. */
  readonly read: (bytes: Uint8Array) => T | undefined
  /** Writes the value. A field that ends the layout (`open`) gives its bytes in {@link extend} instead. */
  readonly write: (bytes: Uint8Array, value: I) => void
  /** For a field of open length: the bytes that the value takes from `offset` on. */
  readonly extend?: (value: I) => Uint8Array
  /** For lists that another field counts: that field's name. */
  readonly countedBy?: string
}

/**
 * One field of a {@link Layout}: where it is, how it is read and written, what its value means.
 *
 * @typeParam T what decoding gives
 * @typeParam I what encoding takes
 */
export class Field<T, I = T> {
  readonly offset: number
  /** Bytes from `offset` on that must be present; 0 for a field of open length. */
  readonly length: number
  /** Where the field is, in the words of the standards' tables: `2 bits 1-0`, `8-11`. */
  readonly place: string
  readonly domain: Domain
  readonly title: string | undefined
  readonly condition: string | undefined
  readonly meaningOf: ((value: T) => string | undefined) | undefined
  readonly definition: FieldDefinition<T, I>

  constructor(
    definition: FieldDefinition<T, I>,
    extra: { title?: string; condition?: string; meaningOf?: (value: T) => string | undefined } = {},
  ) {
    this.definition = definition
    this.offset = definition.offset
    this.length = definition.length
    this.place = definition.place
    this.domain = definition.domain
    this.title = extra.title
    this.condition = extra.condition
    this.meaningOf = extra.meaningOf
  }

  private with(extra: { title?: string; condition?: string; meaningOf?: (value: T) => string | undefined }) {
    return new Field<T, I>(this.definition, {
      ...(this.title === undefined ? {} : { title: this.title }),
      ...(this.condition === undefined ? {} : { condition: this.condition }),
      ...(this.meaningOf === undefined ? {} : { meaningOf: this.meaningOf }),
      ...extra,
    })
  }

  /** Gives the field the standard's own words where they are not the property's name spelled out. */
  named(title: string): Field<T, I> {
    return this.with({ title })
  }

  /** The field counts only where the flag named `condition` is set; elsewhere it is `undefined`. */
  when(condition: string): Field<T, I> {
    return this.with({ condition })
  }

  /** Says in words what values mean; the value itself stays what it is. */
  means(meanings: Readonly<Record<number, string>> | ((value: T) => string | undefined)): Field<T, I> {
    return this.with({
      meaningOf: typeof meanings === 'function' ? meanings : value => meanings[value as unknown as number],
    })
  }

  /** True for a field that takes whatever bytes are left. */
  get open(): boolean {
    return this.definition.extend !== undefined
  }
}

/** The fields of a layout by name. */
// biome-ignore lint/suspicious/noExplicitAny: the value types differ per field; Decoded<F> and Encodable<F> recover them
export type Fields = Readonly<Record<string, Field<any, any>>>

/** What decoding a layout gives. A field past the end of the bytes is `undefined`. */
export type Decoded<F extends Fields> = {
  // biome-ignore lint/suspicious/noExplicitAny: only the first type parameter is wanted
  readonly [K in keyof F]: F[K] extends Field<infer T, any> ? T | undefined : never
} & { toJSON(): Record<string, unknown> }

/** What decoding gives where all bytes of the layout were there. */
export type Complete<F extends Fields> = {
  // biome-ignore lint/suspicious/noExplicitAny: only the first type parameter is wanted
  readonly [K in keyof F]: F[K] extends Field<infer T, any> ? T : never
} & { toJSON(): Record<string, unknown> }

/** What encoding a layout takes; what is left out is zero. */
export type Encodable<F extends Fields> = {
  // biome-ignore lint/suspicious/noExplicitAny: only the second type parameter is wanted
  readonly [K in keyof F]?: F[K] extends Field<any, infer I> ? I | undefined : never
}

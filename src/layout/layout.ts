import { type Complete, type Decoded, type Encodable, Field, type Fields } from './field'

/** How a structure says its own length: the number at `offset` counts the bytes that follow its first `excludes`. */
export interface AnnouncedLength {
  readonly field: string
  /** Bytes of the structure that the number does not count, its own included. */
  readonly excludes: number
  /** The least that the bytes make plain by other means, for devices whose length field is known to be too small. */
  readonly atLeast?: (bytes: Uint8Array) => number
}

/** What a layout has besides its fields. */
export interface LayoutOptions {
  /** The structure's own length field: decoding ends where it says, encoding fills it in. */
  readonly announced?: AnnouncedLength
  /** Bytes of the fixed part, where that is more than its last field's end. */
  readonly length?: number
  /** Where it is defined: `MMC-6 6.21`, `ECMA-119 8.4`. */
  readonly clause?: string
}

/** One field of decoded bytes, as {@link Layout.describe} lists it. */
export interface FieldDescription {
  readonly name: string
  /** Where it is: `2 bits 1-0`. */
  readonly bytes: string
  readonly value: unknown
  readonly meaning?: string
}

/** What a conclusion rests on: a field and the bytes it was read from. */
export interface Citation {
  /** The field's name in the standard's words. */
  readonly field: string
  readonly place: string
  /** `offset 2: 0E`. */
  readonly bytes: string
  readonly value: unknown
}

const BYTES = Symbol('bytes')
const LAYOUT = Symbol('layout')

/** Bytes in hexadecimal, parted by single blanks. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
}

/** The bytes that a decoded value is a view of. */
export function bytesOf(decoded: object): Uint8Array {
  const bytes = (decoded as { [BYTES]?: Uint8Array })[BYTES]
  if (!bytes) throw new TypeError('not a decoded layout')
  return bytes
}

/** The layout that a decoded value was decoded by. */
export function layoutOf(decoded: object): Layout<Fields> {
  const layout = (decoded as { [LAYOUT]?: Layout<Fields> })[LAYOUT]
  if (!layout) throw new TypeError('not a decoded layout')
  return layout
}

/** The field's name in words: `discStatus` is "Disc Status". */
export function titleOf(name: string, field: Field<unknown, never>): string {
  return field.title ?? name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/^./, first => first.toUpperCase())
}

/**
 * Bytes described once: the decoder, the encoder, the TypeScript type, the evidence and the printout all come from it.
 * Decoding never throws and never reads past the end: what is not there is `undefined`.
 */
export class Layout<F extends Fields> {
  readonly name: string
  readonly fields: F
  readonly options: LayoutOptions
  /** Bytes of the fixed part. */
  readonly length: number
  private readonly entries: readonly [name: string, field: Fields[string]][]
  private made: ViewClass<F> | undefined

  constructor(name: string, fields: F, options: LayoutOptions = {}) {
    this.name = name
    this.fields = fields
    this.options = options
    this.length = Math.max(options.length ?? 0, ...Object.values(fields).map(field => field.offset + field.length))
    this.entries = Object.entries(fields)
  }

  /** Made when first asked for: of the layouts there are, a program decodes few. */
  private get view(): ViewClass<F> {
    this.made ??= viewClass(this)
    return this.made
  }

  /** The bytes as a view of typed fields, each decoded when it is asked for. */
  decode(bytes: Uint8Array): Decoded<F> {
    return new this.view(this.bounded(bytes))
  }

  /** As {@link decode}, where the whole fixed part is there; `undefined` where it is not. */
  decodeComplete(bytes: Uint8Array): Complete<F> | undefined {
    return bytes.length < this.length ? undefined : (new this.view(this.bounded(bytes)) as unknown as Complete<F>)
  }

  /**
   * The bytes of a value; what is left out is zero, announced lengths and counts are filled in.
   *
   * @param length  bytes of the fixed part, for the shorter forms that older devices give
   * @throws RangeError where a value does not fit its field
   */
  encode(value: Encodable<F>, length: number = this.length): Uint8Array {
    let target = new Uint8Array(Math.max(length, this.length))
    const values = value as Readonly<Record<string, unknown>>
    const tails: [offset: number, bytes: Uint8Array][] = []
    for (const [name, field] of this.entries) {
      const given = values[name]
      if (given === undefined) continue
      try {
        if (field.definition.extend) tails.push([field.offset, field.definition.extend(given)])
        else field.definition.write(target, given)
        const counter = field.definition.countedBy
        if (counter && values[counter] === undefined) {
          this.fields[counter]!.definition.write(target, (given as readonly unknown[]).length)
        }
      } catch (error) {
        throw new RangeError(`${this.name}, ${titleOf(name, field)}: ${(error as Error).message}`, { cause: error })
      }
    }
    target = target.subarray(0, length)
    for (const [offset, bytes] of tails) {
      const whole = new Uint8Array(Math.max(target.length, offset + bytes.length))
      whole.set(target)
      whole.set(bytes, offset)
      target = whole
    }
    const { announced } = this.options
    if (announced && values[announced.field] === undefined) {
      const field = this.fields[announced.field]!
      if (field.offset + field.length <= target.length) {
        field.definition.write(target, Math.max(0, target.length - announced.excludes))
      }
    }
    return target
  }

  /** Every field that the bytes reach, with its place, value and meaning. */
  describe(bytes: Uint8Array): FieldDescription[] {
    const view = this.decode(bytes) as Readonly<Record<string, unknown>>
    return Object.entries(this.fields).flatMap(([name, field]) => {
      const value = view[name]
      if (value === undefined) return []
      const meaning = field.meaningOf?.(value)
      return [{ name, bytes: field.place, value, ...(meaning === undefined ? {} : { meaning }) }]
    })
  }

  /** The bytes that one field of a decoded value was read from. */
  cite(decoded: Decoded<F> | Complete<F>, name: keyof F & string): Citation {
    const field = this.fields[name]!
    const all = bytesOf(decoded)
    const length = field.open ? Math.min(all.length - field.offset, 16) : field.length
    return {
      field: titleOf(name, field),
      place: field.place,
      bytes: `offset ${field.offset}: ${hex(all.subarray(field.offset, field.offset + length)) || '(not sent)'}`,
      value: (decoded as Readonly<Record<string, unknown>>)[name],
    }
  }

  /** Bytes of the whole structure as it says itself, however many are there; `undefined` where it does not say. */
  announcedLength(bytes: Uint8Array): number | undefined {
    const { announced } = this.options
    if (!announced) return undefined
    const field = this.fields[announced.field]!
    const end = field.offset + field.length
    if (end > bytes.length) return undefined
    return Math.max(field.definition.read(bytes) + announced.excludes, announced.atLeast?.(bytes) ?? 0, end)
  }

  private bounded(bytes: Uint8Array): Uint8Array {
    const whole = this.announcedLength(bytes)
    return whole !== undefined && whole < bytes.length ? bytes.subarray(0, whole) : bytes
  }
}

type ViewClass<F extends Fields> = new (bytes: Uint8Array) => Decoded<F>

function viewClass<F extends Fields>(layout: Layout<F>): ViewClass<F> {
  class View {
    readonly [BYTES]: Uint8Array

    constructor(bytes: Uint8Array) {
      this[BYTES] = bytes
    }

    get [LAYOUT]() {
      return layout
    }

    toJSON(): Record<string, unknown> {
      const values = this as unknown as Readonly<Record<string, unknown>>
      return Object.fromEntries(
        Object.keys(layout.fields)
          .filter(name => values[name] !== undefined)
          .map(name => [name, values[name]]),
      )
    }

    [Symbol.for('nodejs.util.inspect.custom')](): Record<string, unknown> {
      return this.toJSON()
    }
  }
  for (const [name, field] of Object.entries(layout.fields)) {
    const { offset, length, read } = field.definition
    const end = offset + length
    const { condition } = field
    Object.defineProperty(View.prototype, name, {
      enumerable: true,
      get: condition
        ? function (this: View & Record<string, unknown>) {
            return this[condition] && this[BYTES].length >= end ? read(this[BYTES]) : undefined
          }
        : function (this: View) {
            return this[BYTES].length >= end ? read(this[BYTES]) : undefined
          },
    })
  }
  return View as unknown as ViewClass<F>
}

/** Describes bytes once; see {@link Layout}. */
export function layout<const F extends Fields>(name: string, fields: F, options?: LayoutOptions): Layout<F> {
  return new Layout(name, fields, options)
}

/** A structure inside another, at a fixed place. */
export function nested<F extends Fields>(offset: number, inner: Layout<F>): Field<Decoded<F>, Encodable<F>> {
  return new Field<Decoded<F>, Encodable<F>>({
    offset,
    length: inner.length,
    place: `${offset}-${offset + inner.length - 1}`,
    domain: { kind: 'layout', layout: inner },
    read: from => inner.decode(from.subarray(offset, offset + inner.length)),
    write: (to, value) => to.set(inner.encode(value).subarray(0, inner.length), offset),
  })
}

/** How the elements of a {@link list} are found. */
export interface ListOptions {
  /** Bytes of an element: a number, or from the element's first bytes on. Without it, the element layout's length. */
  readonly stride?: number | ((fromElement: Uint8Array) => number)
  /** The name of the field that counts the elements; without it they run to the end of the bytes. */
  readonly countedBy?: string
  /** Reads that count (needed with `countedBy`, since a list sees bytes only). */
  readonly count?: (bytes: Uint8Array) => number
}

/** Elements of one layout, one after the other, up to the end of the bytes. A last one cut short is decoded as far as it goes. */
export function list<F extends Fields>(
  offset: number,
  element: Layout<F>,
  options: ListOptions = {},
): Field<readonly Decoded<F>[], readonly Encodable<F>[]> {
  const stride = options.stride ?? element.length
  return new Field<readonly Decoded<F>[], readonly Encodable<F>[]>({
    offset,
    length: 0,
    place: `${offset}-end`,
    domain: { kind: 'list', layout: element, maximumCount: 4 },
    ...(options.countedBy === undefined ? {} : { countedBy: options.countedBy }),
    read: from => {
      const elements: Decoded<F>[] = []
      const limit = options.count?.(from) ?? Number.POSITIVE_INFINITY
      let at = offset
      while (at < from.length && elements.length < limit) {
        const size = typeof stride === 'number' ? stride : stride(from.subarray(at))
        // A stride of nothing would never end: what follows cannot be told apart.
        if (!(size > 0)) break
        elements.push(element.decode(from.subarray(at, Math.min(at + size, from.length))))
        at += size
      }
      return elements
    },
    write: () => {},
    extend: values => {
      const parts = values.map(value => {
        const part = element.encode(value)
        if (typeof stride !== 'number' || part.length === stride) return part
        const padded = new Uint8Array(stride)
        padded.set(part.subarray(0, stride))
        return padded
      })
      const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
      let at = 0
      for (const part of parts) {
        whole.set(part, at)
        at += part.length
      }
      return whole
    },
  })
}

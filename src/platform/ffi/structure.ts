import { endianness } from 'node:os'

/** C's integers by width; `long`, `ulong`, `size` and `pointer` are as wide as the system makes them. */
export type ScalarType =
  | 'i8'
  | 'u8'
  | 'i16'
  | 'u16'
  | 'i32'
  | 'u32'
  | 'i64'
  | 'u64'
  | 'long'
  | 'ulong'
  | 'size'
  | 'pointer'

/** Scalars that may take 64 bits: bigint in JavaScript. */
export type WideType = 'i64' | 'u64' | 'long' | 'ulong' | 'size' | 'pointer'

/** A member of a structure: a scalar, or that many of them in a row. */
export type MemberType = ScalarType | readonly [element: 'u8', count: number]

/** What decides where a C compiler puts the members of a structure. */
export interface DataModel {
  readonly pointerBytes: 4 | 8
  readonly longBytes: 4 | 8
  /** Alignment of 64-bit integers: 4 on 32-bit x86 under Linux, 8 elsewhere. */
  readonly alignmentOf64: 4 | 8
  readonly littleEndian: boolean
}

const NARROW = new Set<NodeJS.Architecture>(['ia32', 'arm', 'mips', 'mipsel'])

/** The data model of a system; without arguments, of this process. */
export function dataModelOf(
  platform: NodeJS.Platform = process.platform,
  arch: NodeJS.Architecture = process.arch,
  littleEndian = endianness() === 'LE',
): DataModel {
  const pointerBytes = NARROW.has(arch) ? 4 : 8
  return {
    pointerBytes,
    longBytes: platform === 'win32' ? 4 : pointerBytes,
    alignmentOf64: arch === 'ia32' && platform !== 'win32' ? 4 : 8,
    littleEndian,
  }
}

const FIXED_BYTES = { i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, i64: 8, u64: 8 } as const
const SIGNED = new Set<ScalarType>(['i8', 'i16', 'i32', 'i64', 'long'])

/** Bytes that a scalar takes. */
export function scalarBytes(type: ScalarType, model: DataModel): 1 | 2 | 4 | 8 {
  if (type === 'pointer' || type === 'size') return model.pointerBytes
  if (type === 'long' || type === 'ulong') return model.longBytes
  return FIXED_BYTES[type]
}

export function isWide(type: ScalarType | 'void'): type is WideType {
  return type === 'i64' || type === 'u64' || !(type in FIXED_BYTES || type === 'void')
}

/** True where a scalar has a sign. */
export function isSigned(type: ScalarType): boolean {
  return SIGNED.has(type)
}

interface Place {
  readonly offset: number
  readonly bytes: 1 | 2 | 4 | 8
  readonly count: number | undefined
  readonly signed: boolean
  readonly wide: boolean
}

/** Values of a structure's members: bytes for arrays, bigint for wide scalars, numbers for the others. */
export type MemberValue<T extends MemberType> = T extends WideType ? bigint : T extends ScalarType ? number : Uint8Array

/** What a member can be set to. */
export type MemberInput<T extends MemberType> = T extends WideType
  ? number | bigint
  : T extends ScalarType
    ? number
    : Uint8Array

/**
 * A C structure with natural alignment, described once for every data model.
 *
 * @typeParam M the members in order
 */
export class Structure<M extends Readonly<Record<string, MemberType>> = Readonly<Record<string, MemberType>>> {
  readonly name: string
  readonly members: M
  private readonly laidOut = new Map<string, { size: number; places: Readonly<Record<string, Place>> }>()

  constructor(name: string, members: M) {
    this.name = name
    this.members = members
  }

  /** Bytes of the whole structure. */
  size(model: DataModel = NATIVE): number {
    return this.layOut(model).size
  }

  /** Where each member begins. */
  offsets(model: DataModel = NATIVE): Readonly<Record<keyof M & string, number>> {
    const { places } = this.layOut(model)
    return Object.fromEntries(Object.entries(places).map(([name, { offset }]) => [name, offset])) as never
  }

  /** A structure's bytes; members left out are zero. */
  encode(values: { readonly [K in keyof M]?: MemberInput<M[K]> }, model: DataModel = NATIVE): Uint8Array {
    const bytes = new Uint8Array(this.size(model))
    this.set(bytes, values, model)
    return bytes
  }

  /**
   * Sets members in place; the others keep what they have.
   *
   * @throws RangeError where bytes are too few, or more bytes are given than an array member has room for
   */
  set(bytes: Uint8Array, values: { readonly [K in keyof M]?: MemberInput<M[K]> }, model: DataModel = NATIVE): void {
    const { places } = this.layOut(model)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (const [name, value] of Object.entries(values) as [string, number | bigint | Uint8Array | undefined][]) {
      if (value === undefined) continue
      const place = places[name]!
      if (!(value instanceof Uint8Array)) {
        writeScalar(view, place, value, model.littleEndian)
        continue
      }
      if (value.length > place.count!) throw new RangeError(`${this.name}.${name} has ${place.count} bytes`)
      bytes.set(value, place.offset)
    }
  }

  /** One member's value. */
  get<K extends keyof M & string>(bytes: Uint8Array, member: K, model: DataModel = NATIVE): MemberValue<M[K]> {
    const place = this.layOut(model).places[member]!
    if (place.count !== undefined) return bytes.slice(place.offset, place.offset + place.count) as never
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return readScalar(view, place, model.littleEndian) as never
  }

  private layOut(model: DataModel): { size: number; places: Readonly<Record<string, Place>> } {
    const key = `${model.pointerBytes} ${model.longBytes} ${model.alignmentOf64}`
    const known = this.laidOut.get(key)
    if (known) return known
    const places: Record<string, Place> = {}
    let end = 0
    let widest = 1
    for (const [name, type] of Object.entries(this.members)) {
      const scalar = typeof type === 'string' ? type : type[0]
      const bytes = scalarBytes(scalar, model)
      const alignment = bytes === 8 ? model.alignmentOf64 : bytes
      const count = typeof type === 'string' ? undefined : type[1]
      const offset = Math.ceil(end / alignment) * alignment
      places[name] = { offset, bytes, count, signed: isSigned(scalar), wide: isWide(scalar) }
      end = offset + bytes * (count ?? 1)
      widest = Math.max(widest, alignment)
    }
    const layout = { size: Math.ceil(end / widest) * widest, places }
    this.laidOut.set(key, layout)
    return layout
  }
}

/** The data model of this process. */
export const NATIVE = dataModelOf()

/** Describes a C structure; see {@link Structure}. */
export function structure<const M extends Readonly<Record<string, MemberType>>>(name: string, members: M) {
  return new Structure<M>(name, members)
}

function writeScalar(view: DataView, place: Place, value: number | bigint, littleEndian: boolean): void {
  const { offset, bytes } = place
  if (bytes === 8) view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), littleEndian)
  else if (bytes === 4) view.setUint32(offset, Number(value), littleEndian)
  else if (bytes === 2) view.setUint16(offset, Number(value), littleEndian)
  else view.setUint8(offset, Number(value))
}

function readScalar(view: DataView, place: Place, littleEndian: boolean): number | bigint {
  const { offset, bytes, signed, wide } = place
  if (bytes === 8) return signed ? view.getBigInt64(offset, littleEndian) : view.getBigUint64(offset, littleEndian)
  const value =
    bytes === 4
      ? signed
        ? view.getInt32(offset, littleEndian)
        : view.getUint32(offset, littleEndian)
      : bytes === 2
        ? signed
          ? view.getInt16(offset, littleEndian)
          : view.getUint16(offset, littleEndian)
        : signed
          ? view.getInt8(offset)
          : view.getUint8(offset)
  return wide ? BigInt(value) : value
}

import { cString } from '../ffi'
import type { Frameworks } from './frameworks'

const kCFStringEncodingUTF8 = 0x0800_0100
const kCFNumberSInt64Type = 4
/** Longer names and paths do not occur; a text that does not fit counts as none. */
const LONGEST_TEXT_BYTES = 4096
/** CFStringGetTypeID and its like. */
type TypeId = 'CFStringGetTypeID' | 'CFNumberGetTypeID' | 'CFDictionaryGetTypeID' | 'CFURLGetTypeID'

/** Values of CoreFoundation: each `use…` releases what it was given or has made, whatever happens within. */
export class CoreFoundation {
  private readonly frameworks: Frameworks

  constructor(frameworks: Frameworks) {
    this.frameworks = frameworks
  }

  /** A CFString for as long as it is used. */
  useString<T>(text: string, use: (string: bigint) => T): T {
    const string = this.frameworks.CFStringCreateWithCString.call(0n, cString(text), kCFStringEncodingUTF8).value
    return this.useOwned(string, owned => use(owned ?? 0n))
  }

  /** A UUID object for as long as it is used. */
  useUuid<T>(bytes: Uint8Array, use: (uuid: bigint) => T): T {
    const uuid = this.frameworks.CFUUIDCreateFromUUIDBytes.call(0n, bytes).value
    return this.useOwned(uuid, owned => use(owned ?? 0n))
  }

  /** What a function of the Create or Copy kind gave, for as long as it is used; undefined where it gave NULL. */
  useOwned<T>(value: bigint, use: (value: bigint | undefined) => T): T {
    if (value === 0n) return use(undefined)
    try {
      return use(value)
    } finally {
      this.frameworks.CFRelease.call(value)
    }
  }

  /** A text; undefined where the value is none. */
  text(value: bigint | undefined): string | undefined {
    if (!this.is(value, 'CFStringGetTypeID')) return undefined
    const buffer = Buffer.alloc(LONGEST_TEXT_BYTES)
    const { value: whole } = this.frameworks.CFStringGetCString.call(
      value,
      buffer,
      buffer.length,
      kCFStringEncodingUTF8,
    )
    return whole ? textOf(buffer) : undefined
  }

  /** A whole number; undefined where the value is none. */
  number(value: bigint | undefined): number | undefined {
    if (!this.is(value, 'CFNumberGetTypeID')) return undefined
    const buffer = Buffer.alloc(8)
    const { value: exact } = this.frameworks.CFNumberGetValue.call(value, kCFNumberSInt64Type, buffer)
    return exact ? Number(buffer.readBigInt64LE()) : undefined
  }

  /** A path out of a URL; undefined where the value is none. */
  path(value: bigint | undefined): string | undefined {
    if (!this.is(value, 'CFURLGetTypeID')) return undefined
    const buffer = Buffer.alloc(LONGEST_TEXT_BYTES)
    const { value: whole } = this.frameworks.CFURLGetFileSystemRepresentation.call(value, 1, buffer, buffer.length)
    return whole ? textOf(buffer) : undefined
  }

  /** An entry of a dictionary, which keeps it; undefined where there is none. */
  entry(dictionary: bigint | undefined, key: string): bigint | undefined {
    if (!this.is(dictionary, 'CFDictionaryGetTypeID')) return undefined
    const { value } = this.useString(key, name => this.frameworks.CFDictionaryGetValue.call(dictionary, name))
    return value === 0n ? undefined : value
  }

  private is(value: bigint | undefined, type: TypeId): value is bigint {
    return value !== undefined && this.frameworks.CFGetTypeID.call(value).value === this.frameworks[type].call().value
  }
}

function textOf(buffer: Buffer): string {
  return buffer.toString('utf8', 0, buffer.indexOf(0))
}

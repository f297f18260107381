import { dataModelOf, type MemberType, type Structure } from '../ffi'
import { IO_CONTROL_CODES, type IoControlName } from './io-control-codes'
import { STORAGE_PROPERTY_ID, STORAGE_PROPERTY_QUERY } from './structures'
import type { Handle, Win32, Win32Result } from './win32'

/** Sends a control code with some input, and room for some output behind it. */
export async function control(
  win32: Win32,
  handle: Handle,
  name: IoControlName,
  input: Uint8Array = new Uint8Array(),
  outputBytes = 0,
): Promise<Win32Result<Uint8Array | undefined>> {
  const buffer = Buffer.alloc(Math.max(input.length, outputBytes, 1))
  buffer.set(input)
  const { value, error } = await win32.DeviceIoControl(
    handle,
    IO_CONTROL_CODES[name],
    buffer,
    input.length,
    outputBytes,
  )
  return { value: value === undefined ? undefined : buffer.subarray(0, value), error }
}

/** The largest property of storage that is read: descriptors take some hundred bytes. */
const PROPERTY_BYTES = 1024

/** A property of the device or its adapter; undefined where the system does not give it. */
export async function storageProperty(
  win32: Win32,
  handle: Handle,
  property: keyof typeof STORAGE_PROPERTY_ID,
): Promise<Uint8Array | undefined> {
  const query = STORAGE_PROPERTY_QUERY.encode({ PropertyId: STORAGE_PROPERTY_ID[property] }, modelOf(win32))
  return (await control(win32, handle, 'IOCTL_STORAGE_QUERY_PROPERTY', query, PROPERTY_BYTES)).value
}

/** One member of a structure that came back, undefined where the answer ends before it. */
export function member<M extends Readonly<Record<string, MemberType>>, K extends keyof M & string>(
  win32: Win32,
  structure: Structure<M>,
  answer: Uint8Array,
  name: K,
) {
  const model = modelOf(win32)
  const whole = Buffer.alloc(structure.size(model))
  whole.set(answer.subarray(0, whole.length))
  const offset = structure.offsets(model)[name]
  return answer.length > offset ? structure.get(whole, name, model) : undefined
}

/** Windows' data model for a process with pointers of that size. */
export function modelOf({ pointerBytes }: Pick<Win32, 'pointerBytes'>) {
  return dataModelOf('win32', pointerBytes === 4 ? 'ia32' : 'x64')
}

/** A zero-terminated ASCII text at an offset that the answer itself gives; empty where it is none or lies outside. */
export function textAt(answer: Uint8Array, offset: number | undefined): string {
  if (!offset || offset >= answer.length) return ''
  const end = answer.indexOf(0, offset)
  return Buffer.from(answer.subarray(offset, end < 0 ? answer.length : end))
    .toString('latin1')
    .trim()
}

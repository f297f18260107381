import type { OpenedImage, OpenImageOptions } from '../fsimage'
import type { CommonOptions, Invocation } from './invocation'

/** Opens a drive's medium or an image file as the common options say. */
export async function openCliImage(
  address: string,
  options: CommonOptions & OpenImageOptions,
  invocation: Invocation,
): Promise<OpenedImage> {
  const { openDiscOrImage } = await import('../open-disc-or-image')
  const { trace, ffi, sessionStart } = options
  const layers = trace ? [(await import('../platform/layers/tracing')).tracingToFile(trace)] : []
  return openDiscOrImage(address, { sessionStart, signal: invocation.signal, layers, ...(ffi ? { ffi } : {}) })
}

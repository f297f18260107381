import type { Decoded, Fields, Layout } from '../../layout'
import { bytesOf } from '../../layout'
import { type configurationData, featureDescriptor } from '../commands/get-configuration'
import type { Feature } from './feature'
import { FEATURES } from './feature-list'

const byCode = new Map(FEATURES.map(feature => [feature.code, feature]))

/** A feature as a drive has it. */
export interface DecodedFeature {
  readonly code: number
  /** The standard's name, `Feature 01FFh` where it has none. */
  readonly name: string
  readonly version: number
  readonly persistent: boolean
  readonly current: boolean
  /** Its fields; of an unknown feature those that all have, and the rest as bytes. */
  readonly value: Decoded<Fields>
}

/** The standard's name of a feature. */
export function featureName(code: number): string {
  return byCode.get(code)?.name ?? `Feature ${code.toString(16).toUpperCase().padStart(4, '0')}h`
}

/** The layout of a feature's descriptor; of an unknown feature the one that all have. */
export function featureLayout(code: number): Layout<Fields> {
  return byCode.get(code)?.layout ?? (featureDescriptor as unknown as Layout<Fields>)
}

/**
 * One feature descriptor.
 *
 * @param code  the feature's code
 * @param bytes  the whole descriptor, header included
 */
export function decodeFeature(code: number, bytes: Uint8Array): Decoded<Fields> {
  return featureLayout(code).decode(bytes)
}

/** All features of a GET CONFIGURATION reply; a descriptor without all four bytes of header is none. */
export function decodeFeatures(reply: Decoded<(typeof configurationData)['fields']>): DecodedFeature[] {
  return (reply.featureDescriptors ?? []).flatMap(descriptor => {
    const { featureCode: code, version, persistent, current, additionalLength } = descriptor
    if (code === undefined || version === undefined || additionalLength === undefined) return []
    return {
      code,
      name: featureName(code),
      version,
      persistent: persistent ?? false,
      current: current ?? false,
      value: decodeFeature(code, bytesOf(descriptor)),
    }
  })
}

/**
 * One feature of a GET CONFIGURATION reply, typed; `undefined` where the reply does not have it.
 *
 * @param reply  of any requested type: drives that answer RT 2 with all features are searched, too
 */
export function findFeature<F extends Fields>(
  reply: Decoded<(typeof configurationData)['fields']>,
  feature: Feature<F>,
): Decoded<Feature<F>['layout']['fields']> | undefined {
  const descriptor = (reply.featureDescriptors ?? []).find(({ featureCode }) => featureCode === feature.code)
  return descriptor && feature.layout.decode(bytesOf(descriptor))
}

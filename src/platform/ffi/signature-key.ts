import type { ParameterType, ResultType, Signature } from './ffi'
import { Structure } from './structure'

/** Tells signatures apart. */
export function signatureKey(signature: Signature<readonly ParameterType[], ResultType>): string {
  const names = signature.parameters.map(type =>
    type instanceof Structure ? `${type.name}${JSON.stringify(type.members)}` : type,
  )
  return `${signature.result}(${names.join()}) ${signature.named ?? ''} ${signature.convention ?? ''}`
}

import { encodeCharacters, truncateCharacters } from '../descriptors/character-set'
import { COMPONENT, pathComponent } from '../descriptors/path-component'
import { MAXIMUM_IDENTIFIER_BYTES } from './file-identifiers'

/** The path components of a symbolic link's target (ECMA-167 4/14.16.1, UDF 2.3.13). */
export function encodePath(target: string): Uint8Array {
  const parts: Uint8Array[] = target.startsWith('/') ? [pathComponent.encode({ componentType: COMPONENT.root })] : []
  for (const name of target.split('/')) {
    if (name === '') continue
    if (name === '.') parts.push(pathComponent.encode({ componentType: COMPONENT.same }))
    else if (name === '..') parts.push(pathComponent.encode({ componentType: COMPONENT.parent }))
    else {
      const componentIdentifier = encodeCharacters(truncateCharacters(name, MAXIMUM_IDENTIFIER_BYTES))
      parts.push(
        pathComponent.encode({
          componentType: COMPONENT.name,
          lengthOfComponentIdentifier: componentIdentifier.length,
          componentIdentifier,
        }),
      )
    }
  }
  return Buffer.concat(parts)
}

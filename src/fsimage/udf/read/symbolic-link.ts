import { decodeCharacters } from '../descriptors/character-set'
import { COMPONENT, pathComponent } from '../descriptors/path-component'

/** Characters of a target that are kept. */
const MAXIMUM_PATH = 4096

/** The target of a symbolic link from its path components (ECMA-167 4/14.16.1), as POSIX writes it. */
export function decodePath(bytes: Uint8Array): { target: string; problem?: string } {
  const names: string[] = []
  let fromRoot = false
  let problem: string | undefined
  for (let offset = 0; offset + pathComponent.length <= bytes.length; ) {
    const { componentType, lengthOfComponentIdentifier } = pathComponent.decode(bytes.subarray(offset, offset + 4))
    const end = offset + 4 + lengthOfComponentIdentifier!
    if (end > bytes.length) {
      problem = 'a path component is longer than the link'
      break
    }
    if (componentType === COMPONENT.agreedRoot || componentType === COMPONENT.root) {
      names.length = 0
      fromRoot = true
    } else if (componentType === COMPONENT.parent) names.push('..')
    else if (componentType === COMPONENT.same) names.push('.')
    else if (componentType === COMPONENT.name) {
      names.push(decodeCharacters(bytes.subarray(offset + 4, end)).text.replace(/[/\0]/g, '_'))
    } else problem = `path component type ${componentType} is unknown`
    offset = end
  }
  const target = (fromRoot ? '/' : '') + names.join('/')
  if (target.length > MAXIMUM_PATH) return { target: target.slice(0, MAXIMUM_PATH), problem: 'the target is too long' }
  return problem === undefined ? { target } : { target, problem }
}

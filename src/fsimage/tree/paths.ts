import { ImapiError } from '../imapi-error'
import type { DirectoryNode, TreeNode } from './node'

/** The longest name that any file system of an image holds, in UTF-16 units. */
const MAXIMUM_NAME_UNITS = 255

/**
 * The names of a path; `/` and, as IMAPI has it, `\` part them.
 *
 * @throws {ImapiError} `IMAPI_E_INVALID_PATH` where a name is `.`, `..`, too long, or holds NUL
 */
export function namesOf(path: string): string[] {
  if (typeof path !== 'string') throw new ImapiError('IMAPI_E_INVALID_PARAM', 'A path must be a string.')
  const names = path.split(/[/\\]/).filter(name => name !== '')
  for (const name of names) checkName(name)
  return names
}

/** @throws {ImapiError} `IMAPI_E_INVALID_PATH` where no node can have such a name */
export function checkName(name: string): void {
  const problem =
    name === '' || name === '.' || name === '..'
      ? 'is no name'
      : name.includes('\0') || name.includes('/')
        ? 'holds a character that no name can'
        : name.length > MAXIMUM_NAME_UNITS
          ? `is longer than ${MAXIMUM_NAME_UNITS} characters`
          : undefined
  if (problem) throw new ImapiError('IMAPI_E_INVALID_PATH', `"${name.slice(0, 80)}" ${problem}.`)
}

/** What stands at a path below a directory; `undefined` where there is nothing. */
export async function find(from: DirectoryNode, path: string): Promise<TreeNode | undefined> {
  let node: TreeNode = from
  for (const name of namesOf(path)) {
    if (node.kind !== 'directory') return undefined
    const next: TreeNode | undefined = (await node.entries()).get(name)
    if (!next) return undefined
    node = next
  }
  return node
}

/**
 * The directory that a path's last name is in, and that name.
 *
 * @throws {ImapiError} `IMAPI_E_DIR_NOT_FOUND` where the directory is not there, `IMAPI_E_NOT_DIR` where it is a file,
 *   `IMAPI_E_INVALID_PATH` where the path is empty
 */
export async function parentOf(from: DirectoryNode, path: string): Promise<{ directory: DirectoryNode; name: string }> {
  const names = namesOf(path)
  const name = names.pop()
  if (name === undefined) throw new ImapiError('IMAPI_E_INVALID_PATH', 'The path names nothing below the directory.')
  const directory = await find(from, names.join('/'))
  if (!directory) throw new ImapiError('IMAPI_E_DIR_NOT_FOUND', `There is no directory "${names.join('/')}".`)
  if (directory.kind !== 'directory') throw new ImapiError('IMAPI_E_NOT_DIR', `${directory.path} is no directory.`)
  await directory.load()
  return { directory, name }
}

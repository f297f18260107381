import type { TreeNode } from '../tree/node'
import { shortenedName } from '../tree/shortened-name'

/** The longest name of POSIX hosts, bytes of UTF-8. */
const MAXIMUM_NAME_BYTES = 255
/** Linux shows no more of a name; what is cut anyway is cut so that it is shown whole. */
const CUT_NAME_BYTES = 253
const MOST_BYTES_OF_A_UNIT = 3

/**
 * The names of a directory that Rock Ridge records shorter than they are, because no host could show more: cut between
 * characters, their extension kept, and none like another one of the directory.
 */
export function cutNames(nodes: readonly TreeNode[]): ReadonlyMap<TreeNode, string> {
  const cut = new Map<TreeNode, string>()
  const long = nodes.filter(
    ({ name }) =>
      name.length * MOST_BYTES_OF_A_UNIT > MAXIMUM_NAME_BYTES && Buffer.byteLength(name) > MAXIMUM_NAME_BYTES,
  )
  if (long.length === 0) return cut
  const taken = new Set(nodes.map(({ name }) => name))
  for (const node of long) {
    let name = shortenedName(node.name, '', CUT_NAME_BYTES)
    for (let number = 2; taken.has(name); number++) name = shortenedName(node.name, `~${number}`, CUT_NAME_BYTES)
    taken.add(name)
    cut.set(node, name)
  }
  return cut
}

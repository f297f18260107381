import type { SortedDirectory } from '../image/image-layer'
import type { DirectoryNode, TreeNode } from './node'

type Building = { -readonly [K in keyof SortedDirectory]: SortedDirectory[K] } & { directories: Building[] }

const byName = (a: TreeNode, b: TreeNode) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** The directories of a loaded tree, level by level, each with its entries in the order of their names. */
export function sortTree(root: DirectoryNode): SortedDirectory[] {
  const sorted = (node: DirectoryNode, parent?: Building): Building => {
    const entries = [...node.loadedEntries.values()].sort(byName)
    const building = { node, entries, directories: [] } as unknown as Building
    building.parent = parent ?? building
    return building
  }
  const all = [sorted(root)]
  for (let index = 0; index < all.length; index++) {
    const directory = all[index]!
    for (const entry of directory.entries) {
      if (entry.kind !== 'directory') continue
      const child = sorted(entry, directory)
      directory.directories.push(child)
      all.push(child)
    }
  }
  return all
}

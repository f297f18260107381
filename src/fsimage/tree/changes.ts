import { ImapiError } from '../imapi-error'
import type { DirectoryNode, TreeNode } from './node'

/**
 * The changes of a tree, each of which can be taken back. A change point is the number of changes so far
 * (IFileSystemImage::get_ChangePoint).
 */
export class TreeChanges {
  private readonly undo: (() => void)[] = []
  private locked = 0

  get changePoint(): number {
    return this.undo.length
  }

  /** Puts a node into a directory in place of what has its name there. */
  attach(directory: DirectoryNode, node: TreeNode): void {
    const before = directory.loadedEntries.get(node.name)
    directory.attach(node)
    this.undo.push(() => {
      directory.detach(node.name)
      if (before) directory.attach(before)
    })
  }

  /** Takes a node out of its directory. */
  detach(node: TreeNode): void {
    const directory = node.parent!
    directory.detach(node.name)
    this.undo.push(() => directory.attach(node))
  }

  /** Gives a node another name or place. */
  move(node: TreeNode, to: DirectoryNode, name: string): void {
    const from = node.parent!
    const oldName = node.name
    const before = to.loadedEntries.get(name)
    from.detach(oldName)
    node.name = name
    to.attach(node)
    this.undo.push(() => {
      to.detach(name)
      if (before) to.attach(before)
      node.name = oldName
      from.attach(node)
    })
  }

  /** A change of another kind. */
  record(undo: () => void): void {
    this.undo.push(undo)
  }

  /**
   * Takes back all changes behind a change point.
   *
   * @throws {ImapiError} `IMAPI_E_INVALID_PARAM` where there was no such point, or it lies before a locked one
   */
  rollback(changePoint: number): void {
    if (!Number.isInteger(changePoint) || changePoint < this.locked || changePoint > this.undo.length) {
      throw new ImapiError(
        'IMAPI_E_INVALID_PARAM',
        `Change point ${changePoint} cannot be gone back to: ${this.locked} to ${this.undo.length} can.`,
      )
    }
    while (this.undo.length > changePoint) this.undo.pop()!()
  }

  /** Changes so far are for good. */
  lock(): void {
    this.locked = this.undo.length
  }
}

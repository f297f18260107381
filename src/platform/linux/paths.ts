import { readFile, readlink } from 'node:fs/promises'

/** Where the kernel shows itself. Tests put folders of their own in their place. */
export interface LinuxPaths {
  readonly sys: string
  readonly proc: string
  readonly etc: string
  readonly dev: string
}

export const LINUX_PATHS: LinuxPaths = { sys: '/sys', proc: '/proc', etc: '/etc', dev: '/dev' }

/** The text of a file, its ends trimmed; undefined where it is not there or not ours to read. */
export async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    text => text.trim(),
    () => undefined,
  )
}

/** Where a link points; undefined where it is none, or not ours to read. */
export async function linkOf(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined)
}

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type LinuxPaths, linkOf, textOf } from './paths'

/**
 * Who has a device open, as far as this user may see: other users' processes show nothing.
 *
 * @param nodes  the device's nodes
 * @param self  look at this process alone; it is left out otherwise
 * @returns for each node, holders such as `brasero (pid 4711)`
 */
export async function holdersOf(
  nodes: readonly string[],
  { proc }: LinuxPaths,
  { self = false }: { readonly self?: boolean } = {},
): Promise<Map<string, string[]>> {
  const holders = new Map(nodes.map(node => [node, [] as string[]]))
  const processes = (await readdir(proc).catch(() => [])).filter(name => /^\d+$/.test(name))
  await Promise.all(
    processes.map(async pid => {
      if ((pid === String(process.pid)) !== self) return
      const folder = join(proc, pid, 'fd')
      const descriptors = await readdir(folder).catch(() => [])
      const targets = new Set(await Promise.all(descriptors.map(descriptor => linkOf(join(folder, descriptor)))))
      for (const [node, names] of holders) {
        if (targets.has(node)) names.push(`${(await textOf(join(proc, pid, 'comm'))) ?? '?'} (pid ${pid})`)
      }
    }),
  )
  return holders
}

/** The kernel writes blanks, tabs, line ends and backslashes in octal. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** Where block devices are mounted, by their numbers: `11:0`. */
export async function mountPoints({ proc }: LinuxPaths): Promise<Map<string, string[]>> {
  const mounts = new Map<string, string[]>()
  for (const line of ((await textOf(join(proc, 'self/mountinfo'))) ?? '').split('\n')) {
    // Mount ID, parent, major:minor, root, mount point, … (proc_pid_mountinfo(5))
    const [, , device, , point] = line.split(' ')
    if (device === undefined || point === undefined) continue
    const points = mounts.get(device)
    if (points) points.push(unescapeOctal(point))
    else mounts.set(device, [unescapeOctal(point)])
  }
  return mounts
}

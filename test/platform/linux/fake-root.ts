import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LinuxPaths } from '../../../src/platform/linux/paths'

/** What a test puts into its sysfs, procfs and the rest: files by their path, links by `-> target`. */
export function fakeRoot(root: string, files: Readonly<Record<string, string>>): LinuxPaths {
  for (const [path, content] of Object.entries(files)) {
    const whole = join(root, path)
    mkdirSync(dirname(whole), { recursive: true })
    if (content.startsWith('-> ')) symlinkSync(content.slice(3).replace('ROOT', root), whole)
    else writeFileSync(whole, content)
  }
  return { sys: join(root, 'sys'), proc: join(root, 'proc'), etc: join(root, 'etc'), dev: join(root, 'dev') }
}

import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Field, type Fields, Layout } from '../../src/layout'

const SOURCE = join(__dirname, '../../src')
/** The command line's modules have no layouts, and one of them runs. */
const WITHOUT_LAYOUTS = /^(cli|index\.ts)/

/** Every layout of the project: what any module exports, what commands, features and the like hold, and what is nested. */
export function allLayouts(): Layout<Fields>[] {
  const found = new Set<Layout<Fields>>()
  const seen = new Set<unknown>()
  const look = (value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || seen.has(value) || depth > 3) return
    if (ArrayBuffer.isView(value)) return
    seen.add(value)
    if (value instanceof Layout) {
      found.add(value as Layout<Fields>)
      for (const { domain } of Object.values(value.fields as Record<string, Field<unknown>>)) {
        if (domain.kind === 'layout' || domain.kind === 'list') look(domain.layout, 0)
      }
    } else if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
      for (const inner of Object.values(value)) look(inner, depth + 1)
    }
  }
  for (const file of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.d.ts') || WITHOUT_LAYOUTS.test(file)) continue
    for (const exported of Object.values(require(join(SOURCE, file)) as Record<string, unknown>)) look(exported, 0)
  }
  if (found.size === 0) throw new Error(`no layouts under ${relative(process.cwd(), SOURCE)}`)
  return [...found]
}

/** `MODE SENSE(10) CDB`, numbered where several layouts have one name. */
export function namedLayouts(): [name: string, layout: Layout<Fields>][] {
  const times = new Map<string, number>()
  return allLayouts().map(layout => {
    const count = (times.get(layout.name) ?? 0) + 1
    times.set(layout.name, count)
    return [count === 1 ? layout.name : `${layout.name} (${count})`, layout]
  })
}

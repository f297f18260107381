import * as fc from 'fast-check'
import type { Domain, Field, Fields, Layout } from '../../src/layout'

/** Values that the domain of a field allows. */
function valueFor(domain: Domain): fc.Arbitrary<unknown> {
  switch (domain.kind) {
    case 'integer':
      return fc.oneof(
        fc.constantFrom(domain.minimum, domain.maximum),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }).map(number => {
          const span = domain.maximum - domain.minimum + 1
          return domain.minimum + ((number * 2_654_435_761) % span)
        }),
      )
    case 'bigint':
      return fc.bigInt({ min: domain.minimum, max: domain.maximum })
    case 'boolean':
      return fc.boolean()
    case 'one-of':
      return fc.constantFrom(...domain.values)
    case 'text':
      return fc
        .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'), { maxLength: domain.maximumLength })
        .map(characters => characters.join(''))
    case 'bytes':
      return domain.open
        ? fc.uint8Array({ minLength: 1, maxLength: domain.length })
        : fc.uint8Array({ minLength: domain.length, maxLength: domain.length })
    case 'layout':
      return valuesOf(domain.layout as Layout<Fields>)
    case 'list':
      return fc.array(valuesOf(domain.layout as Layout<Fields>), { maxLength: domain.maximumCount })
  }
}

/** Fields that encoding fills in by itself: lengths and counts. */
export function filledIn(layout: Layout<Fields>): ReadonlySet<string> {
  const counters = Object.values(layout.fields).flatMap(field => field.definition.countedBy ?? [])
  const announced = layout.options?.announced?.field
  return new Set([...counters, ...(announced === undefined ? [] : [announced])])
}

/** What a layout can be encoded from, lengths and counts left out. */
export function valuesOf(layout: Layout<Fields>): fc.Arbitrary<Record<string, unknown>> {
  const given = filledIn(layout)
  return fc.record(
    Object.fromEntries(
      Object.entries(layout.fields)
        .filter(([name]) => !given.has(name))
        .map(([name, field]) => [name, valueFor(field.domain)]),
    ),
  )
}

/** True where a decoded field is what was encoded: what lies open behind may be padded with zeros. */
export function isDecodedFrom(field: Field<unknown>, decoded: unknown, given: unknown): boolean {
  const { domain } = field
  if (domain.kind === 'bytes') {
    const [a, b] = [decoded as Uint8Array, given as Uint8Array]
    return a.length >= b.length && a.every((byte, index) => byte === (b[index] ?? 0))
  }
  if (domain.kind === 'text' && given === '') return decoded === '' || decoded === undefined
  if (domain.kind === 'layout') return agrees(domain.layout as Layout<Fields>, decoded, given)
  if (domain.kind === 'list') {
    const [a, b] = [decoded as readonly unknown[], given as readonly unknown[]]
    return (
      a.length === b.length && a.every((element, index) => agrees(domain.layout as Layout<Fields>, element, b[index]))
    )
  }
  return decoded === given
}

function agrees(layout: Layout<Fields>, decoded: unknown, given: unknown): boolean {
  return differences(layout, decoded, given).length === 0
}

/** Names of the fields that are not what was encoded. */
export function differences(layout: Layout<Fields>, decoded: unknown, given: unknown): string[] {
  const [of, from] = [decoded as Record<string, unknown>, given as Record<string, unknown>]
  return Object.entries(layout.fields).flatMap(([name, field]) => {
    if (!(name in from)) return []
    if (field.condition !== undefined && !of[field.condition]) return of[name] === undefined ? [] : [name]
    return isDecodedFrom(field, of[name], from[name]) ? [] : [name]
  })
}

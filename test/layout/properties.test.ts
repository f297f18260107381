import * as fc from 'fast-check'
import type { Field, Fields, Layout } from '../../src/layout'
import { namedLayouts } from './all-layouts'
import { differences, filledIn, valuesOf } from './arbitrary-values'

const layouts = namedLayouts()

test('there are layouts of commands, replies, features, mode pages and structures', () => {
  const names = layouts.map(([name]) => name)
  expect(names).toEqual(
    expect.arrayContaining([
      'READ(10) CDB',
      'Disc Information',
      'Core Feature',
      'Write Parameters Mode Page',
      'Physical Format Information',
      'Fixed Format Sense Data',
    ]),
  )
  expect(names.length).toBeGreaterThan(250)
})

/** Reads everything there is to read. */
function readAll(layout: Layout<Fields>, bytes: Uint8Array): void {
  const decoded = layout.decode(bytes) as Record<string, unknown>
  for (const name of Object.keys(layout.fields)) void decoded[name]
  plain(decoded)
  layout.describe(bytes)
}

/** Decoded values as JSON knows them. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner)))
}

/** The bits of a field, as `byte * 8 + bit`; where it has no end, up to that of a long reply. */
function bitsOf(field: Field<unknown>): number[] {
  const [, bytes = '', high, low] = /^([\d, -]+|\d+-end)(?: bits? (\d+)(?:-(\d+))?)?$/.exec(field.place) ?? []
  if (high !== undefined) {
    const least = Number(low ?? high)
    return Array.from({ length: Number(high) - least + 1 }, (_, index) => Number(bytes) * 8 + least + index)
  }
  return bytes.split(', ').flatMap(part => {
    const [first = 0, last = first] = part.split('-').map(number => (number === 'end' ? 4096 : Number(number)))
    return Array.from({ length: (last - first + 1) * 8 }, (_, index) => first * 8 + index)
  })
}

describe.each(layouts)('%s', (_, layout) => {
  test('decodes what it encodes', () => {
    return fc.assert(
      fc.property(valuesOf(layout), value => {
        const bytes = layout.encode(value as never)
        const wrong = differences(layout, layout.decode(bytes), value)
        if (wrong.length > 0) throw new Error(`decoded otherwise than encoded: ${wrong.join(', ')}`)
        const announced = layout.announcedLength(bytes) ?? bytes.length
        if (announced === bytes.length) return
        // Where the bytes themselves can say more than the length field, arbitrary ones do.
        if (!layout.options.announced?.atLeast) throw new Error(`${bytes.length} bytes announce ${announced}`)
      }),
      { numRuns: 10 },
    )
  })

  test('of a short reply gives the fields that are there, and no others', () => {
    return fc.assert(
      fc.property(valuesOf(layout), value => {
        const bytes = layout.encode(value as never)
        const whole = JSON.stringify(plain(layout.decode(bytes)))
        const full = JSON.parse(whole) as Record<string, unknown>
        for (let length = 0; length < Math.min(layout.length, 64); length++) {
          const cut = layout.decode(bytes.subarray(0, length)) as Record<string, unknown>
          for (const [name, field] of Object.entries(layout.fields)) {
            if (field.open) continue
            const there = field.offset + field.length <= length
            if (!there && cut[name] !== undefined) throw new Error(`${name} of ${length} bytes`)
            if (!there || field.condition !== undefined || field.place.includes(',')) continue
            if (JSON.stringify(plain(cut[name])) !== JSON.stringify(full[name] ?? null))
              throw new Error(`${name} at ${length}`)
          }
        }
      }),
      { numRuns: 1 },
    )
  })

  test('never throws, whatever the bytes', () => {
    return fc.assert(
      fc.property(fc.uint8Array({ maxLength: layout.length + 48 }), bytes => readAll(layout, bytes)),
      { numRuns: 10 },
    )
  })

  test('has no two fields in one place', () => {
    const taken = new Map<number, string>()
    const shared: string[] = []
    for (const [name, field] of Object.entries(layout.fields)) {
      for (const bit of bitsOf(field)) {
        const other = taken.get(bit)
        if (other !== undefined && other !== name) shared.push(`${other} and ${name}`)
        taken.set(bit, name)
      }
    }
    expect([...new Set(shared)]).toEqual([])
  })

  test('fills in only fields that it has', () => {
    for (const name of filledIn(layout)) expect(layout.fields[name]).toBeDefined()
  })
})

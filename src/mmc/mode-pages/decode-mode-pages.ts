import { bytesOf, type Decoded, type Fields, type Layout, layout, rest } from '../../layout'
import type { modeParameterList6, modeParameterList10 } from '../commands/mode-sense'
import { type ModePage, modePageHead } from './mode-page'
import { MODE_PAGES } from './mode-page-list'

/** A page that no definition is known for. */
export const unknownModePage = layout(
  'Mode Page',
  { ...modePageHead, parameters: rest(2) },
  { announced: { field: 'pageLength', excludes: 2 }, clause: 'SPC-4 7.5.7' },
)

/** A mode page as a drive has it. */
export interface DecodedModePage {
  readonly code: number
  /** The standard's name, `Mode Page 30h` where it has none. */
  readonly name: string
  readonly value: Decoded<Fields>
  /** The page as sent, header included: what MODE SELECT takes back, changed, with its PS bit cleared. */
  readonly bytes: Uint8Array
}

type ModeParameters = Decoded<(typeof modeParameterList10)['fields']> | Decoded<(typeof modeParameterList6)['fields']>

/**
 * The bytes of each mode page in a MODE SENSE reply, block descriptors skipped. The last page may be cut short; pages of
 * the sub-page format (which optical drives do not have) end the list.
 */
export function modePageBytes(reply: ModeParameters): Uint8Array[] {
  const all = reply.blockDescriptorsAndPages ?? new Uint8Array()
  const pages: Uint8Array[] = []
  let at = reply.blockDescriptorLength ?? 0
  while (at + 2 <= all.length && (all[at]! & 0x40) === 0) {
    const end = at + 2 + all[at + 1]!
    pages.push(all.subarray(at, end))
    at = end
  }
  return pages
}

const byCode = new Map(MODE_PAGES.map(page => [page.code, page]))

/** The layout of a mode page; of an unknown one the layout that all have. */
export function modePageLayout(code: number): Layout<Fields> {
  return byCode.get(code)?.layout ?? (unknownModePage as unknown as Layout<Fields>)
}

/** All mode pages of a MODE SENSE reply. */
export function decodeModePages(reply: ModeParameters): DecodedModePage[] {
  return modePageBytes(reply).map(bytes => {
    const code = bytes[0]! & 0x3f
    return {
      code,
      name: byCode.get(code)?.name ?? `Mode Page ${code.toString(16).toUpperCase().padStart(2, '0')}h`,
      value: modePageLayout(code).decode(bytes),
      bytes,
    }
  })
}

/** One mode page of a MODE SENSE reply, typed; `undefined` where the reply does not have it. */
export function findModePage<F extends Fields>(
  reply: ModeParameters,
  page: ModePage<F>,
): Decoded<ModePage<F>['layout']['fields']> | undefined {
  const bytes = modePageBytes(reply).find(([first]) => (first! & 0x3f) === page.code)
  return bytes && page.layout.decode(bytes)
}

/**
 * A page as MODE SELECT takes it: as the drive gave it, only the named fields changed, the PS bit cleared.
 *
 * @param decoded  what {@link findModePage} gave
 * @throws RangeError where a value does not fit its field
 */
export function changeModePage<F extends Fields>(
  page: ModePage<F>,
  decoded: Decoded<ModePage<F>['layout']['fields']>,
  changes: Parameters<ModePage<F>['encode']>[0],
): Uint8Array {
  const bytes = Uint8Array.from(bytesOf(decoded))
  for (const [name, value] of Object.entries(changes)) {
    const field = page.layout.fields[name]!
    if (value !== undefined && field.offset + field.length <= bytes.length) field.definition.write(bytes, value)
  }
  bytes[0]! &= 0x7f
  return bytes
}

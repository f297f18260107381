import type { MultisessionInterface } from '../../fsimage'
import type { Evidence, Medium } from '../../mmc'
import { evidenceTable } from './medium'
import { printable } from './printable'
import type { style } from './style'
import { pairs, table } from './table'

/** What `multisession` found out, as its JSON has it. */
export interface MultisessionEvaluation {
  readonly result: {
    readonly name: string
    readonly hresult: string
    readonly message?: string
    readonly hint?: string
  }
  readonly accepted: MultisessionInterface | null
  readonly offered: readonly MultisessionInterface[]
  readonly medium: Medium | null
  readonly evidence: readonly Evidence[]
}

/** The verdict, what was offered, and what the verdict rests on, for people. */
export function multisessionReport(evaluation: MultisessionEvaluation, paint: ReturnType<typeof style>): string {
  const { result, accepted, offered, medium, evidence } = evaluation
  const verdict = `${paint(accepted ? 'green' : 'red', result.name)} (${result.hresult})`
  const parts = [
    pairs([
      ['medium', medium ? `${medium.family}, ${medium.state}` : 'none'],
      ['put_MultisessionInterfaces', verdict],
      ['', printable(accepted ? `the ${accepted.kind} interface was accepted` : (result.message ?? ''))],
    ]),
    result.hint ? `  ${printable(result.hint)}` : '',
    `${paint('bold', 'Offered')}\n${offeredTable(offered, accepted)}`,
    evidence.length > 0 ? `${paint('bold', 'Decided from')}\n${evidenceTable(evidence)}` : '',
  ]
  return parts.filter(part => part !== '').join('\n\n')
}

const PROPERTIES = [
  'isSupportedOnCurrentMediaState',
  'inUse',
  'isFirstDataSession',
  'startAddressOfPreviousSession',
  'lastWrittenAddressOfPreviousSession',
  'nextWritableAddress',
  'freeSectorsOnMedia',
  'writeUnitSize',
  'lastWrittenAddress',
  'totalSectorsOnMedia',
]

/** One column an interface, one row a property: they have few properties in common, and many. */
function offeredTable(offered: readonly MultisessionInterface[], accepted: MultisessionInterface | null): string {
  const values = offered.map(element => element as unknown as Readonly<Record<string, unknown>>)
  const rows = PROPERTIES.filter(property => values.some(element => element[property] !== undefined)).map(property => [
    property,
    ...values.map(element => (element[property] === undefined ? '–' : String(element[property]))),
  ])
  return table(['', ...offered.map(({ kind }) => (kind === accepted?.kind ? `${kind} (accepted)` : kind))], rows)
}

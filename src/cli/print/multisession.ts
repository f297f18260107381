import type { MultisessionEvaluation } from '../../fsimage/multisession'
import { evidenceTable } from './medium'
import { printable } from './printable'
import type { style } from './style'
import { pairs, table } from './table'

/** The verdict, what was offered, and what the verdict rests on, for people. */
export function multisessionReport(evaluation: MultisessionEvaluation, paint: ReturnType<typeof style>): string {
  const { result, accepted, medium, evidence, error } = evaluation
  const verdict = `${paint(accepted ? 'green' : 'red', result.name)} (${result.hresult})`
  const parts = [
    pairs([
      ['medium', medium ? `${medium.family}, ${medium.state}` : 'none'],
      ['put_MultisessionInterfaces', verdict],
      ['', printable(accepted ? `the ${accepted.type} interface was accepted` : String(error?.message ?? ''))],
    ]),
    error?.hint ? `  ${printable(String(error.hint))}` : '',
    `${paint('bold', 'Offered')}\n${offeredTable(evaluation)}`,
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
function offeredTable({ offered, accepted }: MultisessionEvaluation): string {
  const values = offered.map(element => element as Readonly<Record<string, unknown>>)
  const rows = PROPERTIES.filter(property => values.some(element => element[property] !== undefined)).map(property => [
    property,
    ...values.map(element => (element[property] === undefined ? '–' : String(element[property]))),
  ])
  return table(['', ...offered.map(({ type }) => (type === accepted?.type ? `${type} (accepted)` : type))], rows)
}

import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { UsageError } from '../errors'
import type { Decoding } from '../mmc'
import { bytesFromHex } from './hex-words'
import type { CliCommand, CommonOptions, Invocation } from './invocation'
import { wholeNumber } from './numbers'
import { printable } from './print/printable'
import { style } from './print/style'
import { table } from './print/table'

interface DecodeOptions extends CommonOptions {
  readonly format?: number
}

/** `decode`: pasted bytes, or a transcript, field by field. */
export const decode: CliCommand = (program, invocation) => {
  program
    .command('decode')
    .description('explains bytes field by field')
    .argument('<what>', 'sense, cdb, trace, or what a reply answers: read-disc-information, mode-sense, …')
    .argument('[hex...]', 'the bytes (for trace: the file); without them, standard input')
    .option('--format <number>', 'which of a command’s replies the bytes are, where that cannot be seen', wholeNumber)
    .addHelpText('after', '\nExample: scsi-mmc decode sense 70 00 05 00 00 00 00 0A 00 00 00 00 21 02')
    .action(async (what: string, words: string[], options: DecodeOptions) => {
      if (what === 'trace') return decodeTrace(words[0], options, invocation)
      const { decodeBytes } = await import('../mmc')
      // An unknown name is told before standard input is waited for.
      decodeBytes(what, new Uint8Array())
      const text = words.length > 0 ? words.join(' ') : (await buffer(process.stdin)).toString('latin1')
      const { format } = options
      const decoding = decodeBytes(what, bytesFromHex(text), format === undefined ? {} : { format })
      if (options.json) return invocation.printJson(decoding)
      printDecoding(decoding, invocation)
    })
}

async function decodeTrace(path: string | undefined, options: CommonOptions, invocation: Invocation): Promise<void> {
  const { explainTranscript } = await import('../mmc/explain-transcript')
  const input = path === undefined ? process.stdin : await openFile(path)
  const exchanges = await explainTranscript(path ?? 'standard input', createInterface({ input }))
  if (options.json) return invocation.printJson({ what: 'trace', exchanges })
  const paint = style(invocation.stdout)
  for (const { command, cdb, outcome, transfer } of exchanges) {
    invocation.print(`${paint('bold', command)}  ${cdb.text ?? ''}  ${printable(outcome)}`)
    if (transfer) printDecoding(transfer, invocation)
  }
}

async function openFile(path: string): Promise<NodeJS.ReadableStream> {
  try {
    return (await open(path)).createReadStream()
  } catch (error) {
    throw new UsageError('USAGE_FILE', `${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function printDecoding({ fields, text, warnings }: Decoding, invocation: Invocation): void {
  if (text) invocation.print(`  ${printable(text)}\n`)
  if (fields.length > 0) {
    invocation.print(
      table(
        ['bytes', 'field', 'value', 'meaning'],
        fields.map(({ name, bytes, value, meaning }) => [bytes, name, shown(value), meaning ?? '']),
      ),
    )
  }
  for (const warning of warnings) invocation.note(`warning: ${printable(warning)}`)
}

function shown(value: unknown): string {
  if (typeof value === 'number') return value > 9 ? `${value} (${value.toString(16).toUpperCase()}h)` : `${value}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { UsageError } from '../errors'
import { hex } from '../layout'
import { bytesFromHex } from './hex-words'
import { type CliCommand, type CommonOptions, openCliDrive } from './invocation'
import { wholeNumber } from './numbers'
import { hexDump } from './print/hex-dump'

interface RawOptions extends CommonOptions {
  readonly in?: number
  readonly out?: string
  readonly none?: boolean
  readonly write?: boolean
  readonly timeout?: number
}

const LONGEST_TRANSFER = 256 * 2 ** 20

/** `raw`: one command, byte for byte. */
export const raw: CliCommand = (program, invocation) => {
  const command: Command = program
    .command('raw')
    .description('sends one raw command and shows what comes back')
    .argument('<drive>', 'drive address')
    .argument('<cdb...>', 'the command descriptor block in hexadecimal, 6 to 16 bytes')
    .option('--in <bytes>', 'how many bytes the drive may send', wholeNumber)
    .option('--out <file>', 'a file whose bytes go to the drive')
    .option('--none', 'no data move (the default)')
    .option('--write', 'allow commands that write, erase or change the drive')
    .option('--timeout <ms>', 'time limit in milliseconds', wholeNumber)
    .addHelpText('after', '\nExample: scsi-mmc raw /dev/sr0 --in 34 51 00 00 00 00 00 00 00 22 00')
    .action(async (address: string, words: string[], options: RawOptions) => {
      if ([options.in, options.out, options.none].filter(given => given !== undefined).length > 1) {
        throw new UsageError('USAGE_CONFLICTING_OPTIONS', 'Give one of --in, --out and --none.')
      }
      if ((options.in ?? 0) > LONGEST_TRANSFER) {
        throw new UsageError('USAGE_TOO_LONG', `--in takes at most ${LONGEST_TRANSFER} bytes.`)
      }
      const cdb = bytesFromHex(words.join(' '))
      if (cdb.length < 6 || cdb.length > 16) {
        throw new UsageError('USAGE_CDB', `A command descriptor block has 6 to 16 bytes, not ${cdb.length}.`)
      }
      const data = options.out === undefined ? undefined : await fileBytes(options.out)
      await using drive = await openCliDrive(address, options, options.write ? 'write' : 'read')
      const answer = await drive.sendRaw(cdb, {
        direction: data ? 'out' : options.in ? 'in' : 'none',
        ...(data ? { data } : {}),
        ...(options.in ? { length: options.in } : {}),
        ...(options.timeout ? { timeoutMs: options.timeout } : {}),
      })
      if (answer.status !== 0) {
        const { nameOf, ScsiError } = await import('../mmc')
        throw new ScsiError({ name: nameOf(cdb), cdb, status: answer.status, sense: answer.sense })
      }
      const { status, durationUs, transferredBytes } = answer
      if (options.json) {
        return invocation.printJson({ cdb: hex(cdb), status, data: hex(answer.data), transferredBytes, durationUs })
      }
      if (answer.data.length > 0) invocation.print(hexDump(answer.data))
      invocation.note(`GOOD, ${transferredBytes} bytes, ${(durationUs / 1000).toFixed(2)} ms`)
    })
  // A CDB's bytes are arguments, never options.
  command.passThroughOptions(false)
}

async function fileBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new UsageError('USAGE_FILE', `${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { asError, ScsiMmcError, UsageError } from '../errors'
import { commands } from './commands'
import { EXIT, exitCodeOf } from './exit-codes'
import type { Invocation } from './invocation'
import { lasting } from './output'
import { plainError } from './plain-error'
import { printable } from './print/printable'
import { style } from './print/style'

const EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  the medium or the rules say no
  2  wrong usage
  3  no medium, or the drive is not ready
  4  the drive or the way to it failed
  130  interrupted`

function packageVersion(): string {
  return JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version
}

/**
 * The program, each command with the options that all take.
 *
 * @param name  the only command that is needed; any other word stands for all of them
 */
async function program(invocation: Invocation, name: string | undefined): Promise<Command> {
  const root = new Command('scsi-mmc')
    .description('Talks to optical drives directly, in raw SCSI/MMC commands.')
    .version(packageVersion())
    .addHelpText('after', EXIT_CODES_HELP)
    // Without "[options]", which all have, the descriptions have room beside them in 80 columns.
    .configureHelp({
      subcommandTerm: command => `${command.name()} ${command.usage().replace(/^\[options\] ?/, '')}`.trim(),
    })
  const needed = name !== undefined && Object.hasOwn(commands, name) ? [commands[name]!] : Object.values(commands)
  for (const load of needed) (await load())(root, invocation)
  withCommonOptions(root, invocation)
  return root
}

function withCommonOptions(command: Command, invocation: Invocation): void {
  // A command writes its errors itself, so that --json holds for them, too.
  command
    .exitOverride()
    .configureOutput({ writeOut: text => void invocation.stdout.write(text), outputError: () => {} })
  for (const child of command.commands) withCommonOptions(child, invocation)
  if (command.commands.length > 0) return
  command
    .addOption(new Option('--json', 'print one JSON document'))
    .addOption(new Option('--trace <file>', 'record every SCSI command as a transcript'))
    .addOption(new Option('--ffi <backend>', 'how the system is called').choices(['koffi', 'ffi-napi']))
}

/**
 * Runs one command line.
 *
 * @param argv  the words after `scsi-mmc`
 * @returns the exit code
 */
export async function run(
  argv: readonly string[],
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Promise<number> {
  const interruption = new AbortController()
  let interruptions = 0
  const interrupt = () => {
    // The first time the command under way ends well; who insists gets out at once.
    if (++interruptions > 1) process.exit(EXIT.interrupted)
    interruption.abort()
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  const output = lasting(stdout)
  lasting(stderr)
  const invocation: Invocation = {
    signal: interruption.signal,
    print: text => stdout.write(`${text}\n`),
    printJson: value => stdout.write(`${JSON.stringify(value, jsonValue, 1)}\n`),
    printJsonLine: value => stdout.write(`${JSON.stringify(value, jsonValue)}\n`),
    note: text => stderr.write(`${text}\n`),
    stdout,
    stderr,
    printsEvents: argv.includes('--json-stream'),
    exitCode: EXIT.done,
  }
  try {
    await (await program(invocation, argv[0])).parseAsync([...argv], { from: 'user' })
    const failure = await output.failure()
    if (failure && invocation.exitCode === EXIT.done) {
      throw new UsageError('USAGE_FILE', `Standard output cannot be written: ${failure.message}.`, { cause: failure })
    }
    return invocation.exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.done
    return report(thrown, invocation, argv.includes('--json'))
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

function report(thrown: unknown, invocation: Invocation, json: boolean): number {
  const error = thrown instanceof CommanderError ? usageError(thrown) : asError(thrown)
  const exitCode = invocation.signal.aborted ? EXIT.interrupted : exitCodeOf(error)
  if (json) {
    invocation.printJson({ error: plainError(error) })
  } else if (invocation.printsEvents) {
    invocation.printJsonLine({ event: 'error', error: plainError(error) })
  }
  if (!json || exitCode === EXIT.interrupted) {
    const paint = style(invocation.stderr)
    const message = exitCode === EXIT.interrupted && !(error instanceof ScsiMmcError) ? 'Interrupted.' : error.message
    invocation.note(`${paint('red', 'scsi-mmc:')} ${printable(message)}`)
    const hint = error instanceof ScsiMmcError ? error.hint : undefined
    if (hint) invocation.note(`  ${printable(hint)}`)
  }
  return exitCode
}

function usageError(error: CommanderError): UsageError {
  const code = error.code.replace(/^commander\./, '').replace(/([a-z])([A-Z])/g, '$1_$2')
  return new UsageError(`USAGE_${code.toUpperCase()}`, error.message.replace(/^error: /, '').replaceAll('\n', ' '), {
    hint: 'scsi-mmc --help shows the commands, scsi-mmc COMMAND --help their options.',
  })
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`
  if (value instanceof Uint8Array)
    return Array.from(value, byte => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
  return value
}

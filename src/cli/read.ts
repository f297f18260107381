import { open } from 'node:fs/promises'
import { MediumError, UsageError } from '../errors'
import { EXIT } from './exit-codes'
import { type CliCommand, type CommonOptions, type Invocation, openCliDrive } from './invocation'
import { wholeNumber } from './numbers'
import { size } from './print/figures'
import { progressBar } from './print/progress-bar'

interface ReadOptions extends CommonOptions {
  readonly output: string
  readonly start: number
  readonly blocks?: number
  readonly continue?: boolean
}

/** `read`: blocks into a file. */
export const read: CliCommand = (program, invocation) => {
  program
    .command('read')
    .description('reads blocks of 2048 bytes into a file')
    .argument('<drive>', 'drive address')
    .requiredOption('-o, --output <file>', 'where they go')
    .option('--start <lba>', 'first block', wholeNumber, 0)
    .option('--blocks <count>', 'how many; without it, all up to the last one of the medium', wholeNumber)
    .option('--continue', 'fill unreadable blocks with zeros and go on')
    .action((address: string, options: ReadOptions) => readToFile(address, options, invocation))
}

async function readToFile(address: string, options: ReadOptions, invocation: Invocation): Promise<void> {
  const { readBlocks, readCapacity } = await import('../mmc')
  await using drive = await openCliDrive(address, options)
  const { signal } = invocation
  await drive.waitUntilReady({ signal })
  const { start } = options
  const blocks = options.blocks ?? Math.max(0, (await drive.send(readCapacity)).logicalBlockAddress! + 1 - start)
  if (blocks === 0)
    throw new MediumError('MEDIUM_NOTHING_TO_READ', `There is no block to be read from LBA ${start} on.`)
  const cannotWrite = (error: Error) => {
    throw new UsageError('USAGE_FILE', `${options.output} cannot be written: ${error.message}`, { cause: error })
  }
  const file = await open(options.output, 'w').catch(cannotWrite)
  const unreadable: number[] = []
  const bar = await progressBar(invocation.stderr, 'reading', blocks)
  try {
    const range = { start, blocks }
    const tolerance = options.continue ? { onUnreadable: (lba: number) => void unreadable.push(lba) } : {}
    for await (const data of readBlocks(drive, range, { signal, onProgress: bar.update, ...tolerance })) {
      await file.writeFile(data).catch(cannotWrite)
    }
  } finally {
    bar.stop()
    await file.close()
  }
  if (options.json) invocation.printJson({ start, blocks, bytes: blocks * 2048, file: options.output, unreadable })
  else invocation.note(`${blocks} blocks from LBA ${start} on (${size(blocks)}) are in ${options.output}.`)
  if (unreadable.length === 0) return
  invocation.note(`${unreadable.length} blocks could not be read and are zeros, the first one LBA ${unreadable[0]}.`)
  invocation.exitCode = EXIT.driveFailed
}

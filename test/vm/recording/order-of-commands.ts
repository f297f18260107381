import { accessOf } from '../../../src/mmc'

/** A line of a transcript. */
interface Exchange {
  readonly cdb: string
  readonly status: number
  readonly data?: string
  readonly sense?: string
}

const WRITE_10 = 0x2a
const WRITE_12 = 0xaa
const READ_BUFFER_CAPACITY = 0x5c
const PREVENT_ALLOW = 0x1e
const CHECK_CONDITION = 2

const bytesOf = (text = '') => Buffer.from(text.replaceAll(' ', ''), 'hex')
const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, '0')
const immediate = (isSet: boolean) => (isSet ? ' IMMED' : '')

/** The write parameters as far as recording depends on them (MMC-6 7.5.4). */
function writeParameters(data: Buffer): string {
  const page = data.subarray(8 + data.readUInt16BE(6))
  const bits = page[2]!
  return [
    `write type ${bits & 0x0f}`,
    `multi-session ${page[3]! >> 6}`,
    `track mode ${page[3]! & 0x0f}`,
    `data block type ${page[4]! & 0x0f}`,
    ...(bits & 0x40 ? ['BUFE'] : []),
    ...(bits & 0x20 ? [`link size ${page[5]}`] : []),
    ...(page[3]! & 0x20 ? ['FP', `packet size ${page.readUInt32BE(10)}`] : []),
  ].join(', ')
}

const START_STOP = ['stop', 'start', 'eject', 'load']

/** Words for what tells one command of a recording from another; the opcode alone for the rest. */
const WORDS: Readonly<Record<number, (cdb: Buffer, data: Buffer) => string>> = {
  4: (_cdb, data) =>
    `04 format type ${hex(data[8]! >> 2)}h, ${data.readUInt32BE(4)} blocks${immediate((data[1]! & 2) !== 0)}`,
  27: cdb => `1B ${START_STOP[cdb[4]! & 3]}`,
  53: cdb => `35${immediate((cdb[1]! & 2) !== 0)}`,
  83: cdb => `53 ${cdb.readUInt32BE(5)} blocks`,
  84: () => '54',
  85: (_cdb, data) => `55 05h (${writeParameters(data)})`,
  91: cdb => `5B function ${cdb[2]! & 7}, track ${cdb.readUInt16BE(4)}${immediate((cdb[1]! & 1) !== 0)}`,
  161: cdb => `A1 type ${cdb[1]! & 7}${immediate((cdb[1]! & 0x10) !== 0)}`,
}

function outcome({ status, sense }: Exchange): string {
  if (status !== CHECK_CONDITION) return ''
  const bytes = bytesOf(sense)
  return ` → ${[bytes[2]! & 0x0f, bytes[12]!, bytes[13]!].map(hex).join('/')}`
}

interface Writes {
  count: number
  capacities: number
  readonly blocks: Set<number>
  readonly start: number
  /** LBA where an unbroken run goes on. */
  end: number
  readonly opcode: number
}

function inWords({ count, capacities, blocks, start, opcode }: Writes): string {
  const sizes = [...blocks].sort((a, b) => b - a)
  const asked = capacities > 0 ? `, 5C ×${capacities} between` : ''
  return `${hex(opcode)} ×${count} of ${sizes.join(' or ')} blocks from LBA ${start} on${asked}`
}

const isParameters = (step: string) => step.startsWith('55 ')
const usesParameters = (step: string) => /^(2A|AA|5B|5D|53) /.test(`${step} `)

/** Whether write parameters are used before they are replaced: programs try others to learn what a drive knows. */
function isInForce(following: readonly string[]): boolean {
  const next = following.find(step => isParameters(step) || usesParameters(step))
  return next !== undefined && usesParameters(next)
}

/**
 * The order in which a program recorded, of its transcript: what changes medium or drive, and READ BUFFER CAPACITY. All
 * that only asks is left out, and so are write parameters that nothing was recorded with, and lock and unlock, which the
 * kernel sends by itself, too.
 */
export function orderOfCommands(transcript: string): string[] {
  const steps: string[] = []
  let writes: Writes | undefined
  let capacities = 0
  const settle = () => {
    if (writes) steps.push(inWords(writes))
    writes = undefined
  }
  for (const line of transcript.split('\n').filter(text => text.startsWith('{"cdb"'))) {
    const exchange = JSON.parse(line) as Exchange
    const cdb = bytesOf(exchange.cdb)
    const opcode = cdb[0]!
    if (opcode === READ_BUFFER_CAPACITY) capacities++
    else if (opcode === WRITE_10 || opcode === WRITE_12) {
      const start = cdb.readInt32BE(2)
      const blocks = opcode === WRITE_10 ? cdb.readUInt16BE(7) : cdb.readUInt32BE(6)
      if (writes && start !== writes.end) settle()
      writes ??= { count: 0, capacities: 0, blocks: new Set(), start, end: start, opcode }
      writes.capacities += writes.count > 0 ? capacities : 0
      capacities = 0
      writes.count++
      writes.end = start + blocks
      writes.blocks.add(blocks)
    } else if (accessOf(cdb) !== 'read' && opcode !== PREVENT_ALLOW) {
      settle()
      capacities = 0
      const step = (WORDS[opcode]?.(cdb, bytesOf(exchange.data)) ?? hex(opcode)) + outcome(exchange)
      if (step !== steps.at(-1)) steps.push(step)
    }
  }
  settle()
  return steps.filter((step, at) => !isParameters(step) || isInForce(steps.slice(at + 1)))
}

/** Continues what other programs began, and they what we began, on discs of every kind: the other side of ../programs/agent. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MEDIA_TYPES } from '../../../src/virtual'
import { newDisc, type ServedDrive } from '../programs/drives'
import { Results } from '../programs/results'
import { EXCHANGE_PROGRAMS, type ExchangeProgram, type SessionSource } from './exchange-programs'
import { mountAndCompare } from './mounted'
import { Orders } from './orders'
import { inMachine, type SuiteContext } from './suite'

const folder = process.argv[2]!
const SHELLS = 4
/** Kinds of media and programs, as regular expressions, for whoever repeats a part. */
const types = new RegExp(process.env['RECORDING_TYPES'] ?? '.')
const programs = new RegExp(process.env['RECORDING_PROGRAMS'] ?? '.')

const results = new Results('exchange')
const orders = new Orders()

const source = (number: number): SessionSource => ({
  tree: join(folder, `tree${number}`),
  image: join(folder, `image${number}.iso`),
})

/** The program that is first to meet a kind of medium. */
const FIRST_PROGRAM = new Map(
  [...EXCHANGE_PROGRAMS]
    .reverse()
    .flatMap(program => [...program.types, ...(program.firstOnly ?? [])].map(type => [type, program])),
)

/** What was sent while something is recorded, cut out of its drive's transcript. */
async function transcriptOf(traces: string, { type }: ServedDrive, record: () => Promise<void>): Promise<string> {
  const whole = join(traces, `${type}.jsonl`)
  const before = statSync(whole).size
  await record()
  return readFileSync(whole).subarray(before).toString('utf8')
}

/** Sessions by turns; after each, the kernel mounts the disc and finds all that was recorded. */
async function byTurns(
  { machine, recorder, checks, traces }: SuiteContext,
  served: ServedDrive,
  program: ExchangeProgram,
  turns: readonly ('ours' | 'theirs')[],
): Promise<void> {
  const { type, block, generic } = served
  const named = turns.map(turn => (turn === 'ours' ? 'ours' : program.name)).join(', ')
  const isRight = await checks.that(`${type}: ${named}`, async () => {
    await served.insert({ ...newDisc(type), ...(turns.includes('theirs') && program.discs?.[type]) })
    for (const [index, turn] of turns.entries()) {
      const session = source(index + 1)
      const transcript = await transcriptOf(traces, served, async () => {
        if (turn === 'ours') {
          await recorder.do({ device: generic, operation: index === 0 ? 'burn' : 'append', sources: [session.tree] })
        } else {
          const line = (index === 0 ? program.first : program.next)(block, type, session)
          const { status, output } = await machine.run(line)
          if (status !== 0) throw new Error(`session ${index + 1}: status ${status}: ${line}\n${output}`)
        }
      })
      // Ours is the same beside each of them, but for discs that had to be formatted for one.
      if (turn === 'theirs') orders.set(type, program.name, index === 0 ? 'first' : 'appended', transcript)
      else if (program === FIRST_PROGRAM.get(type))
        orders.set(type, 'here', index === 0 ? 'first' : 'appended', transcript)
      await recorder.do({ device: block, operation: 'reload' })
      const trees = turns.slice(0, index + 1).map((_, number) => source(number + 1).tree)
      await mountAndCompare(machine, block, trees).catch(error => {
        throw new Error(`after session ${index + 1}: ${error.message}`)
      })
    }
    return 'every file'
  })
  results.set(named, type, isRight ? { result: 'ok' } : { result: 'failed' })
}

async function run(context: SuiteContext): Promise<void> {
  const waiting = [...context.drives.all]
  const one = async (served: ServedDrive) => {
    for (const program of EXCHANGE_PROGRAMS) {
      if (!programs.test(program.name)) continue
      if (program.firstOnly?.includes(served.type)) {
        await byTurns(context, served, program, ['theirs'])
        if (program === FIRST_PROGRAM.get(served.type)) await byTurns(context, served, program, ['ours', 'ours'])
      }
      if (!program.types.includes(served.type)) continue
      await byTurns(context, served, program, ['theirs', 'ours'])
      await byTurns(context, served, program, ['ours', 'theirs', 'ours'])
    }
  }
  await Promise.all(
    Array.from({ length: SHELLS - 1 }, async () => {
      for (let served = waiting.shift(); served; served = waiting.shift()) await one(served)
    }),
  )
  results.document()
  await orders.document(context.machine)
}

const exchanged = new Set(EXCHANGE_PROGRAMS.flatMap(({ types, firstOnly = [] }) => [...types, ...firstOnly]))
void inMachine(
  folder,
  SHELLS,
  MEDIA_TYPES.filter(type => exchanged.has(type) && types.test(type)),
  run,
)

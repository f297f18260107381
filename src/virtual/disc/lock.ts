import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { TransportError } from '../../platform/transport'

interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process began, where the system tells: a number may be given to another process later. */
  readonly started: string | undefined
  readonly command: string
}

/** State files that this process itself holds for writing. */
const heldHere = new Set<string>()

/** Keeps a second writer off a virtual disc: a file beside the state file names the process that has it. */
export class DiscLock {
  private readonly key: string
  private readonly file: string

  private constructor(key: string, file: string) {
    this.key = key
    this.file = file
  }

  /**
   * @throws {TransportError} `TRANSPORT_BUSY` where another opener has the disc for writing; the message says who
   */
  static acquire(statePath: string): DiscLock {
    const key = fs.realpathSync(statePath)
    const file = `${statePath}.lock`
    if (heldHere.has(key)) throw busy(statePath, 'this process itself')
    const own = ownEntry()
    const temporary = `${file}.${process.pid}`
    fs.writeFileSync(temporary, JSON.stringify(own))
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          // A link appears whole or not at all: nobody reads a lock that is half written.
          fs.linkSync(temporary, file)
          break
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= 3) throw error
          const holder = readHolder(file)
          if (holder && isAlive(holder)) throw busy(statePath, `${holder.command} (pid ${holder.pid}, ${holder.host})`)
          fs.rmSync(file, { force: true })
        }
      }
    } finally {
      fs.rmSync(temporary, { force: true })
    }
    heldHere.add(key)
    return new DiscLock(key, file)
  }

  /** Whether somebody has the disc for writing now. */
  static isHeld(statePath: string): boolean {
    if (heldHere.has(fs.realpathSync(statePath))) return true
    const holder = readHolder(`${statePath}.lock`)
    return holder !== undefined && isAlive(holder)
  }

  release(): void {
    heldHere.delete(this.key)
    fs.rmSync(this.file, { force: true })
  }
}

function busy(statePath: string, holder: string): TransportError {
  return new TransportError('TRANSPORT_BUSY', `${statePath} is open for writing already, by ${holder}.`, {
    address: `virtual:${statePath}`,
    hint: 'Close it there first, or open it for reading.',
  })
}

function ownEntry(): Holder {
  return {
    pid: process.pid,
    host: os.hostname(),
    started: startOf(process.pid),
    command: path.basename(process.argv[1] ?? process.argv0),
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isAlive(holder: Holder): boolean {
  // Of a process on another machine nothing can be found out from here: believe its lock.
  if (holder.host !== os.hostname()) return true
  // In this process nobody holds it (that was looked up before): the number was used again.
  if (holder.pid === process.pid) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return holder.started === undefined || startOf(holder.pid) === holder.started
}

/** Start time of a process in clock ticks, as Linux counts it; undefined elsewhere. */
function startOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command in parentheses may hold blanks: count from behind it. starttime is field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

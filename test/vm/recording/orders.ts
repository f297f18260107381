import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MediaType } from '../../../src/virtual'
import type { Machine } from '../programs/machine'
import { orderOfCommands } from './order-of-commands'

const FILE = join(__dirname, 'latest-orders.json')
/** Debian's packages are called as the programs are. */
const PROGRAMS = ['growisofs', 'xorriso', 'cdrskin', 'wodim']

interface Kept {
  versions: Record<string, string>
  readonly orders: Partial<Record<MediaType, Record<string, { first?: string[]; appended?: string[] }>>>
}

/** In which order each program records on each kind of medium: kept between runs, for the pages of the cookbook. */
export class Orders {
  private readonly kept: Kept = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { versions: {}, orders: {} }

  /** @param program  as its package is called; `here` for ours */
  set(type: MediaType, program: string, session: 'first' | 'appended', transcript: string): void {
    this.kept.orders[type] ??= {}
    this.kept.orders[type]![program] ??= {}
    this.kept.orders[type]![program]![session] = orderOfCommands(transcript)
  }

  /** Writes the pages anew. */
  async document(machine: Machine): Promise<void> {
    const { output } = await machine.run(`dpkg-query -Wf '\${Package} \${Version}\\n' ${PROGRAMS.join(' ')}`)
    for (const [program, version] of output
      .trim()
      .split('\n')
      .map(line => line.split(' '))) {
      // What Debian made of it tells nothing here.
      this.kept.versions[program!] = version!.replace(/^\d+:|[-+].*$/g, '')
    }
    writeFileSync(FILE, `${JSON.stringify(this.kept, null, 2)}\n`)
    execFileSync('npx', ['biome', 'format', '--write', FILE], { stdio: 'ignore' })
    execFileSync(process.execPath, [join(__dirname, '../../../scripts/cookbook-orders.cjs')])
  }
}

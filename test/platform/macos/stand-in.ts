import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cString, type Ffi, type FfiName, loadFfi } from '../../../src/platform/ffi'
import { type FrameworkPaths, type Frameworks, loadFrameworks } from '../../../src/platform/macos/frameworks'

const SOURCES = join(__dirname, 'stand-in')
const FLAGS = ['-std=gnu11', '-shared', '-fPIC', '-O1', '-g', '-Wall', '-Wextra', '-Wl,-Bsymbolic', '-lpthread']

/** The C compiler of this machine; undefined where there is none. */
export const compiler = ['cc', 'gcc', 'clang'].find(name => spawnSync(name, ['--version']).status === 0)

/** The stand-in's library, compiled when its sources have changed. */
export function standInLibrary(flags: readonly string[] = []): string {
  const given = process.env['MACOS_STAND_IN_LIBRARY']
  if (given) return given
  const files = readdirSync(SOURCES).map(name => join(SOURCES, name))
  const hash = createHash('sha256').update(JSON.stringify([FLAGS, flags]))
  for (const file of files) hash.update(readFileSync(file))
  const folder = join(__dirname, '../../../.cache/macos-stand-in')
  const library = join(folder, `${hash.digest('hex').slice(0, 16)}.so`)
  if (existsSync(library)) return library
  mkdirSync(folder, { recursive: true })
  const fresh = `${library}.${process.pid}`
  execFileSync(compiler!, [...files.filter(file => file.endsWith('.c')), '-o', fresh, ...FLAGS, ...flags])
  renameSync(fresh, library)
  return library
}

/** Every framework out of the one library. */
export function standInPaths(library = standInLibrary()): FrameworkPaths {
  return { coreFoundation: library, ioKit: library, diskArbitration: library, system: library }
}

/** A command as the stand-in hands it out. */
export interface HandedOut {
  readonly cdb: Uint8Array
  readonly direction: 'none' | 'out' | 'in'
  readonly timeoutMs: number
  readonly data: Uint8Array
  readonly length: number
}

/** What became of it: an IOReturn, the task's status, sense data, data; `failure` is a delivery failure's status. */
export interface HandedBack {
  readonly ioReturn?: number
  readonly failure?: number
  readonly status?: number
  readonly sense?: readonly number[]
  readonly data?: Uint8Array
}

const REQUEST_BYTES = 32
const REPLY_BYTES = 36

/** macOS stood in for: its frameworks through an FFI backend, and a drive behind them whose answers a test makes up. */
export class StandIn {
  readonly frameworks: Frameworks
  answer: (command: HandedOut) => HandedBack | Promise<HandedBack> = () => ({})
  private readonly ffi: Ffi
  private readonly server: Server
  private readonly path: string
  private readonly sockets = new Set<Socket>()
  private static count = 0

  private constructor(ffi: Ffi, server: Server, path: string) {
    this.ffi = ffi
    this.server = server
    this.path = path
    this.frameworks = loadFrameworks(ffi, standInPaths())
    server.on('connection', socket => this.serve(socket))
  }

  static async start(backend: FfiName): Promise<StandIn> {
    const path = join(tmpdir(), `macos-stand-in-${process.pid}-${StandIn.count++}`)
    const server = createServer()
    await new Promise<void>(resolve => server.listen(path, resolve))
    return new StandIn(loadFfi({ ffi: backend }), server, path)
  }

  /** Makes the machine anew: a drive for each list of settings (machine.c), the first answered by {@link answer}. */
  configure(...drives: readonly (readonly string[])[]): void {
    const lines = drives.map((settings, index) =>
      [...settings, ...(index === 0 ? [`backend=socket:${this.path}`] : [])].join('|'),
    )
    this.call('stand_in_configure', cString(lines.join('\n')))
    this.answer = () => ({})
  }

  /** Changes a drive while it is in use. */
  set(index: number, what: 'gone' | 'held', value: boolean): void {
    const library = this.ffi.library([standInLibrary()])
    library
      .function('stand_in_set', { parameters: ['i32', 'pointer', 'i32'], result: 'void' })
      .call(index, cString(what), value ? 1 : 0)
  }

  /** The calls so far that were noted. */
  log(): string[] {
    return this.text('stand_in_log').split('\n').filter(Boolean)
  }

  /** What has not been given back. */
  live(): string {
    return this.text('stand_in_live').trim()
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise(resolve => this.server.close(resolve))
    await this.ffi.close()
  }

  private call(name: string, argument: Uint8Array): void {
    this.ffi
      .library([standInLibrary()])
      .function(name, { parameters: ['pointer'], result: 'void' })
      .call(argument)
  }

  private text(name: string): string {
    const buffer = Buffer.alloc(1 << 16)
    this.ffi
      .library([standInLibrary()])
      .function(name, { parameters: ['pointer', 'size'], result: 'i32' })
      .call(buffer, buffer.length)
    return buffer.toString('utf8', 0, buffer.indexOf(0))
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket)
    let received = Buffer.alloc(0)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      if (received.length < REQUEST_BYTES) return
      const direction = (['none', 'out', 'in'] as const)[received.readUInt32LE(20)]!
      const length = received.readUInt32LE(28)
      if (received.length < REQUEST_BYTES + (direction === 'out' ? length : 0)) return
      const command = {
        cdb: Uint8Array.from(received.subarray(0, received.readUInt32LE(16))),
        direction,
        timeoutMs: received.readUInt32LE(24),
        data: Uint8Array.from(received.subarray(REQUEST_BYTES)),
        length,
      }
      void Promise.resolve(this.answer(command)).then(back => socket.end(encoded(command, back)))
    })
  }
}

function encoded({ direction, length }: HandedOut, back: HandedBack): Buffer {
  const header = Buffer.alloc(REPLY_BYTES)
  const data = direction === 'in' ? (back.data ?? new Uint8Array()).subarray(0, length) : new Uint8Array()
  header.writeUInt32LE((back.ioReturn ?? 0) >>> 0, 0)
  header.writeUInt32LE(back.failure === undefined ? 2 : 1, 4)
  header.writeUInt32LE(back.failure ?? back.status ?? 0, 8)
  header.writeUInt32LE(direction === 'out' ? length : data.length, 12)
  header.set(back.sense ?? [], 16)
  return Buffer.concat([header, data])
}

/** Where the stand-in's own compiler puts the members of each structure; `.` is the whole. */
export function standInStructures(): Record<string, Record<string, number>> {
  const ffi = loadFfi({ ffi: 'koffi' })
  const buffer = Buffer.alloc(1 << 14)
  ffi
    .library([standInLibrary()])
    .function('stand_in_structures', { parameters: ['pointer', 'size'], result: 'i32' })
    .call(buffer, buffer.length)
  const structures: Record<string, Record<string, number>> = {}
  for (const line of buffer.toString('utf8', 0, buffer.indexOf(0)).split('\n').filter(Boolean)) {
    const [structure, member, offset] = line.split(' ') as [string, string, string]
    structures[structure] ??= {}
    structures[structure]![member] = Number(offset)
  }
  return structures
}

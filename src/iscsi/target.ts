import { type AddressInfo, createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import { UsageError } from '../errors'
import type { Transport } from '../platform'
import { isIscsiName } from './iscsi-name'
import { LOGIN_STATUS } from './login-status'
import { DEFAULT_PARAMETERS } from './operational-keys'
import type { PduWriter } from './pdu-writer'
import { BufferPool } from './target/buffer-pool'
import type { ChapPolicy } from './target/chap-exchange'
import { Connection, type ConnectionHost } from './target/connection'
import { SENSE } from './target/housekeeping'
import { LogicalUnit } from './target/logical-unit'
import type { LoginPolicy, LoginResult } from './target/login'
import type { Sequence } from './target/sequence'
import { Session } from './target/session'
import { portal } from './target/text'

const PORT = 3260
const LOOPBACK = '127.0.0.1'
const MAXIMUM_SEGMENT = 262_144
const MAXIMUM_CONNECTIONS = 64
const MAXIMUM_ANONYMOUS_CONNECTIONS = 16
const LOGIN_TIMEOUT_MS = 15_000
const KEEP_ALIVE_MS = 20_000
const LOGOUT_TIMEOUT_MS = 2000

/** A drive on offer. */
export interface ServedUnit {
  readonly transport: Transport
  /** As {@link ServeOptions.access}, for this drive. */
  readonly access?: 'read' | 'write'
}

/** What {@link serve} offers, and to whom. */
export interface ServeOptions {
  /** The drives: the first is LUN 0. They stay the caller's to close. */
  readonly luns: readonly (Transport | ServedUnit)[]
  /** The address to listen at, `127.0.0.1` unless given. */
  readonly host?: string
  /** The port, 3260 unless given; 0 takes a free one. */
  readonly port?: number
  /** The target's name, `iqn.…`. */
  readonly target?: string
  /** Who may log in; without it everybody may. With `target` the target proves itself to initiators that ask. */
  readonly chap?: ChapPolicy
  /**
   * `read`, the default, refuses initiators each command that writes or changes the drive's lasting state, and each one
   * that is unknown, before it reaches the drive.
   */
  readonly access?: 'read' | 'write'
  /** Told of logins, refusals and ends of connections, for logs. */
  readonly onEvent?: (event: TargetEvent) => void
  /** How long a connection may be silent before it is asked whether it is still there; 20 s unless given. */
  readonly keepAliveMs?: number
  /** How long a login may take, 15 s unless given. */
  readonly loginTimeoutMs?: number
  /** How long initiators have to log out when the target closes, 2 s unless given. */
  readonly logoutTimeoutMs?: number
}

/** Something that happened at a target. */
export interface TargetEvent {
  readonly kind: 'login' | 'end'
  /** The other side's address and port. */
  readonly peer: string
  /** Undefined where a connection has ended before its login. */
  readonly initiatorName: string | undefined
  /** Why a connection has ended. */
  readonly reason?: string
}

/** A target that listens. */
export interface Target {
  /** `127.0.0.1:3260`. */
  readonly portal: string
  readonly host: string
  readonly port: number
  /** The target's name. */
  readonly target: string
  readonly luns: readonly { readonly lun: number; readonly address: string }[]
  /** Initiators that are logged in, discovery sessions left out. */
  readonly sessions: readonly { readonly initiatorName: string; readonly isid: string }[]
  /** What is worth saying to whoever has started it. */
  readonly warnings: readonly string[]
  /**
   * Asks all initiators to log out, waits for them a moment, ends all connections and waits for the commands that the
   * drives have begun. May be called twice.
   */
  close(): Promise<void>
}

/**
 * Offers drives as one iSCSI target (RFC 7143): several initiators at once, one connection a session, error recovery
 * level 0. Each drive sees one command at a time.
 *
 * @throws {UsageError} `USAGE_TARGET` for a malformed name, no drives, or too many
 * @throws {Error} the system's error where it cannot listen there
 */
export async function serve(options: ServeOptions): Promise<Target> {
  const target = options.target ?? defaultTargetName()
  if (!isIscsiName(target)) {
    throw new UsageError('USAGE_TARGET', `"${target}" is no iSCSI name.`, {
      hint: 'A name looks like iqn.2026-01.org.example:drive: iqn, year and month, a domain backwards.',
    })
  }
  if (options.luns.length === 0 || options.luns.length > 256) {
    throw new UsageError('USAGE_TARGET', `A target has 1 to 256 drives, not ${options.luns.length}.`)
  }
  const service = new TargetService(target, options)
  await service.listen(options.host ?? LOOPBACK, options.port ?? PORT)
  return service
}

/** A name for targets on this machine. */
function defaultTargetName(): string {
  const machine = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
  return `iqn.2026-01.invalid.scsi-mmc:${machine || 'drive'}`
}

class TargetService implements Target, ConnectionHost {
  readonly target: string
  readonly luns: Target['luns']
  readonly policy: LoginPolicy
  readonly loginTimeoutMs: number
  readonly keepAliveMs: number
  host = ''
  port = 0
  private readonly options: ServeOptions
  private readonly pool = new BufferPool()
  private readonly units: ReadonlyMap<number, LogicalUnit>
  private readonly server: Server
  private readonly connections = new Map<Connection, Session | undefined>()
  private readonly ending = new Set<Promise<void>>()
  private lastTsih = 0
  private closing: Promise<void> | undefined
  private allGone: (() => void) | undefined

  constructor(target: string, options: ServeOptions) {
    this.target = target
    this.options = options
    const served = options.luns.map(unit => ('transport' in unit ? unit : { transport: unit }))
    this.luns = served.map(({ transport }, lun) => ({ lun, address: transport.address }))
    const luns = served.map((_, lun) => lun)
    this.units = new Map(
      served.map(({ transport, access = options.access ?? 'read' }: ServedUnit, number) => [
        number,
        new LogicalUnit({ number, transport, access, pool: this.pool, luns }),
      ]),
    )
    this.policy = {
      targetName: target,
      targetAlias: 'scsi-mmc',
      portalGroupTag: 1,
      chap: options.chap,
      // A WRITE of up to 256 KiB needs no round trip but its own: its data come with the command.
      parameters: {
        ...DEFAULT_PARAMETERS,
        initialR2T: false,
        maxBurstLength: 1_048_576,
        firstBurstLength: MAXIMUM_SEGMENT,
        defaultTime2Retain: 0,
      },
      maxRecvDataSegmentLength: MAXIMUM_SEGMENT,
    }
    this.loginTimeoutMs = options.loginTimeoutMs ?? LOGIN_TIMEOUT_MS
    this.keepAliveMs = options.keepAliveMs ?? KEEP_ALIVE_MS
    this.server = createServer({ allowHalfOpen: true, highWaterMark: 262_144 }, socket => {
      if (this.connections.size >= MAXIMUM_CONNECTIONS || this.anonymous >= MAXIMUM_ANONYMOUS_CONNECTIONS) {
        socket.destroy()
        return
      }
      this.connections.set(new Connection(socket, this), undefined)
    })
  }

  get portal(): string {
    return portal(this.host, this.port)
  }

  get sessions(): Target['sessions'] {
    return [...this.connections.values()].flatMap(session =>
      session && !session.context.login.discovery
        ? [{ initiatorName: session.context.login.initiatorName, isid: session.context.login.isid }]
        : [],
    )
  }

  get warnings(): readonly string[] {
    const reachable = !this.host.startsWith('127.') && this.host !== '::1'
    return reachable && !this.options.chap
      ? [`Everybody who can reach ${this.portal} can use these drives: no credentials are set.`]
      : []
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ host, port }, () => {
        this.server.off('error', reject)
        resolve()
      })
    })
    const address = this.server.address() as AddressInfo
    this.host = address.address
    this.port = address.port
  }

  admit(connection: Connection, login: LoginResult, sequence: Sequence, writer: PduWriter): Session | number {
    const same = [...this.connections].find(
      ([, session]) =>
        session?.context.login.initiatorName === login.initiatorName &&
        session.context.login.isid === login.isid &&
        !session.context.login.discovery,
    )
    if (login.tsih !== 0) {
      if (same?.[1]?.context.tsih !== login.tsih) return LOGIN_STATUS.sessionDoesNotExist
      if (same[1].context.login.connectionId !== login.connectionId) return LOGIN_STATUS.tooManyConnections
    }
    // The same initiator port comes again: the old session is over, whatever it still believes (RFC 7143 6.3.5).
    if (same && !login.discovery) same[0].end('reinstated by a new login')
    const session = new Session({
      login,
      tsih: this.nextTsih(),
      sequence,
      writer,
      pool: this.pool,
      units: this.units,
    })
    this.connections.set(connection, session)
    if (!login.discovery) session.begin(same ? SENSE.nexusLoss : SENSE.powerOn)
    this.options.onEvent?.({ kind: 'login', peer: peerOf(connection), initiatorName: login.initiatorName })
    return session
  }

  disconnectAll(): void {
    for (const connection of [...this.connections.keys()]) connection.end('target cold reset', true)
  }

  closed(connection: Connection, reason: string): void {
    const session = this.connections.get(connection)
    this.connections.delete(connection)
    const ended = connection.ended().finally(() => this.ending.delete(ended))
    this.ending.add(ended)
    this.options.onEvent?.({
      kind: 'end',
      peer: peerOf(connection),
      initiatorName: session?.context.login.initiatorName,
      reason,
    })
    if (this.connections.size === 0) this.allGone?.()
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown()
    return this.closing
  }

  private async shutDown(): Promise<void> {
    const limitMs = this.options.logoutTimeoutMs ?? LOGOUT_TIMEOUT_MS
    const stopped = new Promise<void>(resolve => this.server.close(() => resolve()))
    for (const connection of [...this.connections.keys()]) connection.requestLogout(Math.ceil(limitMs / 1000))
    if (this.connections.size > 0) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, limitMs)
        this.allGone = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    for (const connection of [...this.connections.keys()]) connection.end('the target has closed', true)
    await Promise.all(this.ending)
    await stopped
  }

  private get anonymous(): number {
    return [...this.connections.keys()].filter(connection => connection.anonymous).length
  }

  private nextTsih(): number {
    const used = new Set([...this.connections.values()].map(session => session?.context.tsih))
    do this.lastTsih = (this.lastTsih % 0xffff) + 1
    while (used.has(this.lastTsih))
    return this.lastTsih
  }
}

function peerOf({ socket }: Connection): string {
  return socket.remoteAddress === undefined ? 'gone' : portal(socket.remoteAddress, socket.remotePort ?? 0)
}

import { hostname } from 'node:os'
import { type ScsiRequest, type ScsiResponse, type Transport, TransportError } from '../../platform'
import { type IscsiAddress, parseIscsiAddress } from './address'
import { InitiatorConnection } from './connection'
import type { ConnectionOptions } from './connection-options'
import { LoginRedirect } from './login-phase'

/** Few drives and adapters behind targets take more in one command. */
const MAXIMUM_TRANSFER_BYTES = 262_144
const MAXIMUM_CDB_BYTES = 16
const MAXIMUM_REDIRECTS = 4
const INQUIRY_TIMEOUT_MS = 10_000
/** Peripheral qualifier 011b: the target has nothing at this LUN. */
const NOTHING_THERE = 3

/** How a drive behind a target is opened. */
export interface IscsiOpenOptions {
  /** Our own name, `iqn.…`; else the environment's `SCSI_MMC_INITIATOR_NAME`, else one made from the host's name. */
  readonly initiatorName?: string
  readonly loginTimeoutMs?: number
}

/** A name for this machine as an initiator. */
export function ownInitiatorName(): string {
  const given = process.env['SCSI_MMC_INITIATOR_NAME']
  if (given) return given
  const machine = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
  return `iqn.2026-01.invalid.scsi-mmc:${machine || 'host'}`
}

/** Connects to where a target is, and to where it says that it is now. */
export async function connectTo(options: ConnectionOptions): Promise<InitiatorConnection> {
  let { host, port } = options
  for (let redirects = 0; ; redirects++) {
    try {
      return await InitiatorConnection.open({ ...options, host, port })
    } catch (error) {
      if (!(error instanceof LoginRedirect)) throw error
      const next = parsePortal(error.targetAddress)
      if (!next || redirects >= MAXIMUM_REDIRECTS) {
        const message = `${options.address} sends us on and on: ${error.message}.`
        throw new TransportError('TRANSPORT_FAILED', message, { address: options.address, cause: error })
      }
      ;({ host, port } = next)
    }
  }
}

/** Host and port of a TargetAddress, its portal group tag left out. */
export function parsePortal(targetAddress: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::([0-9]{1,5}))?(?:,[0-9]+)?$/.exec(targetAddress)
  const host = match?.[1] ?? match?.[2]
  return host === undefined ? undefined : { host, port: Number(match?.[3] ?? 3260) }
}

/**
 * A drive behind an iSCSI target. A session that breaks is not made anew behind the caller's back: what the drive was in
 * the middle of is not known then, and whoever burns has to look first.
 */
export class IscsiTransport implements Transport {
  readonly address: string
  readonly limits = { maximumTransferBytes: MAXIMUM_TRANSFER_BYTES, alignmentMask: 0 }
  private readonly lun: number
  private readonly connection: InitiatorConnection
  private last: Promise<unknown> = Promise.resolve()
  private closing: Promise<void> | undefined

  private constructor(address: IscsiAddress, connection: InitiatorConnection) {
    this.address = address.shown
    this.lun = address.lun
    this.connection = connection
  }

  /**
   * Logs in and looks whether there is anything at the LUN.
   *
   * @throws {UsageError} `USAGE_ADDRESS` for a malformed address
   * @throws {TransportError} where the target is not there, does not let us in, or has no such LUN
   */
  static async open(address: string, options: IscsiOpenOptions = {}): Promise<IscsiTransport> {
    const parsed = parseIscsiAddress(address)
    const { host, port, target, shown } = parsed
    const connection = await connectTo({
      ...parsed,
      host,
      port,
      address: shown,
      targetName: target,
      initiatorName: options.initiatorName ?? ownInitiatorName(),
      ...(options.loginTimeoutMs === undefined ? {} : { loginTimeoutMs: options.loginTimeoutMs }),
    })
    const transport = new IscsiTransport(parsed, connection)
    try {
      await transport.checkUnit()
      return transport
    } catch (error) {
      await transport.close()
      throw error
    }
  }

  execute(request: ScsiRequest): Promise<ScsiResponse> {
    const run = this.last.then(() => this.run(request))
    this.last = run.catch(() => undefined)
    return run
  }

  close(): Promise<void> {
    this.closing ??= this.last.then(() => this.connection.close())
    return this.closing
  }

  private async run(request: ScsiRequest): Promise<ScsiResponse> {
    const { cdb, data } = request
    const { address } = this
    if (cdb.length > MAXIMUM_CDB_BYTES || data.length > MAXIMUM_TRANSFER_BYTES) {
      const what =
        cdb.length > MAXIMUM_CDB_BYTES ? `A CDB of ${cdb.length} bytes` : `A transfer of ${data.length} bytes`
      throw new TransportError('TRANSPORT_TOO_LARGE', `${what} is more than iSCSI carries here.`, { address, cdb })
    }
    if (this.closing) throw new TransportError('TRANSPORT_CLOSED', `${address} has been closed.`, { address, cdb })
    const response = await this.connection.execute(this.lun, request)
    if (this.connection.mustLogOut) await this.connection.close()
    return response
  }

  private async checkUnit(): Promise<void> {
    const data = new Uint8Array(36)
    const cdb = Uint8Array.of(0x12, 0, 0, 0, data.length, 0)
    const response = await this.execute({ cdb, direction: 'in', data, timeoutMs: INQUIRY_TIMEOUT_MS })
    if (response.status !== 0 || response.transferredBytes === 0 || data[0]! >> 5 !== NOTHING_THERE) return
    throw new TransportError('TRANSPORT_NO_SUCH_DEVICE', `The target has no LUN ${this.lun}.`, {
      address: this.address,
      hint: 'Targets number their drives from 0 or from 1 on: try the other.',
    })
  }
}

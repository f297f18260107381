import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { asError } from '../../errors'
import type { ScsiRequest, ScsiResponse } from '../../platform'
import { TransportError } from '../../platform'
import { encodeLun } from '../lun'
import {
  asynchronousMessagePdu,
  basicHeader,
  dataInPdu,
  NO_TAG,
  nopInPdu,
  OPCODE,
  readyToTransferPdu,
  rejectPdu,
  scsiResponsePdu,
  taskManagementResponsePdu,
  textResponsePdu,
} from '../pdu'
import { PduReader } from '../pdu-reader'
import { PduWriter } from '../pdu-writer'
import { decodeTextList, encodeTextKeys } from '../text-keys'
import { CommandNumbers } from './command-numbers'
import { fromSystem } from './connection-failure'
import type { ConnectionOptions } from './connection-options'
import { InitiatorLogin, type LoginStep, OWN_MAX_RECV_DATA_SEGMENT_LENGTH } from './login'
import { logIn } from './login-phase'
import { OutstandingRequests, type Waiting } from './outstanding-requests'
import { encodeAbort, encodeCommand, encodeLoginRequest, encodeLogout, encodeNopAnswer, encodeText } from './requests'
import { ProtocolFault, ScsiExchange } from './scsi-exchange'

const LOGIN_TIMEOUT_MS = 15_000
/** How long a target may take to abort a command or to log out. */
const ABORT_TIMEOUT_MS = 10_000
const LOGOUT_TIMEOUT_MS = 2_000
const TCP_KEEP_ALIVE_MS = 15_000
const MAXIMUM_TEXT_BYTES = 1_048_576

/** One logged-in iSCSI connection, which is a session's only one (error recovery level 0). */
export class InitiatorConnection {
  private readonly options: ConnectionOptions
  private readonly socket: Socket
  private readonly reader: PduReader
  private readonly writer: PduWriter
  private readonly login: InitiatorLogin
  private readonly isid = Buffer.concat([Uint8Array.of(0x80), randomBytes(3), Uint8Array.of(0, 0)])
  private readonly outstanding: OutstandingRequests
  private readonly numbers = new CommandNumbers()
  private lost: TransportError | undefined
  private logoutWanted = false
  private loggingIn: Waiting | undefined

  private constructor(options: ConnectionOptions) {
    this.options = options
    this.login = new InitiatorLogin(options)
    this.outstanding = new OutstandingRequests(options.address)
    this.socket = connect({ host: options.host, port: options.port, noDelay: true })
    this.socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS)
    this.reader = new PduReader(this, OWN_MAX_RECV_DATA_SEGMENT_LENGTH)
    this.writer = new PduWriter(this.socket)
    this.socket.on('data', chunk => this.take(chunk))
    this.socket.on('error', error => this.lose(fromSystem(error, this.options)))
    this.socket.on('close', () => this.lose(this.gone('The target has closed the connection.')))
  }

  /**
   * Connects and logs in.
   *
   * @throws {TransportError} where that fails
   * @throws {LoginRedirect} where the target has moved
   */
  static async open(options: ConnectionOptions): Promise<InitiatorConnection> {
    const connection = new InitiatorConnection(options)
    const limitMs = options.loginTimeoutMs ?? LOGIN_TIMEOUT_MS
    const timer = setTimeout(() => {
      connection.lose(
        new TransportError('TRANSPORT_TIMEOUT', `${options.address} did not let us in within ${limitMs} ms.`, {
          address: options.address,
          hint: 'Check host and port, and that a target listens there.',
        }),
      )
    }, limitMs)
    try {
      await connection.logIn()
      return connection
    } catch (error) {
      connection.socket.destroy()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Why the connection is of no use any more; undefined while it is. */
  get failure(): TransportError | undefined {
    return this.lost
  }

  /** True once the target has asked for a logout. */
  get mustLogOut(): boolean {
    return this.logoutWanted
  }

  /**
   * Runs one SCSI command.
   *
   * @throws {TransportError} `TRANSPORT_TIMEOUT` after its time limit, when the target has aborted it or could not;
   *   `TRANSPORT_DEVICE_GONE` where the connection broke
   */
  async execute(lun: number, request: ScsiRequest): Promise<ScsiResponse> {
    const deadline = Date.now() + request.timeoutMs
    await this.window(deadline, request)
    const cmdSN = this.numbers.next()
    const initiatorTaskTag = this.numbers.tag()
    const { parameters, peerMaxRecvDataSegmentLength } = this.login
    const context = {
      writer: this.writer,
      parameters,
      peerMaxRecvDataSegmentLength,
      expStatSN: () => this.numbers.expStatSN,
    }
    let timer: NodeJS.Timeout | undefined
    let exchange: ScsiExchange | undefined
    try {
      return await new Promise<ScsiResponse>((resolve, reject) => {
        const command = { request, initiatorTaskTag, cmdSN, lun: encodeLun(lun) }
        exchange = new ScsiExchange(context, command, resolve)
        this.outstanding.begin(exchange, reject)
        timer = setTimeout(() => void this.abort(exchange!, reject), Math.max(1, deadline - Date.now()))
        this.sendCommand(exchange)
      })
    } finally {
      clearTimeout(timer)
      this.outstanding.end(initiatorTaskTag)
    }
  }

  /** Sends keys in a text request and resolves to the answer's. */
  async text(keys: readonly (readonly [string, string])[]): Promise<[string, string][]> {
    const parts: Uint8Array[] = []
    let targetTransferTag = NO_TAG
    for (let length = 0; length <= MAXIMUM_TEXT_BYTES; ) {
      const initiatorTaskTag = this.numbers.tag()
      const header = encodeText(this.numbers.immediate(initiatorTaskTag), targetTransferTag)
      const [answer, data] = await this.ask(
        initiatorTaskTag,
        header,
        parts.length === 0 ? encodeTextKeys(keys) : undefined,
      )
      const response = textResponsePdu.decodeComplete(answer)!
      parts.push(data)
      length += data.length
      if (response.final) return decodeTextList(Buffer.concat(parts))
      targetTransferTag = response.targetTransferTag
    }
    throw new TransportError('TRANSPORT_FAILED', 'The target sends text without end.', {
      address: this.options.address,
    })
  }

  /** Logs out and closes the connection. May be called twice, and after the connection was lost. */
  async close(): Promise<void> {
    if (!this.lost) {
      const initiatorTaskTag = this.numbers.tag()
      const header = encodeLogout(this.numbers.immediate(initiatorTaskTag))
      const timer = setTimeout(() => this.socket.destroy(), LOGOUT_TIMEOUT_MS)
      // A target that hangs up instead of answering has logged us out just as well.
      await this.ask(initiatorTaskTag, header).catch(asError)
      clearTimeout(timer)
    }
    this.lose(new TransportError('TRANSPORT_CLOSED', 'The connection was closed.', { address: this.options.address }))
  }

  destination(header: Uint8Array, length: number): Uint8Array | undefined {
    if ((header[0]! & 0x3f) !== OPCODE.dataIn) return undefined
    const { initiatorTaskTag } = basicHeader.decodeComplete(header)!
    return this.outstanding.exchange(initiatorTaskTag)?.destination(header, length)
  }

  receive(header: Uint8Array, data: Uint8Array): void {
    const { opcode, initiatorTaskTag } = basicHeader.decodeComplete(header)!
    if (this.loggingIn) {
      this.loggingIn.resolve(header, data)
      return
    }
    this.numbers.take(header, opcode)
    const exchange = this.outstanding.exchange(initiatorTaskTag)
    switch (opcode) {
      case OPCODE.dataIn:
        exchange?.takeData(dataInPdu.decodeComplete(header)!, data.length)
        return
      case OPCODE.scsiResponse: {
        const response = scsiResponsePdu.decodeComplete(header)!
        if (response.response === 0) exchange?.takeResponse(response, data)
        else {
          const message = `The target failed to carry the command out (response ${response.response}).`
          this.outstanding.fail(initiatorTaskTag, message, true)
        }
        return
      }
      case OPCODE.readyToTransfer:
        exchange?.takeReadyToTransfer(readyToTransferPdu.decodeComplete(header)!)
        return
      case OPCODE.nopIn:
        this.takeNop(header, data)
        return
      case OPCODE.asynchronousMessage:
        this.takeMessage(header)
        return
      case OPCODE.reject:
        this.takeReject(header, data)
        return
      case OPCODE.taskManagementResponse:
      case OPCODE.textResponse:
      case OPCODE.logoutResponse:
        this.outstanding.answer(initiatorTaskTag, header, data)
        return
      default:
        throw new ProtocolFault(`a PDU of unknown kind (${opcode.toString(16)}h)`)
    }
  }

  private async logIn(): Promise<void> {
    await logIn(this.login, this.numbers, this.options, step => this.loginExchange(step))
    const { headerDigest, dataDigest } = this.login.parameters
    this.reader.headerDigest = this.writer.headerDigest = headerDigest === 'CRC32C'
    this.reader.dataDigest = this.writer.dataDigest = dataDigest === 'CRC32C'
    this.loggingIn = undefined
  }

  private loginExchange(step: LoginStep): Promise<[Uint8Array, Uint8Array]> {
    if (this.lost) throw this.lost
    return new Promise((resolve, reject) => {
      this.loggingIn = {
        resolve: (header, data) => {
          const { opcode } = basicHeader.decodeComplete(header)!
          if (opcode === OPCODE.loginResponse) resolve([Uint8Array.from(header), Uint8Array.from(data)])
          else reject(this.gone('What answers there does not speak iSCSI.'))
        },
        reject,
      }
      this.writer.write(encodeLoginRequest(this.numbers.immediate(0), this.isid, step), step.text)
    })
  }

  private sendCommand(exchange: ScsiExchange): void {
    const { request, initiatorTaskTag, cmdSN, lun } = exchange
    const { immediate, unsolicited } = exchange.firstBurst
    const command = { lun, cdb: request.cdb, direction: request.direction, length: request.data.length }
    exchange.write(
      encodeCommand({ ...this.numbers.immediate(initiatorTaskTag), cmdSN }, { ...command, final: unsolicited === 0 }),
      immediate > 0 ? request.data.subarray(0, immediate) : undefined,
    )
    exchange.sendUnsolicited()
  }

  /** Waits until the target takes one more command. */
  private async window(deadline: number, { cdb }: ScsiRequest): Promise<void> {
    if (this.lost) throw this.lost
    while (!this.numbers.isOpen) {
      await this.numbers.wait(deadline - Date.now())
      if (this.lost) throw this.lost
      if (Date.now() < deadline) continue
      const { address } = this.options
      throw new TransportError('TRANSPORT_TIMEOUT', 'The target took no command in time.', { address, cdb })
    }
  }

  /** Takes a command back whose time is up. It may have been carried out all the same. */
  private async abort(exchange: ScsiExchange, reject: (error: Error) => void): Promise<void> {
    const { address } = this.options
    const { cdb, timeoutMs } = exchange.request
    const error = new TransportError('TRANSPORT_TIMEOUT', `The drive gave no answer within ${timeoutMs} ms.`, {
      address,
      cdb,
      mayHaveRun: true,
    })
    const initiatorTaskTag = this.numbers.tag()
    const header = encodeAbort(this.numbers.immediate(initiatorTaskTag), exchange)
    const timer = setTimeout(
      () => this.lose(this.gone('The target neither answered a command nor aborted it.')),
      ABORT_TIMEOUT_MS,
    )
    try {
      const [answer] = await this.ask(initiatorTaskTag, header)
      const { response } = taskManagementResponsePdu.decodeComplete(answer)!
      // 1: the target knows no such task, it has ended or never came.
      if (response > 1) this.lose(this.gone(`The target could not abort a command (response ${response}).`))
    } catch {
      // The connection is lost, and every later command says so; this one's time was up before.
    } finally {
      clearTimeout(timer)
      reject(error)
    }
  }

  private ask(initiatorTaskTag: number, header: Uint8Array, data?: Uint8Array): Promise<[Uint8Array, Uint8Array]> {
    if (this.lost) return Promise.reject(this.lost)
    const answer = this.outstanding.ask(initiatorTaskTag)
    this.writer.write(header, data)
    return answer
  }

  private takeNop(header: Uint8Array, data: Uint8Array): void {
    const ping = nopInPdu.decodeComplete(header)!
    if (ping.targetTransferTag === NO_TAG) return
    this.writer.write(
      encodeNopAnswer(this.numbers.immediate(NO_TAG), ping),
      Uint8Array.from(data.subarray(0, this.login.peerMaxRecvDataSegmentLength)),
    )
  }

  private takeMessage(header: Uint8Array): void {
    const { event } = asynchronousMessagePdu.decodeComplete(header)!
    const [LOGOUT, DROPS_CONNECTION, DROPS_ALL, RENEGOTIATE, TASKS_TERMINATED] = [1, 2, 3, 4, 5]
    if (event === DROPS_CONNECTION || event === DROPS_ALL) {
      this.lose(this.gone('The target has announced that it drops the connection.'))
    }
    // What was agreed on cannot be renegotiated half-way through a burn: a new login is the honest answer.
    if (event === LOGOUT || event === RENEGOTIATE) {
      this.logoutWanted = true
      if (this.outstanding.commands === 0) void this.close()
    }
    if (event === TASKS_TERMINATED) this.outstanding.failAll('The target has terminated all tasks.')
  }

  private takeReject(header: Uint8Array, data: Uint8Array): void {
    const { reason } = rejectPdu.decodeComplete(header)!
    const rejected = basicHeader.decodeComplete(data)
    if (!rejected) throw new ProtocolFault('a Reject without the header that it is about')
    const { initiatorTaskTag } = rejected
    const says = `The target rejected the command (reason ${reason.toString(16).padStart(2, '0')}h).`
    this.outstanding.fail(initiatorTaskTag, says, false)
    this.outstanding.refuse(initiatorTaskTag, this.gone('The target rejected a request.'))
  }

  private take(chunk: Uint8Array): void {
    if (this.lost) return
    try {
      this.reader.push(chunk)
    } catch (error) {
      const { address } = this.options
      const message = `The target has broken the protocol: ${asError(error).message}.`
      this.lose(new TransportError('TRANSPORT_DEVICE_GONE', message, { address, cause: error }))
    }
  }

  private gone(message: string): TransportError {
    const { address } = this.options
    return new TransportError('TRANSPORT_DEVICE_GONE', message, { address, hint: 'Open the drive again.' })
  }

  /** The end: whoever waits is told. */
  private lose(error: TransportError): void {
    if (this.lost) return
    this.lost = error
    this.socket.destroy()
    this.outstanding.lose(error)
    this.loggingIn?.reject(error)
    this.numbers.wake()
  }
}

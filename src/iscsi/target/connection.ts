import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import { asError } from '../../errors'
import { LOGIN_STATUS, loginStatusName } from '../login-status'
import { MAXIMUM_SEGMENT_BYTES, MINIMUM_SEGMENT_BYTES } from '../operational-keys'
import {
  asynchronousMessagePdu,
  basicHeader,
  loginRequestPdu,
  loginResponsePdu,
  logoutRequestPdu,
  logoutResponsePdu,
  NO_TAG,
  nopInPdu,
  nopOutPdu,
  OPCODE,
  taskManagementRequestPdu,
  textRequestPdu,
  textResponsePdu,
} from '../pdu'
import { PduError, PduReader } from '../pdu-reader'
import { PduWriter } from '../pdu-writer'
import { decodeTextKeys, encodeTextKeys, parseNumber, TextError } from '../text-keys'
import { type LoginPolicy, type LoginResult, TargetLogin } from './login'
import { Sequence } from './sequence'
import { REJECT, type Session } from './session'
import { manageTasks } from './task-management'
import { answerText } from './text'

/** Longest data segment before login has ended (RFC 7143 13.12). */
const LOGIN_SEGMENT_BYTES = 8192
const MAXIMUM_TEXT_BYTES = 65_536
/** Answers to a peer that reads none of them: beyond it nothing more is read from the peer either. */
const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024
const MAXIMUM_PENDING_FUNCTIONS = 64

/** What a connection needs of its target. */
export interface ConnectionHost {
  readonly policy: LoginPolicy
  readonly loginTimeoutMs: number
  readonly keepAliveMs: number
  /**
   * Lets a login in: finds or makes its session.
   *
   * @returns a login status, or the session
   */
  admit(connection: Connection, login: LoginResult, sequence: Sequence, writer: PduWriter): Session | number
  disconnectAll(): void
  closed(connection: Connection, reason: string): void
}

/** One TCP connection to the target: login, then the PDUs of full feature phase. */
export class Connection {
  readonly socket: Socket
  private readonly host: ConnectionHost
  private readonly reader: PduReader
  private readonly writer: PduWriter
  private login: TargetLogin | undefined
  private result: LoginResult | undefined
  private session: Session | undefined
  private sequence: Sequence | undefined
  private timer: NodeJS.Timeout
  private heard = false
  private pinged = false
  private over = false
  private text: Uint8Array[] = []
  private pendingFunctions = 0

  constructor(socket: Socket, host: ConnectionHost) {
    this.socket = socket
    this.host = host
    this.login = new TargetLogin(host.policy)
    this.reader = new PduReader(this, LOGIN_SEGMENT_BYTES)
    this.writer = new PduWriter(socket)
    this.timer = setTimeout(() => this.end('no login in time'), host.loginTimeoutMs)
    socket.setNoDelay(true)
    socket.on('data', chunk => this.take(chunk))
    socket.on('end', () => this.end('closed by the initiator'))
    socket.on('error', error => this.end(error.message))
    socket.on('close', () => this.end('closed'))
  }

  /** True until a login has succeeded. */
  get anonymous(): boolean {
    return this.result === undefined
  }

  get loggedIn(): LoginResult | undefined {
    return this.result
  }

  /** Asks the initiator to log out (RFC 7143 11.9.1, event 1). */
  requestLogout(seconds: number): void {
    if (!this.sequence || this.anonymous) {
      this.end('the target is closing')
      return
    }
    this.writer.write(
      asynchronousMessagePdu.encode({
        opcode: OPCODE.asynchronousMessage,
        final: true,
        initiatorTaskTag: NO_TAG,
        ...this.sequence.withStatus(),
        event: 1,
        parameter3: seconds,
      }),
    )
  }

  /** Ends the connection and its session, once. */
  end(reason: string, flush = false): void {
    if (this.over) return
    this.over = true
    clearTimeout(this.timer)
    if (flush) this.socket.end(() => this.socket.destroy())
    else this.socket.destroy()
    void this.session?.end()
    this.host.closed(this, reason)
  }

  /** Resolves when the session's last command has left the drive. */
  async ended(): Promise<void> {
    await this.session?.end()
  }

  destination(header: Uint8Array, length: number): Uint8Array | undefined {
    const opcode = header[0]! & 0x3f
    const moves = opcode === OPCODE.dataOut || opcode === OPCODE.scsiCommand
    return moves && !this.over ? this.session?.destination(header, length) : undefined
  }

  receive(header: Uint8Array, data: Uint8Array): void {
    if (this.over) return
    const { opcode, immediate } = basicHeader.decodeComplete(header)!
    if (this.login) {
      if (opcode === OPCODE.loginRequest) this.takeLogin(header, data)
      else this.end('a PDU before login')
      return
    }
    if (!this.session || !this.sequence) return
    if (opcode === OPCODE.dataOut) {
      this.session.takeData(header, data)
      return
    }
    if (!immediate && NUMBERED.has(opcode)) {
      const { cmdSN } = nopOutPdu.decodeComplete(header)!
      const verdict = this.sequence.admit(cmdSN)
      if (verdict === 'hole') {
        this.session.reject(REJECT.protocolError, header)
        this.end('commands out of order', true)
        return
      }
      if (verdict === 'outside') {
        this.session.ignoreCommand()
        return
      }
    }
    this.dispatch(this.session, this.sequence, opcode, header, data)
  }

  private dispatch(session: Session, sequence: Sequence, opcode: number, header: Uint8Array, data: Uint8Array): void {
    const { discovery } = session.context.login
    switch (opcode) {
      case OPCODE.scsiCommand:
        if (discovery) {
          session.ignoreCommand()
          session.reject(REJECT.protocolError, header)
        } else session.takeCommand(header, data)
        return
      case OPCODE.taskManagementRequest:
        this.takeFunction(session, header)
        return
      case OPCODE.textRequest:
        this.takeText(session, sequence, header, data)
        return
      case OPCODE.nopOut:
        this.takeNop(session, sequence, header, data)
        return
      case OPCODE.logoutRequest:
        this.takeLogout(sequence, header)
        return
      case OPCODE.loginRequest:
        session.reject(REJECT.protocolError, header)
        this.end('a login in full feature phase', true)
        return
      default:
        session.reject(REJECT.commandNotSupported, header)
    }
  }

  private take(chunk: Uint8Array): void {
    if (this.over) return
    this.heard = true
    try {
      this.reader.push(chunk)
    } catch (error) {
      if (error instanceof PduError && error.fault === 'data-digest') {
        this.session?.reject(REJECT.dataDigestError, error.header)
      }
      this.end(asError(error).message, true)
    }
    if (!this.over && this.writer.pendingBytes > OUTPUT_LIMIT_BYTES) {
      this.socket.pause()
      this.socket.once('drain', () => this.socket.resume())
    }
  }

  private takeLogin(header: Uint8Array, data: Uint8Array): void {
    const request = loginRequestPdu.decodeComplete(header)!
    this.sequence ??= new Sequence(request.cmdSN, randomInt(0x7fffffff))
    const answer = this.login!.step(request, data)
    const isid = Uint8Array.from(request.isid)
    const { initiatorTaskTag, tsih } = request
    const reply = (status: number, newTsih: number) =>
      this.writer.write(
        loginResponsePdu.encode({
          opcode: OPCODE.loginResponse,
          final: status === 0 && answer.transit,
          currentStage: answer.currentStage,
          nextStage: status === 0 ? answer.nextStage : 0,
          isid,
          tsih: newTsih,
          initiatorTaskTag,
          ...this.sequence!.withStatus(),
          statusClass: status >> 8,
          statusDetail: status & 0xff,
        }),
        status === 0 ? answer.text : undefined,
      )
    if (answer.result) {
      this.login = undefined
      this.enter(answer.result, reply)
      return
    }
    reply(answer.status, tsih)
    if (answer.status !== LOGIN_STATUS.success) this.refuse(answer.status)
  }

  private refuse(status: number): void {
    this.end(`login refused: ${loginStatusName(status)}`, true)
  }

  private enter(result: LoginResult, reply: (status: number, tsih: number) => void): void {
    const admitted = this.host.admit(this, result, this.sequence!, this.writer)
    if (typeof admitted === 'number') {
      reply(admitted, result.tsih)
      this.refuse(admitted)
      return
    }
    reply(LOGIN_STATUS.success, admitted.context.tsih)
    this.session = admitted
    this.result = result
    this.reader.maximumDataSegmentBytes = this.host.policy.maxRecvDataSegmentLength
    const { headerDigest, dataDigest } = result.parameters
    this.reader.headerDigest = this.writer.headerDigest = headerDigest === 'CRC32C'
    this.reader.dataDigest = this.writer.dataDigest = dataDigest === 'CRC32C'
    clearTimeout(this.timer)
    this.timer = setInterval(() => this.keepAlive(), this.host.keepAliveMs)
  }

  /** A peer that says nothing is asked; one that does not answer is gone. */
  private keepAlive(): void {
    if (this.heard) {
      this.heard = false
      this.pinged = false
      return
    }
    if (this.pinged) {
      // Where this process itself stood still, the answer has arrived and is not read yet: that comes first.
      setImmediate(() => {
        if (!this.heard) this.end('no answer to NOP-In')
      })
      return
    }
    this.pinged = true
    this.writer.write(
      nopInPdu.encode({
        opcode: OPCODE.nopIn,
        final: true,
        initiatorTaskTag: NO_TAG,
        targetTransferTag: randomInt(0x7fffffff),
        ...this.sequence!.withoutStatus(),
      }),
    )
  }

  private takeNop(session: Session, sequence: Sequence, header: Uint8Array, data: Uint8Array): void {
    const { initiatorTaskTag, lun } = nopOutPdu.decodeComplete(header)!
    // It answers a NOP-In of ours, or wants no answer.
    if (initiatorTaskTag === NO_TAG) return
    const longest = session.context.login.peerMaxRecvDataSegmentLength
    this.writer.write(
      nopInPdu.encode({
        opcode: OPCODE.nopIn,
        final: true,
        lun,
        initiatorTaskTag,
        targetTransferTag: NO_TAG,
        ...sequence.withStatus(),
      }),
      Uint8Array.from(data.subarray(0, longest)),
    )
  }

  private takeText(session: Session, sequence: Sequence, header: Uint8Array, data: Uint8Array): void {
    const request = textRequestPdu.decodeComplete(header)!
    this.text.push(Uint8Array.from(data))
    const bytes = Buffer.concat(this.text)
    if (bytes.length > MAXIMUM_TEXT_BYTES) {
      session.reject(REJECT.protocolError, header)
      this.end('a text without end', true)
      return
    }
    const reply = (final: boolean, text: Uint8Array) =>
      this.writer.write(
        textResponsePdu.encode({
          opcode: OPCODE.textResponse,
          final,
          lun: request.lun,
          initiatorTaskTag: request.initiatorTaskTag,
          targetTransferTag: final ? NO_TAG : 1,
          ...sequence.withStatus(),
        }),
        text,
      )
    if (request.continues) {
      reply(false, new Uint8Array())
      return
    }
    this.text = []
    try {
      const pairs = decodeTextKeys(bytes)
      const { targetName, portalGroupTag } = this.host.policy
      const { discovery } = session.context.login
      const { localAddress: address = '', localPort: port = 0 } = this.socket
      this.takeDeclaration(session, pairs.get('MaxRecvDataSegmentLength'))
      reply(request.final, encodeTextKeys(answerText(pairs, { targetName, portalGroupTag, discovery, address, port })))
    } catch (error) {
      if (!(error instanceof TextError)) throw error
      session.reject(REJECT.protocolError, header)
    }
  }

  private takeDeclaration(session: Session, value: string | undefined): void {
    const length = value === undefined ? undefined : parseNumber(value)
    if (length === undefined || length < MINIMUM_SEGMENT_BYTES || length > MAXIMUM_SEGMENT_BYTES) return
    session.segmentBytes = length
  }

  private takeFunction(session: Session, header: Uint8Array): void {
    if (session.context.login.discovery) {
      session.reject(REJECT.protocolError, header)
      return
    }
    if (this.pendingFunctions >= MAXIMUM_PENDING_FUNCTIONS) {
      session.reject(REJECT.tooManyImmediateCommands, header)
      return
    }
    this.pendingFunctions++
    const request = taskManagementRequestPdu.decodeComplete(header)!
    void manageTasks(session, request, () => this.host.disconnectAll()).finally(() => this.pendingFunctions--)
  }

  private takeLogout(sequence: Sequence, header: Uint8Array): void {
    const { initiatorTaskTag, reason, connectionId } = logoutRequestPdu.decodeComplete(header)!
    const [CLOSED, CID_NOT_FOUND, RECOVERY_NOT_SUPPORTED] = [0, 1, 2]
    const other = reason === 1 && connectionId !== this.result?.connectionId
    const response = reason === 2 ? RECOVERY_NOT_SUPPORTED : other ? CID_NOT_FOUND : CLOSED
    const { defaultTime2Wait } = this.host.policy.parameters
    this.writer.write(
      logoutResponsePdu.encode({
        opcode: OPCODE.logoutResponse,
        final: true,
        response,
        initiatorTaskTag,
        ...sequence.withStatus(),
        time2Wait: defaultTime2Wait,
      }),
    )
    if (response === CLOSED) this.end('logged out', true)
  }
}

/** PDUs that bear a CmdSN. */
const NUMBERED: ReadonlySet<number> = new Set([
  OPCODE.nopOut,
  OPCODE.scsiCommand,
  OPCODE.taskManagementRequest,
  OPCODE.textRequest,
  OPCODE.logoutRequest,
])

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { loginRequestPdu, loginResponsePdu, OPCODE, scsiCommandPdu } from '../../src/iscsi/pdu'
import { PduReader } from '../../src/iscsi/pdu-reader'
import { encodeTextKeys } from '../../src/iscsi/text-keys'
import { TARGET } from './loopback'

export interface Pdu {
  readonly opcode: number
  readonly header: Uint8Array
  readonly data: Uint8Array
}

/** An initiator without a mind of its own: sends what it is told, right or wrong, and shows what comes. */
export class RawInitiator {
  readonly socket: Socket
  cmdSN = 100
  private readonly arrived: Pdu[] = []
  private readonly waiting: ((pdu: Pdu | undefined) => void)[] = []
  private ended = false

  private constructor(socket: Socket) {
    this.socket = socket
    const reader = new PduReader(
      {
        destination: () => undefined,
        receive: (header, data) => {
          const pdu = { opcode: header[0]! & 0x3f, header: Uint8Array.from(header), data: Uint8Array.from(data) }
          const next = this.waiting.shift()
          if (next) next(pdu)
          else this.arrived.push(pdu)
        },
      },
      0xffffff,
    )
    socket.on('data', chunk => reader.push(chunk))
    socket.on('error', () => this.end())
    socket.on('close', () => this.end())
    socket.on('end', () => this.end())
  }

  static async connect(port: number): Promise<RawInitiator> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new RawInitiator(socket)
  }

  /** Connects and logs in in one step, without authentication. */
  static async login(port: number, keys: Record<string, string> = {}, isid = 1): Promise<RawInitiator> {
    const raw = await RawInitiator.connect(port)
    raw.loginRequest({ isid: Uint8Array.of(0x80, 0, 0, 0, 0, isid) }, { ...NAMES, ...keys })
    const pdu = await raw.next()
    const { statusClass } = loginResponsePdu.decodeComplete(pdu!.header)!
    if (statusClass !== 0) throw new Error(`login status class ${statusClass}`)
    return raw
  }

  /** The next PDU from the target; undefined where it has closed the connection instead. */
  next(): Promise<Pdu | undefined> {
    const pdu = this.arrived.shift()
    if (pdu || this.ended) return Promise.resolve(pdu)
    return new Promise(resolve => this.waiting.push(resolve))
  }

  /** A PDU; the header's length of data is filled in. */
  send(header: Uint8Array, data: Uint8Array = new Uint8Array()): void {
    header[5] = data.length >> 16
    header[6] = (data.length >> 8) & 0xff
    header[7] = data.length & 0xff
    this.socket.write(Buffer.concat([header, data, new Uint8Array(-data.length & 3)]))
  }

  loginRequest(
    fields: Parameters<typeof loginRequestPdu.encode>[0],
    keys: Record<string, string>,
    text = encodeTextKeys(Object.entries(keys)),
  ): void {
    const whole = { final: true, currentStage: 1, nextStage: 3, isid: Uint8Array.of(0x80, 0, 0, 0, 0, 1), ...fields }
    const header = loginRequestPdu.encode({
      opcode: OPCODE.loginRequest,
      immediate: true,
      cmdSN: this.cmdSN,
      ...whole,
    })
    this.send(header, text)
  }

  /** A SCSI Command PDU; its number is the next one unless given. */
  command(
    tag: number,
    cdb: readonly number[],
    fields: Parameters<typeof scsiCommandPdu.encode>[0] = {},
    data?: Uint8Array,
  ): void {
    const header = scsiCommandPdu.encode({
      opcode: OPCODE.scsiCommand,
      final: true,
      attribute: 1,
      initiatorTaskTag: tag,
      cmdSN: this.cmdSN,
      cdb: Uint8Array.from(cdb),
      ...fields,
    })
    if (fields.cmdSN === undefined && !fields.immediate) this.cmdSN++
    this.send(header, data)
  }

  close(): void {
    this.socket.destroy()
  }

  private end(): void {
    this.ended = true
    for (const resolve of this.waiting.splice(0)) resolve(undefined)
  }
}

export const NAMES = {
  InitiatorName: 'iqn.2026-01.org.example:raw',
  SessionType: 'Normal',
  TargetName: TARGET,
}

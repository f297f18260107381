import { setTimeout as sleep } from 'node:timers/promises'
import { MediumError, UsageError } from '../errors'
import type { Encodable, Fields, Layout } from '../layout'
import { bytesOf, hex } from '../layout'
import { type Direction, SAM_STATUS, type ScsiResponse, type Transport } from '../platform/transport'
import type { Access, Answer, Command } from './command'
import { accessOf, nameOf, startStopUnit, testUnitReady } from './commands'
import { attribute } from './evidence'
import { ScsiError } from './scsi-error'

/** What a command may be given besides its fields. */
export interface SendOptions<D extends Fields = Fields> {
  /** Stops before the next command; one under way is never broken off. */
  readonly signal?: AbortSignal
  /** Another time limit than the command's own. */
  readonly timeoutMs?: number
  /** The parameter list or data that go to the drive. */
  readonly data?: Uint8Array | Encodable<D>
}

/** What {@link Drive.sendRaw} gives. */
export interface RawAnswer extends ScsiResponse {
  /** What the drive sent, cut to what was transferred. */
  readonly data: Uint8Array
}

/** How long a drive may take to become ready, and who wants to know. */
export interface WaitOptions {
  readonly signal?: AbortSignal
  /** Longest time to wait, 120 s unless given. */
  readonly limitMs?: number
  /** Told how far a long operation is, 0 to 1; `undefined` where the drive gives no progress. */
  readonly onProgress?: (progress: number | undefined) => void
}

/** Unit attentions that tell of another medium, or of a drive that has forgotten what it was told. */
const MEDIUM_MAY_HAVE_CHANGED = 0x28
const RESET_OCCURRED = 0x29
/** How often one command is repeated because a unit attention came instead of its answer: several may be queued. */
const UNIT_ATTENTIONS_IN_A_ROW = 5
const BUSY_RETRIES = 20
const ABORTED_RETRIES = 3
const UNIT_ATTENTION = 6
const ABORTED_COMMAND = 0xb
/** NOT READY without a reason, or without a reference position: a drive that means it says so longer than this. */
const UNEXPLAINED_LIMIT_MS = 10_000
const READY_LIMIT_MS = 120_000

/**
 * An optical drive: typed commands over a {@link Transport}, with the safety gate, unit attentions and retries.
 *
 * A drive opened with `access: 'read'` refuses, before anything is sent, each command whose definition says that it
 * writes, erases or changes lasting state, and each opcode that it does not know.
 */
export class Drive {
  readonly transport: Transport
  readonly access: Access
  private readonly mediumListeners = new Set<() => void>()
  private readonly recoveryListeners = new Set<(error: ScsiError) => void>()
  private generation = 0

  constructor(transport: Transport, options: { access?: Access } = {}) {
    this.transport = transport
    this.access = options.access ?? 'read'
  }

  get address(): string {
    return this.transport.address
  }

  /** Counts up whenever the medium may be another one than before: what was known of it is void. */
  get mediumGeneration(): number {
    return this.generation
  }

  /** Calls back whenever the medium may have changed; the result ends that. */
  onMediumChange(listener: () => void): () => void {
    this.mediumListeners.add(listener)
    return () => this.mediumListeners.delete(listener)
  }

  /** Counts the medium as changed, for those who know it without being told by the drive (they have ejected it). */
  forgetMedium(): void {
    this.generation++
    for (const listener of this.mediumListeners) listener()
  }

  /** Calls back for each command that was carried out after an error that the drive recovered from; the result ends that. */
  onRecoveredError(listener: (error: ScsiError) => void): () => void {
    this.recoveryListeners.add(listener)
    return () => this.recoveryListeners.delete(listener)
  }

  /** Tells those who listen of a command that was carried out after an error. */
  tellRecoveredError(error: ScsiError): void {
    for (const listener of this.recoveryListeners) listener(error)
  }

  /**
   * Sends one command and decodes what it answers.
   *
   * Where the caller gives no `allocationLength`, the command's first length is asked for, and the whole once more if
   * the reply announces more than that. The `parameterListLength` of a command that sends one need not be given.
   *
   * @throws {ScsiError} where the drive answers with CHECK CONDITION or another status than GOOD
   * @throws {TransportError} where the command did not reach the drive
   * @throws {UsageError} `USAGE_READ_ONLY` where the drive was opened for reading and the command is not harmless
   */
  async send<C extends Fields, R, D extends Fields>(
    command: Command<C, R, D>,
    parameters: Encodable<C> = {},
    options: SendOptions<D> = {},
  ): Promise<Answer<R>> {
    const reply = command.reply as Layout<Fields> | undefined
    const ask = async (given: Encodable<C>, length: number) => {
      const data = command.direction === 'out' ? outgoing(command, options.data) : new Uint8Array(length)
      const counted = command.direction === 'out' && 'parameterListLength' in command.cdb
      const cdb = command.encodeCdb(counted ? { parameterListLength: data.length, ...given } : given)
      const answer = await this.perform(command.name, command.access, cdb, command.direction, data, command, options)
      const received = data.subarray(0, answer.transferredBytes)
      const decoded = reply ? reply.decode(received) : received
      return attribute(decoded, { command: command.name, cdb }) as Answer<R> & object
    }

    if (command.direction !== 'in') return ask(parameters, 0)
    if (command.transferBytes) return ask(parameters, command.transferBytes(parameters))

    const given = (parameters as { allocationLength?: number }).allocationLength
    const first = given ?? command.firstLength ?? reply?.length ?? 0
    const answer = await ask({ ...parameters, allocationLength: first } as Encodable<C>, first)
    const announced = reply?.announcedLength(bytesOf(answer))
    if (given !== undefined || announced === undefined || announced <= first) return answer
    // An odd length is too much for some USB bridges; more than 64 KiB less 2 for some drives.
    const whole = Math.min(announced + (announced & 1), 0xfffe, this.transport.limits.maximumTransferBytes)
    return ask({ ...parameters, allocationLength: Math.min(whole, largestAllocation(command)) } as Encodable<C>, whole)
  }

  /**
   * Sends any CDB. The answer comes as it is, whatever the status; the safety gate holds here, too.
   *
   * @param data  what is sent (`out`), or how many bytes are asked for (`in`)
   */
  async sendRaw(
    cdb: Uint8Array,
    transfer: { direction: Direction; data?: Uint8Array; length?: number; timeoutMs?: number } = { direction: 'none' },
  ): Promise<RawAnswer> {
    this.gate(nameOf(cdb), accessOf(cdb), cdb)
    const data =
      transfer.direction === 'out' ? (transfer.data ?? new Uint8Array()) : new Uint8Array(transfer.length ?? 0)
    const answer = await this.transport.execute({
      cdb,
      direction: transfer.direction,
      data,
      timeoutMs: transfer.timeoutMs ?? 30_000,
    })
    return {
      ...answer,
      data: transfer.direction === 'in' ? data.subarray(0, answer.transferredBytes) : new Uint8Array(),
    }
  }

  /**
   * Waits until the medium can be accessed: through spin-up, calibration and operations that go on after their command
   * (`long` commands). A drive that is stopped is started, if it was opened for writing.
   *
   * @throws {ScsiError} where there is no medium, or the drive says something that waiting does not cure
   * @throws {MediumError} `MEDIUM_NOT_READY` after the limit
   */
  async waitUntilReady(options: WaitOptions = {}): Promise<void> {
    const sending = options.signal ? { signal: options.signal } : {}
    const began = Date.now()
    let started = false
    for (let napMs = 20; ; napMs = Math.min(napMs * 2, 1000)) {
      const error = await this.send(testUnitReady, {}, sending).then(
        () => undefined,
        thrown => thrown,
      )
      if (!error) return
      if (!(error instanceof ScsiError)) throw error
      if (isStopped(error) && this.access === 'write' && !started) {
        started = true
        await this.send(startStopUnit, { immediate: true, start: true }, sending)
        continue
      }
      const waited = Date.now() - began
      const unexplained = isNotReadyUnexplained(error)
      if (!(isBecomingReady(error) || (isStopped(error) && started) || unexplained)) throw error
      if (unexplained && waited >= UNEXPLAINED_LIMIT_MS) throw error
      options.onProgress?.(error.sense?.progress)
      if (waited >= (options.limitMs ?? READY_LIMIT_MS)) {
        throw new MediumError('MEDIUM_NOT_READY', `The drive did not become ready: ${error.sense?.text}.`, {
          cause: error,
          hint: 'Wait for the drive to settle and try again; eject and load the medium if it stays so.',
        })
      }
      await sleep(napMs, undefined, sending)
    }
  }

  /** As data a drive is its address. */
  toJSON(): Record<string, unknown> {
    return { address: this.address }
  }

  async close(): Promise<void> {
    await this.transport.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  private gate(name: string, access: Access | undefined, cdb: Uint8Array): void {
    if (this.access === 'write' || access === 'read') return
    throw new UsageError(
      'USAGE_READ_ONLY',
      access === undefined
        ? `Opcode ${hex(cdb.subarray(0, 1))}h is unknown, and ${this.address} is open for reading only: not sent.`
        : `${name} changes the medium or the drive, and ${this.address} is open for reading only: not sent.`,
      { hint: "Open the drive with access: 'write' (on the command line: --write) if you mean it." },
    )
  }

  private async perform(
    name: string,
    access: Access,
    cdb: Uint8Array,
    direction: Direction,
    data: Uint8Array,
    limits: { readonly timeoutMs: number },
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<ScsiResponse> {
    this.gate(name, access, cdb)
    const request = { cdb, direction, data, timeoutMs: options.timeoutMs ?? limits.timeoutMs }
    let attentions = 0
    let aborts = 0
    for (let busy = 0; ; ) {
      options.signal?.throwIfAborted()
      const answer = await this.transport.execute(request)
      if (answer.status === SAM_STATUS.good) return answer
      if ((answer.status === SAM_STATUS.busy || answer.status === SAM_STATUS.taskSetFull) && busy < BUSY_RETRIES) {
        busy++
        await sleep(Math.min(10 * 2 ** busy, 500), undefined, options.signal ? { signal: options.signal } : {})
        continue
      }
      const error = new ScsiError({ name, cdb, status: answer.status, sense: answer.sense })
      if (isSuccess(error)) {
        this.tellRecoveredError(error)
        return answer
      }
      // What reads can be asked again; whether a write that was broken off has been carried out, only the caller can tell.
      if (error.sense?.key === ABORTED_COMMAND && access === 'read' && aborts++ < ABORTED_RETRIES) continue
      if (error.sense?.key !== UNIT_ATTENTION) throw error
      this.attend(error)
      // A command that met a unit attention was not carried out. What writes must not go on with another medium.
      if (access === 'write' || ++attentions >= UNIT_ATTENTIONS_IN_A_ROW) throw error
    }
  }

  private attend(error: ScsiError): void {
    if (error.sense?.asc !== MEDIUM_MAY_HAVE_CHANGED && error.sense?.asc !== RESET_OCCURRED) return
    this.forgetMedium()
  }
}

/** NO SENSE and RECOVERED ERROR tell of a command that was carried out; unless they speak of an earlier one that was not. */
function isSuccess({ sense }: ScsiError): boolean {
  return sense !== undefined && sense.key <= 1 && !sense.deferred
}

/** NOT READY, INITIALIZING COMMAND REQUIRED: START STOP UNIT is what it waits for. */
function isStopped(error: ScsiError): boolean {
  return error.is(2, 0x04, 0x02)
}

/** NOT READY that may be spin-up or a disc that cannot be read: cause not reportable, no reference position. */
function isNotReadyUnexplained(error: ScsiError): boolean {
  return error.is(2, 0x04, 0x00) || error.is(2, 0x06, 0x00)
}

/** NOT READY that time cures: becoming ready, formatting, an operation or a long write in progress, a self-test. */
export function isBecomingReady(error: ScsiError): boolean {
  return [0x01, 0x04, 0x07, 0x08, 0x09].some(ascq => error.is(2, 0x04, ascq))
}

function outgoing<C extends Fields, R, D extends Fields>(
  command: Command<C, R, D>,
  data: Uint8Array | Encodable<D> | undefined,
): Uint8Array {
  if (data instanceof Uint8Array) return data
  if (!command.parameterList) return new Uint8Array()
  return command.parameterList.encode(data ?? {})
}

function largestAllocation<C extends Fields, R, D extends Fields>(command: Command<C, R, D>): number {
  const field = (command.cdb as Fields)['allocationLength']
  return field ? 2 ** (8 * field.length) - 1 : 0
}

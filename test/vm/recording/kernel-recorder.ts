import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type BurnOptions, type BurnReport, type BurnSessionReport, isAsWritten } from '../../../src'
import type { MediaType } from '../../../src/virtual'
import type { Machine } from '../programs/machine'

/** What is asked of the library in the machine; `device` is a node of the kernel's. */
export interface RecorderRequest {
  readonly device: string
  readonly operation: 'burn' | 'append' | 'close' | 'reload'
  readonly sources?: readonly string[]
  readonly options?: Pick<BurnOptions, 'close' | 'discAtOnce' | 'volumeName'>
}

interface Answer {
  readonly id: number
  readonly report?: unknown
  readonly durationMs?: number
  readonly error?: { readonly code?: string; readonly message: string; readonly hint?: string; readonly stack: string }
}

/** The library in the machine, recording through the kernel's drivers: `./recorder.cjs` is its other end. */
export class KernelRecorder {
  private readonly server: Server
  private readonly socket: Socket
  private readonly waiting = new Map<number, (answer: Answer) => void>()
  private requests = 0

  private constructor(server: Server, socket: Socket) {
    this.server = server
    this.socket = socket
    createInterface({ input: socket }).on('line', line => {
      const answer = JSON.parse(line) as Answer
      this.waiting.get(answer.id)?.(answer)
      this.waiting.delete(answer.id)
    })
  }

  static async start(machine: Machine): Promise<KernelRecorder> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const connected = once(server, 'connection') as Promise<[Socket]>
    await machine.run(`setsid node ${join(__dirname, 'recorder.cjs')} ${port} >/run/recorder.log 2>&1 &`)
    return new KernelRecorder(server, (await connected)[0])
  }

  /**
   * @returns the report, the checksums left out
   * @throws {Error} what the library threw, with its code and hint; or that what was read back differs
   */
  async do(request: RecorderRequest): Promise<BurnReport> {
    const report = (await this.ask(request)) as BurnReport | undefined
    const { differences = [], unreadable = [] } = report?.verification ?? {}
    if (differences.length + unreadable.length > 0) {
      throw new Error(`${request.operation}: read back, it differs: ${JSON.stringify({ differences, unreadable })}`)
    }
    return report!
  }

  /**
   * Records a cue sheet at once on a blank CD, and reads it back.
   *
   * @throws {Error} where it differs
   */
  async burnCueSheet(device: string, cueSheet: string, options: { readonly close?: boolean }): Promise<string> {
    const report = (await this.ask({ device, operation: 'burn-cue-sheet', cueSheet, options })) as BurnSessionReport
    const { writeType, verification, warnings } = report
    if (!verification || !isAsWritten(verification)) throw new Error(JSON.stringify(verification))
    if (warnings.length > 0 || writeType !== 'session-at-once') throw new Error(JSON.stringify({ writeType, warnings }))
    return `${verification.comparedSectors} sectors verified`
  }

  /**
   * Reads a CD's only session, which must be the sectors of some files one after the other.
   *
   * @throws {Error} where it is not
   */
  async readDisc(device: string, expected: readonly string[]): Promise<string> {
    return (await this.ask({ device, operation: 'read-disc', expected })) as string
  }

  /** Runs the checks for a bench on a drive, those that write included. */
  async checkHardware(device: string, type: MediaType): Promise<{ readonly code: number; readonly text: string }> {
    const report = await this.ask({ device, operation: 'hw-tests', type })
    return report as { code: number; text: string }
  }

  private async ask<Request extends { readonly operation: string }>(request: Request): Promise<unknown> {
    const id = ++this.requests
    const answered = new Promise<Answer>(resolve => this.waiting.set(id, resolve))
    this.socket.write(`${JSON.stringify({ id, ...request })}\n`)
    const { report, error } = await answered
    if (error) throw new Error(`${request.operation}: ${error.code ?? ''} ${error.stack} ${error.hint ?? ''}`)
    return report
  }

  end(): void {
    this.socket.destroy()
    this.server.close()
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { hex } from '../../layout'
import type { TransportErrorCode } from '../transport'
import { SAM_STATUS, type ScsiRequest, type ScsiResponse, type Transport, TransportError } from '../transport'
import type { Fault, FaultEffect } from './fault'
import { LayerTransport, type TransportLayer } from './layer'
import { fixedSense } from './sense-data'

/** Errors after which the device may have carried the command out. */
const OUTCOME_UNKNOWN: ReadonlySet<TransportErrorCode> = new Set([
  'TRANSPORT_TIMEOUT',
  'TRANSPORT_DEVICE_GONE',
  'TRANSPORT_FAILED',
])

interface Counted {
  readonly fault: Fault
  met: number
}

/** Makes commands fail on purpose; see {@link faultInjection}. */
class FaultInjectionTransport extends LayerTransport {
  private readonly faults: readonly Counted[]
  private gone = false

  constructor(inner: Transport, faults: readonly Fault[]) {
    super(inner)
    this.faults = faults.map(fault => ({ fault, met: 0 }))
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    if (this.gone) throw this.error('TRANSPORT_DEVICE_GONE', request)
    const due = this.faults.filter(counted => isDue(counted, request)).map(({ fault }) => fault)
    const lost = due.find(({ effect }) => replacesAnswer(effect))
    const own = !lost || lost.after ? await this.inner.execute(request) : undefined
    if (lost) return this.replaced(lost, request)
    let answer = own!
    for (const { effect } of due) answer = await this.altered(effect, request, answer)
    return answer
  }

  private async replaced(fault: Fault, request: ScsiRequest): Promise<ScsiResponse> {
    const { effect } = fault
    const none = { sense: new Uint8Array(), transferredBytes: 0, durationUs: 0 }
    if (effect.kind === 'sense') {
      const { key, asc, ascq, deferred } = effect
      const information = fault.blocks && firstHit(fault.blocks, request.cdb)
      return {
        ...none,
        status: SAM_STATUS.checkCondition,
        sense: fixedSense(key, asc, ascq, { information, deferred }),
      }
    }
    if (effect.kind === 'status') return { ...none, status: effect.status }
    if (effect.kind === 'error') {
      this.gone ||= effect.code === 'TRANSPORT_DEVICE_GONE'
      throw this.error(effect.code, request)
    }
    await sleep(request.timeoutMs)
    throw this.error('TRANSPORT_TIMEOUT', request)
  }

  private async altered(effect: FaultEffect, request: ScsiRequest, answer: ScsiResponse): Promise<ScsiResponse> {
    if (effect.kind === 'short') return { ...answer, transferredBytes: Math.min(answer.transferredBytes, effect.bytes) }
    if (effect.kind === 'bytes' && request.direction === 'in') {
      const reply = request.data.subarray(0, answer.transferredBytes)
      reply.set(effect.bytes.slice(0, Math.max(0, reply.length - effect.offset)), Math.min(effect.offset, reply.length))
    }
    if (effect.kind === 'stall') {
      const ms = effect.ms ?? Number.POSITIVE_INFINITY
      await sleep(Math.min(ms, request.timeoutMs))
      if (ms >= request.timeoutMs) throw this.error('TRANSPORT_TIMEOUT', request)
    }
    return answer
  }

  private error(code: TransportErrorCode, { cdb }: ScsiRequest): TransportError {
    return new TransportError(code, `Injected into ${this.address}: ${hex(cdb)} failed with ${code}.`, {
      address: this.address,
      cdb,
      mayHaveRun: OUTCOME_UNKNOWN.has(code),
      hint: 'This fault was asked for by a fault injection script.',
    })
  }
}

function replacesAnswer(effect: FaultEffect): boolean {
  return (
    effect.kind === 'sense' ||
    effect.kind === 'status' ||
    effect.kind === 'error' ||
    (effect.kind === 'stall' && effect.ms === undefined)
  )
}

/** Counts a command that a fault fits; true where it is its turn. */
function isDue(counted: Counted, { cdb }: ScsiRequest): boolean {
  const { fault } = counted
  if (!(fault.cdb ?? []).every((byte, index) => byte === null || byte === cdb[index])) return false
  if (fault.blocks && firstHit(fault.blocks, cdb) === undefined) return false
  counted.met++
  const from = fault.from ?? fault.every ?? 1
  const to = fault.to ?? from
  return counted.met >= from && counted.met <= to && (counted.met - from) % (fault.every ?? 1) === 0
}

/** The first of the blocks that a command's own blocks meet. */
function firstHit(blocks: { readonly first: number; readonly last: number }, cdb: Uint8Array): number | undefined {
  const view = new DataView(cdb.buffer, cdb.byteOffset, cdb.byteLength)
  if (cdb.length < 10) return undefined
  const start = view.getUint32(2)
  // Ten-byte CDBs have their transfer length in bytes 7 and 8, twelve-byte ones in 6 to 9 (MMC-6 6.14, 6.15).
  const count = cdb.length === 10 ? view.getUint16(7) : view.getUint32(6)
  const first = Math.max(start, blocks.first)
  return count > 0 && first <= Math.min(start + count - 1, blocks.last) ? first : undefined
}

/**
 * A layer that makes commands fail on purpose, so that one can see what a program does then: the drive behind it may be
 * real, virtual or a transcript. Each use of the layer counts anew.
 *
 * @see parseFaults
 */
export function faultInjection(faults: readonly Fault[]): TransportLayer {
  return transport => new FaultInjectionTransport(transport, faults)
}

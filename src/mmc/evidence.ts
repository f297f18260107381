import { hex, layoutOf } from '../layout'
import type { ScsiError } from './scsi-error'

/** What a claim about a medium was decided from. */
export interface Evidence {
  /** The property that it supports: `isBlank`. */
  readonly claim: string
  /** The command's name in the standard. */
  readonly command: string
  /** The CDB as sent. */
  readonly cdb: string
  /** `offset 2: 0E`, or the sense data where the drive refused. */
  readonly bytes: string
  readonly says: string
}

/** Which command a reply answered. */
export interface Provenance {
  readonly command: string
  readonly cdb: Uint8Array
}

const provenances = new WeakMap<object, Provenance>()

/** Notes which command a reply answered, so that conclusions from it can cite it. */
export function attribute<T extends object>(reply: T, provenance: Provenance): T {
  provenances.set(reply, provenance)
  return reply
}

/** Which command a reply (as `drive.send` gave it) answered. */
export function provenanceOf(reply: object): Provenance | undefined {
  return provenances.get(reply)
}

/**
 * Evidence for a claim: the field of a reply that it was read from.
 *
 * @param reply  a decoded reply that `drive.send` gave
 * @param field  the field's property name
 * @param says  what the field's value means for the claim, in words
 */
export function evidence(claim: string, reply: object, field: string, says?: string): Evidence {
  const provenance = provenances.get(reply)
  const citation = layoutOf(reply).cite(reply as never, field)
  return {
    claim,
    command: provenance?.command ?? layoutOf(reply).name,
    cdb: provenance ? hex(provenance.cdb) : '',
    bytes: citation.bytes,
    says: says ?? `${citation.field} (byte ${citation.place}) is ${String(citation.value)}`,
  }
}

/** Evidence for a claim that rests on a drive's refusal. */
export function refusal(claim: string, error: ScsiError, says: string): Evidence {
  return {
    claim,
    command: error.commandName,
    cdb: hex(error.cdb),
    bytes: `sense: ${hex(error.senseBytes) || 'none'}`,
    says,
  }
}

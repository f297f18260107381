import { bytesOf, hex } from '../../layout'
import { type Evidence, evidence, provenanceOf, refusal } from '../evidence'
import type { Medium } from '../medium-state'
import { ScsiError } from '../scsi-error'
import { answered, type MediumObservations } from './observations'

/** More bytes of one element help nobody. */
const CITED_BYTES = 16

/** The properties of a medium that evidence is given for. */
export type Claim = Exclude<keyof Medium, 'evidence' | 'warnings' | 'imapi' | 'writeUnitSize'>

/** Collects, while a medium's state is concluded, what each claim rests on, and where the drive contradicts itself. */
export class Claims {
  readonly observed: MediumObservations
  readonly evidence: Evidence[] = []
  readonly warnings: string[] = []

  constructor(observed: MediumObservations) {
    this.observed = observed
  }

  /** Rests claims on a field of a reply, or on the drive's refusal to reply. */
  rest(claims: Claim | readonly Claim[], reply: object, field: string, says: string): void {
    for (const claim of typeof claims === 'string' ? [claims] : claims) {
      this.evidence.push(reply instanceof ScsiError ? refusal(claim, reply, says) : evidence(claim, reply, field, says))
    }
  }

  /** Rests claims on a feature's descriptor. */
  restOnFeature(claims: readonly Claim[], featureCode: number, says: string): void {
    const configuration = answered(this.observed.configuration)
    const feature = configuration?.featureDescriptors?.find(each => each.featureCode === featureCode)
    if (configuration && feature) this.restOnElement(claims, configuration, feature, says)
  }

  /** Rests claims on an element of one of a reply's lists. */
  restOnElement(claims: readonly Claim[], reply: object, element: object, says: string): void {
    const [all, part] = [bytesOf(reply), bytesOf(element)]
    this.restOnBytes(claims, reply, `offset ${part.byteOffset - all.byteOffset}`, part.subarray(0, CITED_BYTES), says)
  }

  /** Rests claims on bytes within a reply. */
  restOnBytes(claims: readonly Claim[], reply: object, place: string, bytes: Uint8Array, says: string): void {
    const provenance = provenanceOf(reply)
    for (const claim of claims) {
      this.evidence.push({
        claim,
        command: provenance?.command ?? '',
        cdb: provenance ? hex(provenance.cdb) : '',
        bytes: `${place}: ${hex(bytes)}`,
        says,
      })
    }
  }

  warn(message: string): void {
    if (!this.warnings.includes(message)) this.warnings.push(message)
  }

  /** True where something is known that the claim rests on. */
  supports(claim: Claim): boolean {
    return this.evidence.some(each => each.claim === claim)
  }
}

import { ScsiMmcError } from '../errors'
import { hex } from '../layout'
import { additionalSenseAdvice } from './sense/additional-sense-codes'
import { decodeSense, SENSE_KEYS, type Sense } from './sense/sense'

/** What is known of a command that failed. */
export interface FailedCommand {
  readonly name: string
  readonly cdb: Uint8Array
  readonly status: number
  readonly sense: Uint8Array
}

const byte = (number: number) => number.toString(16).toUpperCase().padStart(2, '0')

/**
 * The drive answered with something else than GOOD. `code` is `SENSE_<key>`, such as `SENSE_NOT_READY`; without sense
 * data it is `SENSE_NONE`, its `status` tells more.
 */
export class ScsiError extends ScsiMmcError {
  /** The command's name in the standard. */
  readonly commandName: string
  readonly cdb: Uint8Array
  readonly status: number
  /** The sense data as sent. */
  readonly senseBytes: Uint8Array
  readonly sense: Sense | undefined

  constructor(failed: FailedCommand) {
    const sense = decodeSense(failed.sense)
    const said = sense
      ? `${SENSE_KEYS[sense.key]}, ${sense.text} (${byte(sense.key).slice(1)}/${byte(sense.asc)}/${byte(sense.ascq)})`
      : `status ${byte(failed.status)}h without sense data`
    const advice = sense && additionalSenseAdvice(sense.key, sense.asc, sense.ascq)
    super(
      sense ? `SENSE_${SENSE_KEYS[sense.key]!.replace(/[^A-Z]+/g, '_').replace(/_$/, '')}` : 'SENSE_NONE',
      sense?.deferred
        ? `An earlier command failed, as ${failed.name} was told: ${said}`
        : `${failed.name} failed: ${said}`,
      advice === undefined ? {} : { hint: advice },
    )
    this.commandName = failed.name
    this.cdb = Uint8Array.from(failed.cdb)
    this.status = failed.status
    this.senseBytes = Uint8Array.from(failed.sense)
    this.sense = sense
  }

  /** True where the sense is this key and ASC, and this ASCQ if one is given. */
  is(key: number, asc: number, ascq?: number): boolean {
    const { sense } = this
    return sense?.key === key && sense.asc === asc && (ascq === undefined || sense.ascq === ascq)
  }

  override toJSON(): Record<string, unknown> {
    const { sense } = this
    return {
      ...super.toJSON(),
      cdb: hex(this.cdb),
      ...(sense ? { sense: { key: sense.key, asc: sense.asc, ascq: sense.ascq, text: sense.text } } : {}),
      status: this.status,
    }
  }
}

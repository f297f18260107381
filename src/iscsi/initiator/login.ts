import type { Complete } from '../../layout'
import type { ChapCredentials } from '../chap'
import { digestsAvailable } from '../digest'
import {
  acceptAnswer,
  DEFAULT_MAX_RECV_DATA_SEGMENT_LENGTH,
  DEFAULT_PARAMETERS,
  formatValue,
  MAXIMUM_SEGMENT_BYTES,
  MINIMUM_SEGMENT_BYTES,
  NEGOTIATED_KEYS,
  NO_VALUE,
  negotiate,
  type OperationalParameters,
} from '../operational-keys'
import type { loginResponsePdu } from '../pdu'
import { decodeTextKeys, encodeTextKeys, parseNumber } from '../text-keys'
import { ChapAnswer } from './chap-answer'
import { LoginFailure } from './login-failure'

const SECURITY = 0
const OPERATIONAL = 1
const FULL_FEATURE = 3
const MAXIMUM_EXCHANGES = 32
const MAXIMUM_TEXT_BYTES = 65_536

/** Longest data segment that the initiator takes. */
export const OWN_MAX_RECV_DATA_SEGMENT_LENGTH = 262_144

/** What the initiator wishes for: the target's wishes may make less of it. */
const WISHES: Readonly<OperationalParameters> = {
  ...DEFAULT_PARAMETERS,
  initialR2T: false,
  maxBurstLength: 1_048_576,
  firstBurstLength: 262_144,
  defaultTime2Retain: 0,
}
/** Keys worth an offer; what is not offered keeps its default, which suits. */
const OFFERED = [
  'HeaderDigest',
  'DataDigest',
  'ErrorRecoveryLevel',
  'InitialR2T',
  'ImmediateData',
  'MaxBurstLength',
  'FirstBurstLength',
  'MaxOutstandingR2T',
  'MaxConnections',
  'DataPDUInOrder',
  'DataSequenceInOrder',
  'DefaultTime2Wait',
  'DefaultTime2Retain',
]

/** Who logs in where, and how. */
export interface LoginWishes {
  readonly initiatorName: string
  /** Undefined for a discovery session. */
  readonly targetName: string | undefined
  readonly chap?: ChapCredentials
  readonly targetChap?: ChapCredentials
  readonly headerDigest?: boolean
  readonly dataDigest?: boolean
}

/** What the next login request says. */
export interface LoginStep {
  readonly currentStage: number
  readonly nextStage: number
  readonly transit: boolean
  readonly text: Uint8Array
}

type Response = Complete<(typeof loginResponsePdu)['fields']>

/** The initiator's side of a login (RFC 7143 6.3): pure, an answer in, the next request out. */
export class InitiatorLogin {
  readonly parameters: OperationalParameters = { ...DEFAULT_PARAMETERS }
  /** The longest data segment that the target takes. */
  peerMaxRecvDataSegmentLength = DEFAULT_MAX_RECV_DATA_SEGMENT_LENGTH
  private readonly wishes: LoginWishes
  private readonly lists: Readonly<Record<string, readonly string[]>>
  private readonly chap: ChapAnswer | undefined
  private stage: number
  private security: 'method' | 'challenge' | 'response' | 'done' = 'method'
  private offered = false
  private exchanges = 0
  private partial: Uint8Array[] = []

  constructor(wishes: LoginWishes) {
    this.wishes = wishes
    this.chap = wishes.chap && new ChapAnswer(wishes.chap, wishes.targetChap)
    this.stage = this.chap ? SECURITY : OPERATIONAL
    const digests = (wanted = false) => (wanted && digestsAvailable() ? ['CRC32C', 'None'] : ['None'])
    this.lists = {
      HeaderDigest: digests(wishes.headerDigest),
      DataDigest: digests(wishes.dataDigest),
      TaskReporting: ['RFC3720'],
    }
  }

  /** The first request. */
  begin(): LoginStep {
    const names: [string, string][] = [['InitiatorName', this.wishes.initiatorName]]
    const { targetName, targetChap } = this.wishes
    if (targetName === undefined) names.push(['SessionType', 'Discovery'])
    else names.push(['SessionType', 'Normal'], ['TargetName', targetName])
    if (!this.chap) return this.operational(names)
    // Who wants proof of the target cannot do without the exchange that gives it.
    names.push(['AuthMethod', targetChap ? 'CHAP' : 'CHAP,None'])
    return this.request(names, false)
  }

  /**
   * Takes a response of status 0.
   *
   * @returns the next request, or undefined once the login is through
   * @throws {LoginFailure} where the target has broken the rules
   */
  next(response: Response, data: Uint8Array): LoginStep | undefined {
    if (++this.exchanges > MAXIMUM_EXCHANGES) throw new LoginFailure('the target never ends the login')
    if (response.currentStage !== this.stage) throw new LoginFailure('the target answered in another login stage')
    this.partial.push(Uint8Array.from(data))
    if (this.partial.reduce((sum, part) => sum + part.length, 0) > MAXIMUM_TEXT_BYTES) {
      throw new LoginFailure('the target sent text without end')
    }
    if (response.continues) return this.request([], false)
    const pairs = decodeTextKeys(Buffer.concat(this.partial))
    this.partial = []
    return this.stage === SECURITY ? this.secure(pairs, response) : this.agree(pairs, response)
  }

  private secure(pairs: ReadonlyMap<string, string>, response: Response): LoginStep | undefined {
    const chap = this.chap!
    switch (this.security) {
      case 'method': {
        const method = pairs.get('AuthMethod')
        if (method === 'CHAP') {
          this.security = 'challenge'
          return this.request(chap.offer(), false)
        }
        if (method !== 'None' || this.wishes.targetChap) {
          throw new LoginFailure('the target knows no authentication in common', 'TRANSPORT_NO_PERMISSION')
        }
        this.security = 'done'
        return this.request([], true, OPERATIONAL)
      }
      case 'challenge':
        this.security = 'response'
        return this.request(chap.answer(pairs), true, OPERATIONAL)
      case 'response':
        chap.verify(pairs)
        this.security = 'done'
        break
      case 'done':
        break
    }
    if (!response.final) return this.request([], true, OPERATIONAL)
    if (response.nextStage === FULL_FEATURE) return undefined
    this.stage = OPERATIONAL
    return this.operational([])
  }

  private operational(names: [string, string][]): LoginStep {
    this.offered = true
    for (const key of OFFERED) {
      const list = this.lists[key]
      names.push([key, list ? list.join(',') : formatValue(WISHES[NEGOTIATED_KEYS[key]!.parameter])])
    }
    names.push(['MaxRecvDataSegmentLength', String(OWN_MAX_RECV_DATA_SEGMENT_LENGTH)])
    return this.request(names, true, FULL_FEATURE)
  }

  private agree(pairs: ReadonlyMap<string, string>, response: Response): LoginStep | undefined {
    const answers: [string, string][] = []
    for (const [key, value] of pairs) this.take(key, value, answers)
    const { parameters } = this
    if (parameters.firstBurstLength > parameters.maxBurstLength) parameters.firstBurstLength = parameters.maxBurstLength
    if (response.final) {
      if (response.nextStage !== FULL_FEATURE) throw new LoginFailure('the target went to another login stage')
      return undefined
    }
    return this.request(answers, true, FULL_FEATURE)
  }

  private take(key: string, value: string, answers: [string, string][]): void {
    if (DECLARED.has(key)) return
    if (key === 'MaxRecvDataSegmentLength') {
      const length = parseNumber(value)
      if (length === undefined || length < MINIMUM_SEGMENT_BYTES || length > MAXIMUM_SEGMENT_BYTES) {
        if (NO_VALUE.has(value)) return
        throw new LoginFailure(`the target's ${key} is ${value}`)
      }
      this.peerMaxRecvDataSegmentLength = length
      return
    }
    if (this.offered && OFFERED.includes(key)) {
      const wish = WISHES[NEGOTIATED_KEYS[key]!.parameter]
      const agreed = acceptAnswer(key, value, this.lists[key] ?? [formatValue(wish)])
      if (agreed === undefined) throw new LoginFailure(`the target answered ${key}=${value}, which was not on offer`)
      if (agreed !== null) Object.assign(this.parameters, { [NEGOTIATED_KEYS[key]!.parameter]: agreed })
      return
    }
    if (NO_VALUE.has(value)) return
    // The target may offer keys itself.
    const agreed = negotiate(key, value, WISHES, this.lists)
    if (agreed.parameter !== undefined) Object.assign(this.parameters, { [agreed.parameter]: agreed.value })
    answers.push([key, agreed.answer])
  }

  private request(pairs: [string, string][], transit: boolean, nextStage = 0): LoginStep {
    return { currentStage: this.stage, nextStage: transit ? nextStage : 0, transit, text: encodeTextKeys(pairs) }
  }
}

/** Declarations of the target, which need no answer. */
const DECLARED: ReadonlySet<string> = new Set([
  'TargetPortalGroupTag',
  'TargetAlias',
  'TargetAddress',
  'TargetName',
  'AuthMethod',
])

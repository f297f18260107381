import type { Complete } from '../../layout'
import { digestsAvailable } from '../digest'
import { isIscsiName, normalizeIscsiName } from '../iscsi-name'
import { LOGIN_STATUS } from '../login-status'
import {
  DEFAULT_MAX_RECV_DATA_SEGMENT_LENGTH,
  DEFAULT_PARAMETERS,
  MAXIMUM_SEGMENT_BYTES,
  MINIMUM_SEGMENT_BYTES,
  negotiate,
  type OperationalParameters,
} from '../operational-keys'
import type { loginRequestPdu } from '../pdu'
import { decodeTextKeys, encodeTextKeys, parseNumber, TextError } from '../text-keys'
import { ChapExchange, type ChapPolicy } from './chap-exchange'

const SECURITY = 0
const OPERATIONAL = 1
const FULL_FEATURE = 3
const MAXIMUM_TEXT_BYTES = 65_536
const MAXIMUM_EXCHANGES = 100

/** What the target asks of who logs in, and what it can do itself. */
export interface LoginPolicy {
  readonly targetName: string
  readonly targetAlias: string
  readonly portalGroupTag: number
  readonly chap: ChapPolicy | undefined
  readonly parameters: Readonly<OperationalParameters>
  /** The longest data segment that the target takes. */
  readonly maxRecvDataSegmentLength: number
}

/** What is known of a session once its login is through. */
export interface LoginResult {
  readonly initiatorName: string
  readonly discovery: boolean
  readonly isid: string
  readonly tsih: number
  readonly connectionId: number
  readonly parameters: OperationalParameters
  /** The longest data segment that the initiator takes. */
  readonly peerMaxRecvDataSegmentLength: number
}

/** What one login request is answered with. */
export interface LoginAnswer {
  readonly status: number
  readonly transit: boolean
  readonly currentStage: number
  readonly nextStage: number
  readonly text: Uint8Array
  /** Present with the last answer of a login that has succeeded. */
  readonly result?: LoginResult
}

type Request = Complete<(typeof loginRequestPdu)['fields']>

/** Breaks off a login with a status. */
class LoginRefusal extends Error {
  readonly status: number

  constructor(status: number) {
    super(`login status ${status.toString(16)}`)
    this.status = status
  }
}

/** The target's side of a login (RFC 7143 6.3): pure, a request in, an answer out. */
export class TargetLogin {
  private readonly policy: LoginPolicy
  private readonly parameters: OperationalParameters = { ...DEFAULT_PARAMETERS }
  private readonly lists: Readonly<Record<string, readonly string[]>>
  private readonly seen = new Set<string>()
  private peerMaxRecv = DEFAULT_MAX_RECV_DATA_SEGMENT_LENGTH
  private declaredOwn = false
  private stage: number | undefined
  private isid: string | undefined
  private initiatorName: string | undefined
  private discovery = false
  private chap: ChapExchange | undefined
  private partial: Uint8Array[] = []
  private textBytes = 0
  private exchanges = 0

  constructor(policy: LoginPolicy) {
    this.policy = policy
    const digests = digestsAvailable() ? ['None', 'CRC32C'] : ['None']
    this.lists = { HeaderDigest: digests, DataDigest: digests, TaskReporting: ['RFC3720'] }
  }

  /** Answers one login request. */
  step(request: Request, data: Uint8Array): LoginAnswer {
    try {
      return this.answer(request, data)
    } catch (error) {
      if (!(error instanceof LoginRefusal) && !(error instanceof TextError)) throw error
      const status = error instanceof LoginRefusal ? error.status : LOGIN_STATUS.initiatorError
      const { currentStage, nextStage } = request
      return { status, transit: false, currentStage, nextStage, text: new Uint8Array() }
    }
  }

  private answer(request: Request, data: Uint8Array): LoginAnswer {
    if (++this.exchanges > MAXIMUM_EXCHANGES) throw new LoginRefusal(LOGIN_STATUS.initiatorError)
    this.checkHeader(request)
    this.textBytes += data.length
    if (this.textBytes > MAXIMUM_TEXT_BYTES) throw new LoginRefusal(LOGIN_STATUS.initiatorError)
    const { currentStage, nextStage } = request
    this.partial.push(Uint8Array.from(data))
    if (request.continues) {
      return { status: LOGIN_STATUS.success, transit: false, currentStage, nextStage: 0, text: new Uint8Array() }
    }
    const pairs = decodeTextKeys(Buffer.concat(this.partial))
    this.partial = []

    const answers: [string, string][] = []
    if (this.initiatorName === undefined) this.takeNames(pairs, answers)
    const secure = currentStage === SECURITY ? this.takeSecurity(pairs, answers) : true
    this.takeOperational(pairs, answers, currentStage)
    const transit = request.final && secure
    if (request.final && !secure && !this.chap) throw new LoginRefusal(LOGIN_STATUS.authenticationFailure)
    if (transit) this.stage = nextStage
    const finished = transit && nextStage === FULL_FEATURE
    return {
      status: LOGIN_STATUS.success,
      transit,
      currentStage,
      nextStage: transit ? nextStage : 0,
      text: encodeTextKeys(answers),
      ...(finished ? { result: this.result(request) } : {}),
    }
  }

  private checkHeader(request: Request): void {
    const { currentStage, nextStage } = request
    if (request.versionMinimum > 0) throw new LoginRefusal(LOGIN_STATUS.unsupportedVersion)
    const isid = Buffer.from(request.isid).toString('hex')
    this.isid ??= isid
    if (this.stage === undefined) {
      if (currentStage === OPERATIONAL && this.policy.chap) throw new LoginRefusal(LOGIN_STATUS.authenticationFailure)
      this.stage = currentStage
    }
    const legal =
      this.isid === isid &&
      currentStage === this.stage &&
      (currentStage === SECURITY || currentStage === OPERATIONAL) &&
      !(request.final && request.continues) &&
      (!request.final || (nextStage > currentStage && nextStage !== 2))
    if (!legal) throw new LoginRefusal(LOGIN_STATUS.initiatorError)
  }

  private takeNames(pairs: ReadonlyMap<string, string>, answers: [string, string][]): void {
    const initiatorName = pairs.get('InitiatorName')
    const sessionType = pairs.get('SessionType') ?? 'Normal'
    const targetName = pairs.get('TargetName')
    if (initiatorName === undefined) throw new LoginRefusal(LOGIN_STATUS.missingParameter)
    if (!isIscsiName(initiatorName)) throw new LoginRefusal(LOGIN_STATUS.initiatorError)
    if (sessionType !== 'Normal' && sessionType !== 'Discovery') {
      throw new LoginRefusal(LOGIN_STATUS.sessionTypeNotSupported)
    }
    this.initiatorName = normalizeIscsiName(initiatorName)
    this.discovery = sessionType === 'Discovery'
    if (targetName === undefined) {
      if (!this.discovery) throw new LoginRefusal(LOGIN_STATUS.missingParameter)
    } else if (normalizeIscsiName(targetName) !== normalizeIscsiName(this.policy.targetName)) {
      throw new LoginRefusal(LOGIN_STATUS.notFound)
    }
    answers.push(['TargetPortalGroupTag', String(this.policy.portalGroupTag)])
    if (!this.discovery) answers.push(['TargetAlias', this.policy.targetAlias])
  }

  /** True once nothing more is asked for. */
  private takeSecurity(pairs: ReadonlyMap<string, string>, answers: [string, string][]): boolean {
    const { chap } = this.policy
    const offered = pairs.get('AuthMethod')?.split(',')
    if (this.chap) {
      const reply = this.chap.step(pairs)
      if (!reply) throw new LoginRefusal(LOGIN_STATUS.authenticationFailure)
      answers.push(...reply)
      return this.chap.done
    }
    if (!chap) {
      if (offered && !offered.includes('None')) throw new LoginRefusal(LOGIN_STATUS.authenticationFailure)
      if (offered) answers.push(['AuthMethod', 'None'])
      return true
    }
    if (!offered) return false
    if (!offered.includes('CHAP')) throw new LoginRefusal(LOGIN_STATUS.authenticationFailure)
    answers.push(['AuthMethod', 'CHAP'])
    this.chap = new ChapExchange(chap)
    return false
  }

  private takeOperational(pairs: ReadonlyMap<string, string>, answers: [string, string][], stage: number): void {
    for (const [key, value] of pairs) {
      if (DECLARED.has(key) || (stage === SECURITY && SECURITY_KEYS.has(key))) continue
      if (SECURITY_KEYS.has(key)) throw new LoginRefusal(LOGIN_STATUS.initiatorError)
      if (this.seen.has(key)) throw new LoginRefusal(LOGIN_STATUS.initiatorError)
      this.seen.add(key)
      if (key === 'MaxRecvDataSegmentLength') {
        const length = parseNumber(value)
        if (length === undefined || length < MINIMUM_SEGMENT_BYTES || length > MAXIMUM_SEGMENT_BYTES) {
          throw new LoginRefusal(LOGIN_STATUS.initiatorError)
        }
        this.peerMaxRecv = length
        continue
      }
      const agreed = negotiate(key, value, this.policy.parameters, this.lists)
      if (agreed.parameter !== undefined) Object.assign(this.parameters, { [agreed.parameter]: agreed.value })
      // "I do not know the key that I have sent" is no question.
      if (value !== 'NotUnderstood') answers.push([key, agreed.answer])
    }
    if (stage === OPERATIONAL && !this.declaredOwn) {
      this.declaredOwn = true
      answers.push(['MaxRecvDataSegmentLength', String(this.policy.maxRecvDataSegmentLength)])
    }
  }

  private result(request: Request): LoginResult {
    const { parameters } = this
    if (parameters.firstBurstLength > parameters.maxBurstLength) parameters.firstBurstLength = parameters.maxBurstLength
    return {
      initiatorName: this.initiatorName!,
      discovery: this.discovery,
      isid: this.isid!,
      tsih: request.tsih,
      connectionId: request.connectionId,
      parameters,
      peerMaxRecvDataSegmentLength: this.peerMaxRecv,
    }
  }
}

const SECURITY_KEYS: ReadonlySet<string> = new Set(['AuthMethod', 'CHAP_A', 'CHAP_I', 'CHAP_C', 'CHAP_N', 'CHAP_R'])
/** Declarations of the initiator that need no answer. */
const DECLARED: ReadonlySet<string> = new Set(['InitiatorName', 'InitiatorAlias', 'TargetName', 'SessionType'])

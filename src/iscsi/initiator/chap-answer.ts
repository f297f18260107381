import {
  type ChapCredentials,
  chapAlgorithms,
  chapChallenge,
  chapEqual,
  chapResponse,
  MAXIMUM_CHALLENGE_BYTES,
} from '../chap'
import { formatBinary, parseBinary, parseNumber } from '../text-keys'
import { LoginFailure } from './login-failure'

type Pairs = ReadonlyMap<string, string>

/** The initiator's side of a CHAP exchange (RFC 7143 12.1.3). */
export class ChapAnswer {
  private readonly own: ChapCredentials
  private readonly target: ChapCredentials | undefined
  private algorithm = 0
  private sent: { identifier: number; challenge: Uint8Array } | undefined

  constructor(own: ChapCredentials, target: ChapCredentials | undefined) {
    this.own = own
    this.target = target
  }

  offer(): [string, string][] {
    return [['CHAP_A', chapAlgorithms().join(',')]]
  }

  /** Answers the target's challenge. */
  answer(pairs: Pairs): [string, string][] {
    const algorithm = parseNumber(pairs.get('CHAP_A') ?? '')
    const identifier = parseNumber(pairs.get('CHAP_I') ?? '')
    const challenge = parseBinary(pairs.get('CHAP_C') ?? '', MAXIMUM_CHALLENGE_BYTES)
    if (algorithm === undefined || !chapAlgorithms().includes(algorithm) || !challenge) {
      throw new LoginFailure('the target sent no CHAP challenge that can be answered')
    }
    if (identifier === undefined || identifier > 255) throw new LoginFailure('the target sent no CHAP identifier')
    this.algorithm = algorithm
    const response = chapResponse(algorithm, identifier, this.own.password, challenge)
    const answers: [string, string][] = [
      ['CHAP_N', this.own.user],
      ['CHAP_R', formatBinary(response)],
    ]
    if (!this.target) return answers
    this.sent = chapChallenge()
    answers.push(['CHAP_I', String(this.sent.identifier)], ['CHAP_C', formatBinary(this.sent.challenge)])
    return answers
  }

  /** Checks that the target knows its own secret, where that was asked for. */
  verify(pairs: Pairs): void {
    const { sent, target } = this
    if (!sent || !target) return
    const response = parseBinary(pairs.get('CHAP_R') ?? '')
    const right = chapResponse(this.algorithm, sent.identifier, target.password, sent.challenge)
    if (pairs.get('CHAP_N') !== target.user || !response || !chapEqual(response, right)) {
      throw new LoginFailure('the target could not prove who it is', 'TRANSPORT_NO_PERMISSION')
    }
  }
}

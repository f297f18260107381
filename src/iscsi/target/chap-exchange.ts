import { randomBytes } from 'node:crypto'
import {
  type ChapCredentials,
  chapAlgorithms,
  chapChallenge,
  chapEqual,
  chapResponse,
  chapResponseLength,
  MAXIMUM_CHALLENGE_BYTES,
} from '../chap'
import { formatBinary, parseBinary, parseNumber } from '../text-keys'

type Pairs = ReadonlyMap<string, string>
type Answers = [key: string, value: string][]

/** Who may log in, and how the target proves itself to initiators that ask. */
export interface ChapPolicy extends ChapCredentials {
  /** The target's own name and secret, for initiators that want to be sure of it, too. */
  readonly target?: ChapCredentials
}

/**
 * The target's side of a CHAP exchange (RFC 7143 12.1.3): the algorithm, the challenge, the response, each in a login
 * request of its own. A failed one is over: there is no second try on a connection.
 */
export class ChapExchange {
  private readonly policy: ChapPolicy
  private algorithm: number | undefined
  private sent: { identifier: number; challenge: Uint8Array } | undefined
  /** True once the initiator has proved itself. */
  done = false

  constructor(policy: ChapPolicy) {
    this.policy = policy
  }

  /** What the target answers to the next keys; `undefined` where authentication has failed. */
  step(pairs: Pairs): Answers | undefined {
    if (this.done) return []
    return this.sent ? this.verify(pairs, this.sent) : this.challenge(pairs)
  }

  private challenge(pairs: Pairs): Answers | undefined {
    const offered = (pairs.get('CHAP_A') ?? '').split(',').map(parseNumber)
    const available = chapAlgorithms()
    this.algorithm = offered.find(number => number !== undefined && available.includes(number))
    if (this.algorithm === undefined) return undefined
    this.sent = chapChallenge()
    return [
      ['CHAP_A', String(this.algorithm)],
      ['CHAP_I', String(this.sent.identifier)],
      ['CHAP_C', formatBinary(this.sent.challenge)],
    ]
  }

  private verify(pairs: Pairs, sent: { identifier: number; challenge: Uint8Array }): Answers | undefined {
    const algorithm = this.algorithm!
    const response = parseBinary(pairs.get('CHAP_R') ?? '')
    const name = pairs.get('CHAP_N')
    // An unknown user takes the same time as a wrong password: nothing tells which names there are.
    const known = name === this.policy.user
    const secret = known ? this.policy.password : randomBytes(16).toString('hex')
    const right = chapResponse(algorithm, sent.identifier, secret, sent.challenge)
    const matches = response !== undefined && response.length === chapResponseLength(algorithm)
    if (!matches || !chapEqual(response, right) || !known) return undefined
    const answers = this.proveTarget(pairs, sent.challenge, algorithm)
    this.done = answers !== undefined
    return answers
  }

  private proveTarget(pairs: Pairs, own: Uint8Array, algorithm: number): Answers | undefined {
    const challengeText = pairs.get('CHAP_C')
    const identifierText = pairs.get('CHAP_I')
    if (challengeText === undefined && identifierText === undefined) return []
    const { target } = this.policy
    const challenge = parseBinary(challengeText ?? '', MAXIMUM_CHALLENGE_BYTES)
    const identifier = parseNumber(identifierText ?? '')
    if (!target || !challenge || identifier === undefined || identifier > 255) return undefined
    // A challenge that is our own, sent back, wants us to answer for the initiator on another connection.
    if (chapEqual(challenge, own)) return undefined
    return [
      ['CHAP_N', target.user],
      ['CHAP_R', formatBinary(chapResponse(algorithm, identifier, target.password, challenge))],
    ]
  }
}

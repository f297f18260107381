import { isIPv6 } from 'node:net'
import { normalizeIscsiName } from '../iscsi-name'
import { LOGIN_ONLY_KEYS } from '../operational-keys'

/** What a text request may ask about. */
export interface TextContext {
  readonly targetName: string
  readonly portalGroupTag: number
  readonly discovery: boolean
  /** The address that the initiator has reached the target by: the only one known to be right for it. */
  readonly address: string
  readonly port: number
}

/** An address as TargetAddress writes it. */
export function portal(address: string, port: number): string {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  return `${isIPv6(plain) ? `[${plain}]` : plain}:${port}`
}

/** Answers the keys of a text request in full feature phase (RFC 7143 11.10, appendix C). */
export function answerText(pairs: ReadonlyMap<string, string>, context: TextContext): [string, string][] {
  const answers: [string, string][] = []
  for (const [key, value] of pairs) {
    if (key === 'SendTargets') answers.push(...sendTargets(value, context))
    else if (key === 'MaxRecvDataSegmentLength' || value === 'NotUnderstood') continue
    else answers.push([key, LOGIN_ONLY_KEYS.has(key) ? 'Reject' : 'NotUnderstood'])
  }
  return answers
}

function sendTargets(wanted: string, context: TextContext): [string, string][] {
  const { targetName, discovery } = context
  // "All" belongs to discovery; in a normal session an empty value asks for its own target.
  const asked =
    wanted === 'All'
      ? discovery
      : wanted === ''
        ? !discovery
        : normalizeIscsiName(wanted) === normalizeIscsiName(targetName)
  if (!asked) return wanted === 'All' || wanted === '' ? [['SendTargets', 'Reject']] : []
  return [
    ['TargetName', targetName],
    ['TargetAddress', `${portal(context.address, context.port)},${context.portalGroupTag}`],
  ]
}

import type { ChapCredentials } from '../chap'
import { isIscsiName } from '../iscsi-name'
import { connectTo, ownInitiatorName } from './transport'

/** A target as a portal lists it. */
export interface DiscoveredTarget {
  /** `iqn.…` */
  readonly target: string
  /** Where it is reached: `192.168.1.7:3260,1`. */
  readonly addresses: readonly string[]
}

/**
 * Asks a portal for its targets (SendTargets, RFC 7143 appendix C).
 *
 * @throws {TransportError} where the portal is not there or does not let us in
 */
export async function discover(
  portal: { readonly host: string; readonly port?: number },
  options: {
    initiatorName?: string
    chap?: ChapCredentials
    targetChap?: ChapCredentials
    loginTimeoutMs?: number
  } = {},
): Promise<DiscoveredTarget[]> {
  const { host, port = 3260 } = portal
  const connection = await connectTo({
    ...options,
    host,
    port,
    address: `iscsi://${host}:${port}`,
    targetName: undefined,
    initiatorName: options.initiatorName ?? ownInitiatorName(),
  })
  try {
    const targets: { target: string; addresses: string[] }[] = []
    for (const [key, value] of await connection.text([['SendTargets', 'All']])) {
      // Names from the network reach logs and terminals: what is no name is left out.
      if (key === 'TargetName' && isIscsiName(value)) targets.push({ target: value, addresses: [] })
      if (key === 'TargetAddress') targets.at(-1)?.addresses.push(value)
    }
    return targets
  } finally {
    await connection.close()
  }
}

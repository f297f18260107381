import { asError } from '../../errors'
import { TransportError, type TransportErrorCode } from '../../platform'
import { LOGIN_STATUS } from '../login-status'
import { loginResponsePdu } from '../pdu'
import { decodeTextList } from '../text-keys'
import type { CommandNumbers } from './command-numbers'
import type { ConnectionOptions } from './connection-options'
import type { InitiatorLogin, LoginStep } from './login'
import { LoginFailure, refusal } from './login-failure'

/** The target has said that it is to be found elsewhere. */
export class LoginRedirect extends Error {
  readonly targetAddress: string

  constructor(targetAddress: string) {
    super(`the target has moved to ${targetAddress}`)
    this.targetAddress = targetAddress
  }
}

/**
 * Exchanges login requests and responses until the full feature phase begins (RFC 7143 6.3).
 *
 * @param exchange  sends a request and resolves to the response's header and data
 * @throws {TransportError} where the target refuses, or says what it must not
 * @throws {LoginRedirect} where it has moved
 */
export async function logIn(
  login: InitiatorLogin,
  numbers: CommandNumbers,
  options: ConnectionOptions,
  exchange: (step: LoginStep) => Promise<[header: Uint8Array, data: Uint8Array]>,
): Promise<void> {
  const { address } = options
  for (let step: LoginStep | undefined = login.begin(); step; ) {
    const [header, data] = await exchange(step)
    const response = loginResponsePdu.decodeComplete(header)!
    const status = response.statusClass * 0x100 + response.statusDetail
    numbers.takeLogin(response.statSN, response.maxCmdSN)
    if (status === LOGIN_STATUS.movedTemporarily || status === LOGIN_STATUS.movedPermanently) {
      const elsewhere = decodeTextList(data).find(([key]) => key === 'TargetAddress')?.[1]
      if (elsewhere !== undefined) throw new LoginRedirect(elsewhere)
    }
    if (status !== LOGIN_STATUS.success) throw refusal(status, address, options.chap !== undefined)
    try {
      step = login.next(response, data)
    } catch (error) {
      const code: TransportErrorCode = error instanceof LoginFailure ? error.code : 'TRANSPORT_FAILED'
      throw new TransportError(code, `Login to ${address} failed: ${asError(error).message}.`, {
        address,
        cause: error,
      })
    }
  }
}

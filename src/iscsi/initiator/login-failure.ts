import { TransportError, type TransportErrorCode } from '../../platform'
import { LOGIN_STATUS, loginStatusName } from '../login-status'

const CODES: Readonly<Record<number, TransportErrorCode>> = {
  [LOGIN_STATUS.authenticationFailure]: 'TRANSPORT_NO_PERMISSION',
  [LOGIN_STATUS.authorizationFailure]: 'TRANSPORT_NO_PERMISSION',
  [LOGIN_STATUS.notFound]: 'TRANSPORT_NO_SUCH_DEVICE',
  [LOGIN_STATUS.removed]: 'TRANSPORT_NO_SUCH_DEVICE',
  [LOGIN_STATUS.tooManyConnections]: 'TRANSPORT_BUSY',
  [LOGIN_STATUS.serviceUnavailable]: 'TRANSPORT_BUSY',
  [LOGIN_STATUS.outOfResources]: 'TRANSPORT_BUSY',
}

/** The target did not keep to the protocol while logging in, or did not pass our own examination. */
export class LoginFailure extends Error {
  readonly code: TransportErrorCode

  constructor(message: string, code: TransportErrorCode = 'TRANSPORT_FAILED') {
    super(message)
    this.code = code
  }
}

/** A login that the target has refused, in words. */
export function refusal(status: number, address: string, withPassword: boolean): TransportError {
  const advice = withPassword
    ? 'Check user and password.'
    : 'The target wants a user and a password: iscsi://user%password@host/target/lun.'
  const hint =
    status === LOGIN_STATUS.authenticationFailure
      ? advice
      : status === LOGIN_STATUS.notFound
        ? 'Ask the target for its names (SendTargets), and check the spelling.'
        : undefined
  const name = loginStatusName(status)
  return new TransportError(CODES[status] ?? 'TRANSPORT_FAILED', `${address} refused the login: ${name}.`, {
    address,
    systemError: { system: 'iSCSI login status', number: status, name },
    ...(hint === undefined ? {} : { hint }),
  })
}

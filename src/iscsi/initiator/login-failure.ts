import type { TransportErrorCode } from '../../platform'
import { LOGIN_STATUS } from '../login-status'

const CODES: Readonly<Record<number, TransportErrorCode>> = {
  [LOGIN_STATUS.authenticationFailure]: 'TRANSPORT_NO_PERMISSION',
  [LOGIN_STATUS.authorizationFailure]: 'TRANSPORT_NO_PERMISSION',
  [LOGIN_STATUS.notFound]: 'TRANSPORT_NO_SUCH_DEVICE',
  [LOGIN_STATUS.removed]: 'TRANSPORT_NO_SUCH_DEVICE',
  [LOGIN_STATUS.tooManyConnections]: 'TRANSPORT_BUSY',
  [LOGIN_STATUS.serviceUnavailable]: 'TRANSPORT_BUSY',
  [LOGIN_STATUS.outOfResources]: 'TRANSPORT_BUSY',
}

/** The transport's code for a login status (RFC 7143 11.13.5). */
export function codeOfLoginStatus(status: number): TransportErrorCode {
  return CODES[status] ?? 'TRANSPORT_FAILED'
}

/** The target did not keep to the protocol while logging in, or did not pass our own examination. */
export class LoginFailure extends Error {
  readonly code: TransportErrorCode

  constructor(message: string, code: TransportErrorCode = 'TRANSPORT_FAILED') {
    super(message)
    this.code = code
  }
}

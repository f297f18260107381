/** Login status, class in the high byte and detail in the low one (RFC 7143 11.13.5). */
export const LOGIN_STATUS = {
  success: 0x0000,
  movedTemporarily: 0x0101,
  movedPermanently: 0x0102,
  initiatorError: 0x0200,
  authenticationFailure: 0x0201,
  authorizationFailure: 0x0202,
  notFound: 0x0203,
  removed: 0x0204,
  unsupportedVersion: 0x0205,
  tooManyConnections: 0x0206,
  missingParameter: 0x0207,
  cannotIncludeInSession: 0x0208,
  sessionTypeNotSupported: 0x0209,
  sessionDoesNotExist: 0x020a,
  invalidDuringLogin: 0x020b,
  targetError: 0x0300,
  serviceUnavailable: 0x0301,
  outOfResources: 0x0302,
} as const

const NAMES: Readonly<Record<number, string>> = {
  [LOGIN_STATUS.success]: 'Success',
  [LOGIN_STATUS.movedTemporarily]: 'Target moved temporarily',
  [LOGIN_STATUS.movedPermanently]: 'Target moved permanently',
  [LOGIN_STATUS.initiatorError]: 'Initiator error',
  [LOGIN_STATUS.authenticationFailure]: 'Authentication failure',
  [LOGIN_STATUS.authorizationFailure]: 'Authorization failure',
  [LOGIN_STATUS.notFound]: 'Target not found',
  [LOGIN_STATUS.removed]: 'Target removed',
  [LOGIN_STATUS.unsupportedVersion]: 'Unsupported version',
  [LOGIN_STATUS.tooManyConnections]: 'Too many connections',
  [LOGIN_STATUS.missingParameter]: 'Missing parameter',
  [LOGIN_STATUS.cannotIncludeInSession]: "Can't include in session",
  [LOGIN_STATUS.sessionTypeNotSupported]: 'Session type not supported',
  [LOGIN_STATUS.sessionDoesNotExist]: 'Session does not exist',
  [LOGIN_STATUS.invalidDuringLogin]: 'Invalid during login',
  [LOGIN_STATUS.targetError]: 'Target error',
  [LOGIN_STATUS.serviceUnavailable]: 'Service unavailable',
  [LOGIN_STATUS.outOfResources]: 'Out of resources',
}

/** The standard's words for a login status; unknown ones keep their number. */
export function loginStatusName(status: number): string {
  return NAMES[status] ?? `Status ${status.toString(16).toUpperCase().padStart(4, '0')}h`
}

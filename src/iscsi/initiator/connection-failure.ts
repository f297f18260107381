import { TransportError, type TransportErrorCode } from '../../platform'

const CODE_OF_ERRNO: Readonly<Record<string, TransportErrorCode>> = {
  ECONNREFUSED: 'TRANSPORT_NO_SUCH_DEVICE',
  ENOTFOUND: 'TRANSPORT_NO_SUCH_DEVICE',
  EAI_AGAIN: 'TRANSPORT_NO_SUCH_DEVICE',
  EHOSTUNREACH: 'TRANSPORT_NO_SUCH_DEVICE',
  ENETUNREACH: 'TRANSPORT_NO_SUCH_DEVICE',
  EACCES: 'TRANSPORT_NO_PERMISSION',
  EPERM: 'TRANSPORT_NO_PERMISSION',
  ETIMEDOUT: 'TRANSPORT_TIMEOUT',
}

/** What the system says of a connection that could not be made, or that broke. */
export function fromSystem(
  error: NodeJS.ErrnoException,
  { address, host, port }: { readonly address: string; readonly host: string; readonly port: number },
): TransportError {
  const { code = '', errno = 0 } = error
  const reached = !(code in CODE_OF_ERRNO)
  return new TransportError(
    CODE_OF_ERRNO[code] ?? 'TRANSPORT_DEVICE_GONE',
    reached
      ? `The connection to ${address} broke: ${error.message}.`
      : `${host}:${port} cannot be reached: ${error.message}.`,
    {
      address,
      cause: error,
      systemError: { system: 'errno', number: Math.abs(errno), name: code },
      hint: reached ? 'Open the drive again.' : 'Check host and port, and that a target listens there.',
    },
  )
}

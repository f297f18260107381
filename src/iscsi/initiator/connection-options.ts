import type { LoginWishes } from './login'

/** Where to connect, as whom, and how long that may take. */
export interface ConnectionOptions extends LoginWishes {
  readonly host: string
  readonly port: number
  /** The address as errors show it. */
  readonly address: string
  /** For the connection and the whole login, 15 s unless given. */
  readonly loginTimeoutMs?: number
}

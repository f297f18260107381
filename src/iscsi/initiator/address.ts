import { UsageError } from '../../errors'
import type { ChapCredentials } from '../chap'
import { isIscsiName } from '../iscsi-name'
import { MAXIMUM_LUN } from '../lun'

const SCHEME = 'iscsi://'
const PORT = 3260
const FORM = 'iscsi://[user[%password]@]host[:port]/target-iqn/lun'

/** What an `iscsi://` address says. */
export interface IscsiAddress {
  readonly host: string
  readonly port: number
  readonly target: string
  readonly lun: number
  readonly chap?: ChapCredentials
  /** What the target has to prove itself with. */
  readonly targetChap?: ChapCredentials
  readonly headerDigest: boolean
  readonly dataDigest: boolean
  /** The address without its passwords, fit to be shown. */
  readonly shown: string
}

/** True where an address is of this form, well made or not. */
export function isIscsiAddress(address: string): boolean {
  return address.toLowerCase().startsWith(SCHEME)
}

function refuse(shown: string, why: string): never {
  throw new UsageError('USAGE_ADDRESS', `"${shown}": ${why}.`, { hint: `The form is ${FORM}.` })
}

/**
 * Takes an `iscsi://` address apart (libiscsi's URL syntax).
 *
 * Passwords may come from the environment instead: `LIBISCSI_CHAP_PASSWORD` (with `LIBISCSI_CHAP_USERNAME`) or
 * `SCSI_MMC_CHAP_SECRET`, and for the target's own `LIBISCSI_CHAP_TARGET_USERNAME` and `LIBISCSI_CHAP_TARGET_PASSWORD`.
 * After a `?`, `header_digest=crc32c` and `data_digest=crc32c` ask for digests, `target_user` and `target_password` for
 * proof of the target.
 *
 * @throws {UsageError} `USAGE_ADDRESS` where it is malformed
 */
export function parseIscsiAddress(
  address: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): IscsiAddress {
  const [whole = '', query = ''] = split(address.slice(SCHEME.length), '?')
  // A password may hold a slash or an at sign: the target's name has neither before its last two slashes.
  const parts = /^(?:(?<login>.*)@)?(?<portal>[^@/]+)\/(?<target>[^/]+)\/(?<lun>[0-9]+)$/.exec(whole)?.groups
  const shown = `${SCHEME}${whole.replace(/%.*@/, '@')}`
  if (!parts) refuse(shown, 'this is no iSCSI address')
  const portal = /^(?:\[(?<ipv6>[0-9A-Fa-f:.]+(?:%[\w.]+)?)\]|(?<host>[^[\]:]+))(?::(?<port>[0-9]{1,5}))?$/.exec(
    parts['portal']!,
  )?.groups
  const host = portal?.['ipv6'] ?? portal?.['host']
  if (host === undefined) refuse(shown, `"${parts['portal']}" is no host and port`)
  const port = Number(portal?.['port'] ?? PORT)
  if (port < 1 || port > 65_535) refuse(shown, `there is no port ${port}`)
  const target = parts['target']!
  if (!isIscsiName(target)) refuse(shown, `"${target}" is no iSCSI name`)
  const lun = Number(parts['lun'])
  if (lun > MAXIMUM_LUN) refuse(shown, `LUNs go up to ${MAXIMUM_LUN}`)

  const options = new Map(
    query
      .split('&')
      .filter(Boolean)
      .map(pair => split(pair, '=')),
  )
  for (const name of options.keys()) {
    if (!OPTIONS.has(name)) refuse(shown, `"${name}" is no option of an iSCSI address`)
  }
  const chap = credentials(shown, parts['login'], environment)
  const targetUser = options.get('target_user') ?? environment['LIBISCSI_CHAP_TARGET_USERNAME']
  const targetPassword = options.get('target_password') ?? environment['LIBISCSI_CHAP_TARGET_PASSWORD']
  return {
    host,
    port,
    target,
    lun,
    ...(chap ? { chap } : {}),
    ...(chap && targetUser && targetPassword ? { targetChap: { user: targetUser, password: targetPassword } } : {}),
    headerDigest: digest(shown, options.get('header_digest')),
    dataDigest: digest(shown, options.get('data_digest')),
    shown,
  }
}

const OPTIONS: ReadonlySet<string> = new Set(['header_digest', 'data_digest', 'target_user', 'target_password'])

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

function digest(shown: string, value = 'none'): boolean {
  const wanted = value.toLowerCase()
  if (wanted !== 'none' && wanted !== 'crc32c') refuse(shown, `"${value}" is no digest (crc32c or none)`)
  return wanted === 'crc32c'
}

function credentials(
  shown: string,
  login: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ChapCredentials | undefined {
  const [given = '', inline = ''] = login === undefined ? [] : split(login, '%')
  const user = given || environment['LIBISCSI_CHAP_USERNAME']
  if (!user) return undefined
  const password = inline || environment['LIBISCSI_CHAP_PASSWORD'] || environment['SCSI_MMC_CHAP_SECRET']
  if (!password) refuse(shown, `the password of ${user} is missing (it may stand in LIBISCSI_CHAP_PASSWORD)`)
  return { user, password }
}

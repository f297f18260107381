/** iSCSI names (RFC 7143 4.2.7): `iqn.2026-01.org.example:drive`, `eui.` and `naa.` with hexadecimal digits. */

const MAXIMUM_NAME_BYTES = 223
const IQN = /^iqn\.[0-9]{4}-[0-9]{2}\.[^\s/\\\p{Cc}\p{Z}]+$/u
const EUI = /^eui\.[0-9a-f]{16}$/
const NAA = /^naa\.(?:[0-9a-f]{16}|[0-9a-f]{32})$/

/** The name as it is compared: lower case and NFKC, which is what stringprep comes to for names in use. */
export function normalizeIscsiName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

/** True for a name that may be shown, stored and compared: it holds no blanks, slashes or control characters. */
export function isIscsiName(name: string): boolean {
  const normal = normalizeIscsiName(name)
  return Buffer.byteLength(normal) <= MAXIMUM_NAME_BYTES && (IQN.test(normal) || EUI.test(normal) || NAA.test(normal))
}

import { hex } from '../../layout'

/** Bytes in rows of sixteen: offset, hexadecimal, and what is printable of them. */
export function hexDump(bytes: Uint8Array): string {
  const rows: string[] = []
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = bytes.subarray(offset, offset + 16)
    const text = Array.from(row, byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    rows.push(`  ${offset.toString(16).padStart(6, '0')}  ${hex(row).padEnd(47)}  ${text}`)
  }
  return rows.join('\n')
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** PDUs that strangers have exchanged; `I` is the initiator, `T` the target. */
export function recorded(name: string): { from: 'I' | 'T'; header: Uint8Array; data: Uint8Array }[] {
  return readFileSync(join(__dirname, `${name}.txt`), 'utf8')
    .split('\n')
    .filter(line => /^[IT] /.test(line))
    .map(line => {
      const bytes = Uint8Array.from(Buffer.from(line.slice(2), 'hex'))
      const length = bytes[5]! * 0x10000 + bytes[6]! * 0x100 + bytes[7]!
      return { from: line[0] as 'I' | 'T', header: bytes.subarray(0, 48), data: bytes.subarray(48, 48 + length) }
    })
}

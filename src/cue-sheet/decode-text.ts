/** Byte order marks, and what they say. */
const MARKS: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

/**
 * The text of a cue sheet: by its byte order mark, else as UTF-8, else in the given encoding, else as windows-1252.
 *
 * @param encoding  a label of the WHATWG Encoding Standard, for sheets that are no Unicode: `shift_jis`, `windows-1251`
 */
export function decodeCueSheetText(bytes: Uint8Array, encoding = 'windows-1252'): { text: string; encoding: string } {
  for (const [mark, name] of MARKS) {
    if (mark.every((byte, index) => bytes[index] === byte)) {
      return { text: new TextDecoder(name).decode(bytes), encoding: name }
    }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' }
  } catch {
    return { text: new TextDecoder(encoding).decode(bytes), encoding }
  }
}

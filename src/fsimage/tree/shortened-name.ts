/** Bytes of an extension that a name which is too long keeps. */
const KEPT_EXTENSION = 16

/**
 * A name cut to what there is room for: its beginning, a mark, and its extension; whole characters.
 *
 * @param maximum  as `lengthOf` counts: bytes of UTF-8, or UTF-16 units
 */
export function shortenedName(
  name: string,
  mark: string,
  maximum: number,
  lengthOf: (text: string) => number = Buffer.byteLength,
): string {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && lengthOf(name.slice(dot)) <= KEPT_EXTENSION ? name.slice(dot) : ''
  const end = mark + extension
  let room = maximum - lengthOf(end)
  let start = ''
  for (const character of extension ? name.slice(0, dot) : name) {
    room -= lengthOf(character)
    if (room < 0) break
    start += character
  }
  return start + end
}

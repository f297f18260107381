import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Colours on a terminal only; NO_COLOR is respected (no-color.org). */
export function style(stream: { isTTY?: boolean }): (format: Format, text: string) => string {
  const colours = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
  return colours ? (format, text) => styleText(format, text) : (_format, text) => text
}

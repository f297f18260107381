/**
 * A glob as a test of paths with `/` between names: `*` and `?` stay within a name, `**` crosses them, `[a-z]` is one of
 * a set. A pattern without `/` is matched with the last name alone.
 */
export function globTest(pattern: string): (path: string) => boolean {
  const whole = pattern.includes('/')
  const expression = new RegExp(`^${translate(pattern.replace(/^\//, ''))}$`, 'u')
  return path => expression.test(whole ? path : path.slice(path.lastIndexOf('/') + 1))
}

function translate(pattern: string): string {
  let expression = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '*') {
      const crosses = pattern[at + 1] === '*'
      if (crosses) at++
      if (crosses && pattern[at + 1] === '/') {
        expression += '(?:.*/)?'
        at++
      } else {
        expression += crosses ? '.*' : '[^/]*'
      }
    } else if (character === '?') {
      expression += '[^/]'
    } else if (character === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2)
      const set = pattern.slice(at + 1, end).replace(/[\\\]^&[]/g, '\\$&')
      expression += `[${set.replace(/^(?:\\\^|!)/, '^')}]`
      at = end
    } else {
      expression += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    }
  }
  return expression
}

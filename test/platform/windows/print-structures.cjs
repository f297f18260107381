// Compiles structures.c for 64- and 32-bit Windows and prints what the compiler says, as JSON. With --record it writes
// structures.json, which the everyday tests compare with. Needs gcc-mingw-w64-x86-64 and gcc-mingw-w64-i686 (Debian).
const { execFileSync } = require('node:child_process')
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')

const COMPILERS = { 64: 'x86_64-w64-mingw32-gcc', 32: 'i686-w64-mingw32-gcc' }

function printed(compiler) {
  const assembler = execFileSync(compiler, ['-S', '-o', '-', join(__dirname, 'structures.c')], { encoding: 'utf8' })
  const structures = {}
  const codes = {}
  const errors = {}
  for (const [, structure, member, offset, size] of assembler.matchAll(/@ (\w+) (\S+) (-?\d+) (\d+)/g)) {
    if (structure === 'code') codes[member] = Number(offset) >>> 0
    else if (structure === 'error') errors[member] = Number(offset)
    else if (member === '.') structures[structure] = { size: Number(size), members: {} }
    else structures[structure].members[member] = [Number(offset), Number(size)]
  }
  return { structures, codes, errors }
}

const wide = printed(COMPILERS[64])
const narrow = printed(COMPILERS[32])
const table = {
  source: 'mingw-w64 10.0.0',
  64: wide.structures,
  32: narrow.structures,
  codes: wide.codes,
  errors: wide.errors,
}
const text = `${JSON.stringify(table, null, 2)}\n`
if (process.argv.includes('--record')) writeFileSync(join(__dirname, 'structures.json'), text)
else process.stdout.write(text)

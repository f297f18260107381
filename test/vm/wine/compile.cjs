// TypeScript as plain JavaScript: compile.cjs FOLDER FILE…
const { readFileSync, writeFileSync } = require('node:fs')
const { basename, join } = require('node:path')
const { transformSync } = require('@swc/core')

const [folder, ...files] = process.argv.slice(2)
for (const file of files) {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  })
  writeFileSync(join(folder, basename(file).replace(/\.ts$/, '.js')), code)
}

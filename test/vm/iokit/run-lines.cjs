// Runs command lines in this process: run-lines.cjs RESULT LINES, both JSON.
const { writeFileSync } = require('node:fs')
const commandLines = require('../wine/command-lines.cjs')

const [result, lines] = process.argv.slice(2)
const { run } = require('../../../dist/cli/main.js')
commandLines(run, JSON.parse(lines)).then(answers => writeFileSync(result, JSON.stringify(answers)))

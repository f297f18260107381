#!/usr/bin/env node
const { run } = require('../dist/cli/main.js')

run(process.argv.slice(2)).then(
  exitCode => {
    process.exitCode = exitCode
  },
  error => {
    console.error(error)
    process.exitCode = 4
  },
)

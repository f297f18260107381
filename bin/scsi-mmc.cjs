#!/usr/bin/env node
// Node 22.1 and later can keep what they have compiled for the next start.
require('node:module').enableCompileCache?.()

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

#!/usr/bin/env node
// Node 22.1 and later can keep what they have compiled for the next start.
require('node:module').enableCompileCache?.()

const { existsSync } = require('node:fs')
const { join } = require('node:path')

const main = join(__dirname, '..', 'dist', 'cli', 'main.js')
if (existsSync(main)) {
  require(main)
    .run(process.argv.slice(2))
    .then(
      exitCode => {
        process.exitCode = exitCode
      },
      error => {
        console.error(error)
        process.exitCode = 4
      },
    )
} else {
  // A checkout, not an installed package: that one has its compiled code in it.
  console.error('scsi-mmc has not been compiled yet: run npm ci, then npm run build.')
  process.exitCode = 4
}

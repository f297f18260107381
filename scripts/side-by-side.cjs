'use strict'
// Runs scripts of package.json side by side: `node scripts/side-by-side.cjs lint typecheck`. What each printed comes when
// it has ended, in one piece; the exit status is 1 where one of them failed.
const { spawn } = require('node:child_process')

/** @param {string} name  a script of package.json */
function run(name) {
  return new Promise(resolve => {
    const child = spawn('npm', ['run', '--silent', name], { shell: process.platform === 'win32' })
    const printed = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => printed.push(chunk))
    child.on('close', status => {
      console.log(`${name}: ${status === 0 ? 'passed' : `failed (${status})`}`)
      if (status !== 0) process.stdout.write(Buffer.concat(printed))
      resolve(status === 0)
    })
  })
}

void Promise.all(process.argv.slice(2).map(run)).then(passed => {
  process.exitCode = passed.every(Boolean) ? 0 : 1
})

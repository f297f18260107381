// describe, it and the rest (expect is jest's own), as far as the transport's contract needs them: one node process under Wine runs it all.
const { join } = require('node:path')
const { expect } = require(join(__dirname, 'node_modules/expect'))

const root = { before: [], after: [], tests: [], groups: [] }
let group = root

Object.assign(globalThis, {
  expect,
  describe: (name, body) => {
    const outer = group
    group = { name, before: [], after: [], tests: [], groups: [] }
    outer.groups.push(group)
    body()
    group = outer
  },
  it: (name, body) => group.tests.push({ name, body }),
  beforeEach: body => group.before.push(body),
  afterEach: body => group.after.push(body),
})

/** Runs all that was described, and tells each before it begins; [name, what went wrong or null] of each test. */
async function runAll(tell, from = root, path = [], before = [], after = []) {
  const results = []
  const befores = [...before, ...from.before]
  const afters = [...from.after, ...after]
  for (const { name, body } of from.tests) {
    tell([...path, name].join(' › '))
    let failure = null
    try {
      for (const step of befores) await step()
      try {
        await body()
      } finally {
        for (const step of afters) await step()
      }
    } catch (error) {
      failure = String(error?.stack ?? error)
    }
    results.push([[...path, name].join(' › '), failure])
  }
  for (const inner of from.groups) results.push(...(await runAll(tell, inner, [...path, inner.name], befores, afters)))
  return results
}

module.exports = { runAll }

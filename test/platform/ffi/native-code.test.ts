import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { installedBackends } from './backends'

const ROOT = join(__dirname, '../../..')

/** Runs a script in a Node process of its own, with the library's source; gives what it prints as JSON. */
function run(script: string): unknown {
  const watched = `
    const loaded = []
    const dlopen = process.dlopen
    process.dlopen = function (module, file) {
      loaded.push(file)
      return dlopen.apply(this, arguments)
    }
    const native = () => loaded.filter(file => !file.includes('swc')).map(file => /koffi|ffi|ref/.exec(file)?.[0])
    const print = value => console.log(JSON.stringify(value))
    ${script}`
  const args = ['--require', join(ROOT, 'test/typescript.cjs'), '--eval', watched]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' }))
}

describe('native code', () => {
  it('is loaded only once a drive of the system is opened', () => {
    expect(
      run(`
        const { openTransport, platforms } = require('./src/index.ts')
        const packages = () => Object.keys(require.cache).filter(file => /node_modules.(koffi|ffi-napi|ref-napi|@2060)/.test(file))
        const before = [native(), packages()]
        const listing = Promise.all(platforms.map(platform => platform.list?.({})))
        listing.then(() => {
          print([...before, native()])
        })`),
    ).toEqual([[], [], []])
  })

  it.each(installedBackends)('of %s keeps the process alive during a call, and no longer', name => {
    // Nothing else keeps this process alive, and nothing is closed.
    expect(
      run(`
        const { loadFfi } = require('./src/platform/ffi/index.ts')
        const ffi = loadFfi({ ffi: '${name}' })
        const labs = ffi.library([process.platform === 'win32' ? 'msvcrt.dll' : null])
          .function('abs', { parameters: ['i32'], result: 'i32' })
        labs.callAsync(-7).then(({ value }) => {
          print([value, native().length > 0])
        })`),
    ).toEqual([7, true])
  })
})

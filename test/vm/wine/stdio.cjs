// Preloaded under Wine, which hands Unix pipes on as handles that libuv cannot open: what the standard streams would
// throw at their first use is replaced by synchronous writes and reads.
const fs = require('node:fs')
const { Writable } = require('node:stream')

for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
  try {
    void process[name]
  } catch {
    const write = (chunk, _encoding, done) => {
      fs.writeSync(fd, chunk)
      done()
    }
    const value = fd === 0 ? fs.createReadStream(null, { fd, autoClose: false }) : new Writable({ write })
    Object.defineProperty(process, name, { value, configurable: true, enumerable: true })
  }
}

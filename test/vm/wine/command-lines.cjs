// Runs command lines of scsi-mmc in this process, and gives what each printed.
const { Writable } = require('node:stream')

function collector() {
  const chunks = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}

/** Runs one command line after the other with `--json`, telling each: exit code, JSON document and stderr of each. */
module.exports = async function commandLines(run, lines, tell = () => {}) {
  const answers = []
  for (const line of lines) {
    tell(line.join(' '))
    const out = collector()
    const err = collector()
    const code = await run([...line, '--json'], out.stream, err.stream)
    const text = out.text()
    answers.push({ code, json: text ? JSON.parse(text) : null, stderr: err.text() })
  }
  return answers
}

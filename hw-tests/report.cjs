const os = require('node:os')

const cell = text =>
  String(text)
    .replace(/\|/g, '\\|')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[^\t\x20-\uffff]/g, '?')

/** The report of a run in Markdown. */
function report({ identity, medium, sections }, { address, version, transcript, commands, writes }) {
  const name = identity instanceof Error ? identity.message : nameOf(identity)
  const all = sections.flatMap(({ results }) => results)
  const count = outcome => all.filter(result => result.outcome === outcome).length
  const lines = [
    `# ${cell(name)}`,
    '',
    `scsi-mmc ${version}, Node ${process.version}, ${os.type()} ${os.release()} ${process.arch}, ${new Date().toISOString()}`,
    '',
    `Address \`${cell(address)}\`, ${commands} commands sent, ${writes} of them such as write.`,
    `The transcript \`${transcript}\` has every byte of them: data of the disc's first blocks and serial numbers included.`,
    '',
    `**${count('passed')} passed, ${count('failed')} failed, ${count('noted')} noted, ${count('not applicable')} not applicable**`,
  ]
  for (const { title, results } of sections) {
    lines.push('', `## ${title}`, '', '| check | outcome | |', '| --- | --- | --- |')
    for (const each of results) lines.push(`| ${cell(each.title)} | ${each.outcome} | ${cell(each.says)} |`)
  }
  lines.push('', '## The medium as it was concluded', '')
  if (medium instanceof Error) lines.push(cell(medium.message))
  else lines.push('```json', JSON.stringify(medium, null, 1), '```')
  return `${lines.join('\n')}\n`
}

function nameOf(identity) {
  const { vendorIdentification, productIdentification, productRevisionLevel } = identity
  return `${vendorIdentification} ${productIdentification} ${productRevisionLevel}`
}

module.exports = { report, nameOf }

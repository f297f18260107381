// listing.cjs IMAGE: what ./manifest prints of a mounted volume, of the UDF volume of an image.
const { createHash } = require('node:crypto')
const { openImage, loadTree } = require('../../../dist/fsimage')

const SPECIAL = { 'block-device': 'b', 'character-device': 'c', fifo: 'p', socket: 's' }

async function main() {
  const image = await openImage(process.argv[2])
  const { fileSystems } = await image.session(1)
  const volume = fileSystems.find(({ type }) => type === 'UDF')
  await loadTree(volume.root)
  for (const warning of volume.warnings) console.error(warning)
  const nodes = []
  const walk = directory => {
    for (const node of directory.loadedEntries.values()) {
      nodes.push(node)
      if (node.kind === 'directory') walk(node)
    }
  }
  walk(volume.root)
  const links = new Map()
  for (const { content } of nodes) links.set(content, (links.get(content) ?? 0) + 1)
  for (const node of nodes) {
    const owner = `${node.uid} ${node.gid}`
    const mode = node.mode.toString(8)
    const seconds = Math.floor(node.modified / 1000)
    const time = `${seconds}.${String(node.modified - seconds * 1000).padStart(3, '0')}`
    if (node.kind === 'directory') console.log(`d ${mode} ${owner} - ${time} .${node.path}`)
    else if (node.kind === 'link') console.log(`l - ${owner} ${node.target} .${node.path}`)
    else if (node.kind === 'other') console.log(`${SPECIAL[node.type]} ${mode} ${owner} .${node.path}`)
    else {
      const { content } = node
      console.log(`f ${mode} ${owner} ${content.sizeBytes} ${links.get(content)} ${time} .${node.path}`)
      const sum = createHash('md5')
      for await (const chunk of content.chunks()) sum.update(chunk)
      console.log(`${sum.digest('hex')}  .${node.path}`)
    }
  }
  await image.close()
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})

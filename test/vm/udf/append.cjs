// append.cjs IMAGE: puts a session with one file more, `of the next session`, on the UDF volume of an image, so that a plain
// mount shows it.
const { closeSync, openSync, writeSync } = require('node:fs')
const { FileSystemImage, openImageFile } = require('../../../dist/fsimage')

async function main() {
  const source = await openImageFile(process.argv[2])
  const image = new FileSystemImage({ creationTime: 1_700_000_000_000 })
  await image.importImage({
    source,
    kind: 'random-write',
    writeUnitSize: 32,
    nextWritableAddress: Math.ceil(source.blockCount / 32) * 32,
  })
  await image.root.addFile('of the next session', Buffer.from('later\n'), { mode: 0o644, uid: 0, gid: 0 })
  const result = await image.createResultImage()
  const file = openSync(process.argv[2], 'r+')
  for (const range of result.modifiedBlocks) {
    let position = range.start * 2048
    for await (const chunk of result.stream(range)) position += writeSync(file, chunk, 0, chunk.length, position)
  }
  closeSync(file)
  await source.close()
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})

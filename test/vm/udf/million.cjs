// million.cjs IMAGE: UDF of a million files in a thousand directories; in each directory one file holds its own number.
const { BytesContent, FileSystemImage } = require('../../../dist/fsimage')

const DIRECTORIES = 1000
const FILES = 1000

async function main() {
  const image = new FileSystemImage({ creationTime: 1_700_000_000_000 })
  image.fileSystemsToCreate = ['UDF']
  for (let directory = 0; directory < DIRECTORIES; directory++) {
    const below = image.createDirectoryItem(`directory ${directory}`)
    for (let file = 0; file < FILES; file++) {
      const text = file === directory ? `${file}\n` : ''
      below.attach(await image.createFileItem(`file ${file}`, new BytesContent(Buffer.from(text))))
    }
    image.addNode(image.root.node, below)
  }
  await (await image.createResultImage()).writeFile(process.argv[2])
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})

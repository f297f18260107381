import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { manifest, openWhole } from './image'

const IMAGES = join(__dirname, 'images')
const unpacked = (name: string) => gunzipSync(readFileSync(join(IMAGES, `${name}.img.gz`)))

const FILLED = readdirSync(IMAGES)
  .filter(name => name.endsWith('.txt'))
  .map(name => name.replace('.txt', ''))

// Made by mkudffs and filled by Linux's own driver; see images/README.md.
test.each(FILLED)('%s is read as Linux shows it', async name => {
  const found = await openWhole(unpacked(name))
  expect(await manifest(found)).toEqual(
    readFileSync(join(IMAGES, `${name}.txt`), 'utf8')
      .trimEnd()
      .split('\n')
      .sort(),
  )
  expect(found.volumeName).toBe('Größe ☃')
  expect(found.revision).toBe(`${name.at(-3)}.${name.slice(-2)}`)
  expect(found.warnings).toEqual([])
})

test('a recordable disc by mkudffs: its virtual allocation table is found behind the blocks that follow', async () => {
  const image = unpacked('cdr-150')
  const found = await openWhole(image)
  expect(found).toMatchObject({ type: 'UDF', revision: '1.50', volumeName: 'Größe ☃', endAddress: 300 })
  expect([...found.root.loadedEntries.keys()]).toEqual([])
  expect(found.warnings).toEqual([
    'the virtual allocation table stands at block 42 of partition 0, not in the last block',
  ])
  const exact = await openWhole(image.subarray(0, 300 * 2048))
  expect(exact.warnings).toEqual([])
})

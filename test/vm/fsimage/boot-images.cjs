// boot-images.cjs WORK: images that a PC starts from, one of each kind of El Torito, and WORK/boots: image, firmware, and
// what its boot image says on the first serial port when it runs. Each ends the machine: GRUB by halting it, the others by
// QEMU's isa-debug-exit.
const { mkdirSync, readFileSync, openSync, writeFileSync, writeSync, closeSync } = require('node:fs')
const { join } = require('node:path')
const { BytesContent, FileSystemImage, PLATFORM_ID } = require('../../../dist/fsimage')

const work = process.argv[2]
const CODE_AT = 64

/** A boot sector that says a text; bytes 8 to 63 are left to the boot information table. */
function saying(text, sizeBytes) {
  const image = Buffer.alloc(sizeBytes)
  image.set([0xeb, CODE_AT - 2])
  image.set(
    [
      ...[0xe8, 0, 0, 0x5e, 0x83, 0xc6, 0x19], // call next; next: pop si; add si, text - next
      ...[0xba, 0xf8, 0x03], // mov dx, 3f8h
      ...[0x2e, 0xac, 0x84, 0xc0, 0x74, 3, 0xee, 0xeb, 0xf7], // each: cs lodsb; test al, al; jz end; out dx, al; jmp each
      ...[0xba, 0xf4, 0, 0xb0, 0, 0xee, 0xf4, 0xeb, 0xfd], // end: mov dx, 0f4h; mov al, 0; out dx, al; hlt; jmp end
    ],
    CODE_AT,
  )
  image.write(`${text}\0`, CODE_AT + 28, 'latin1')
  image.writeUInt16LE(0xaa55, 510)
  return image
}

/** One partition, active, of the whole of a small disk of 16 heads and 63 sectors. */
function disk(text) {
  const image = saying(text, 16 * 63 * 2 * 512)
  image.set([0x80, 1, 1, 0, 0x06, 15, 63, 1], 446)
  image.writeUInt32LE(63, 454)
  image.writeUInt32LE(16 * 63 * 2 - 63, 458)
  return image
}

async function build(name, bootImages, settings = {}, files = []) {
  const image = new FileSystemImage({ creationTime: 1_700_000_000_000 })
  Object.assign(image, { volumeName: 'Boot', ...settings })
  await image.root.addTree(join(work, 'plain'))
  for (const { path, content } of [...files, ...bootImages]) if (path) await image.root.addFile(path, content)
  image.bootImages = bootImages.map(({ path, ...boot }) => boot)
  const result = await image.createResultImage()
  const file = openSync(join(work, name), 'w')
  let position = 0
  for await (const chunk of result.stream()) position += writeSync(file, chunk, 0, chunk.length, position)
  closeSync(file)
}

async function main() {
  mkdirSync(work, { recursive: true })
  const content = bytes => new BytesContent(bytes)
  const efi = {
    path: 'efi.img',
    content: content(Buffer.alloc(2_949_120, 0xef)),
    platformId: PLATFORM_ID.efi,
    emulation: 'none',
  }
  await build('boot-none.iso', [
    { path: 'none.bin', content: content(saying('no emulation', 2048)), bootInfoTable: true },
    efi,
  ])
  await build('boot-floppy.iso', [{ content: content(saying('floppy', 1_474_560)) }], {
    fileSystemsToCreate: ['ISO9660', 'Joliet', 'UDF'],
  })
  await build('boot-disk.iso', [{ content: content(disk('hard disk')), emulation: 'hard-disk' }])
  const word = { path: 'word', content: content(Buffer.from('read by GRUB\n')) }
  const grub = [
    { path: 'grub.bin', content: content(readFileSync(join(work, 'grub.bin'))), bootInfoTable: true },
    {
      path: 'grub.fat',
      content: content(readFileSync(join(work, 'grub.fat'))),
      platformId: PLATFORM_ID.efi,
      emulation: 'none',
    },
  ]
  await build('boot-grub.iso', grub, {}, [word])
  await build('boot-grub-bridge.iso', grub, { fileSystemsToCreate: ['ISO9660', 'Joliet', 'UDF'] }, [word])
  const boots = [
    'boot-none.iso bios no emulation',
    'boot-floppy.iso bios floppy',
    'boot-disk.iso bios hard disk',
    ...['boot-grub.iso', 'boot-grub-bridge.iso'].flatMap(name => [
      `${name} bios read by GRUB`,
      `${name} uefi read by GRUB`,
    ]),
  ]
  writeFileSync(join(work, 'boots'), `${boots.join('\n')}\n`)
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})

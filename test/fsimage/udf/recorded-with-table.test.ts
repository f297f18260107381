import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileSystemImage, openDisc } from '../../../src/fsimage'
import { openDrive } from '../../../src/open-drive'
import { type MediaType, virtualDisc } from '../../../src/virtual'
import { CREATED } from '../building'
import { treeOf } from '../trees'

const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
afterAll(() => rmSync(directory, { recursive: true }))

test.each<MediaType>(['cd-r', 'dvd-r', 'dvd+r', 'bd-r'])(
  'sessions with a Virtual Allocation Table recorded on a %s and read back, from the first session as from the last',
  async media => {
    const path = join(directory, `${media}.state`)
    await virtualDisc.create(path, { media })
    for (let session = 1; session <= 3; session++) {
      const drive = await openDrive(`virtual:${path}`, { access: 'write' })
      try {
        const image = new FileSystemImage({ creationTime: CREATED + session * 1000 })
        if (session === 1) {
          await image.chooseImageDefaults(drive)
          image.fileSystemsToCreate = ['UDF']
          image.udfRevision = '2.01'
          image.udfVirtualAllocationTable = true
          image.volumeName = 'Growing'
        } else {
          await image.putMultisessionInterfaces(await drive.multisessionInterfaces())
          await image.importFileSystem()
          expect(image.udfVirtualAllocationTable).toBe(true)
        }
        await image.root.addFile(`session ${session}`, Buffer.from(`text ${session}`))
        await drive.write(await image.createResultImage())
      } finally {
        await drive.close()
      }
    }
    const drive = await openDrive(`virtual:${path}`)
    try {
      const disc = await openDisc(drive)
      expect(disc.sessions).toHaveLength(3)
      for (const { number } of disc.sessions) {
        const [found] = (await disc.session(number)).fileSystems
        expect(found).toMatchObject({ type: 'UDF', volumeName: 'Growing' })
        expect(await treeOf(found!.root)).toEqual(
          Array.from({ length: number }, (_, index) => `/session ${index + 1} text ${index + 1}`),
        )
      }
      // A reader that knows the first session alone, and where the medium's last block is.
      const whole = await openDisc(drive, { sessionStart: 0 })
      const [newest] = (await whole.session(1)).fileSystems
      expect(await treeOf(newest!.root)).toHaveLength(3)
    } finally {
      await drive.close()
    }
  },
)

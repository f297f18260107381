import type { MediaType } from '../../src/virtual'
import { newDisc } from './drive-with-disc'
import { expectDiscToBeWhole, recordAndKill } from './power-failure'

/** `SCSI_MMC_POWER_FAILURES=200` kills as many recorders, of every kind; by default one of each way of recording is. */
const failures = Number(process.env['SCSI_MMC_POWER_FAILURES'] ?? 0)
const MEDIA: readonly MediaType[] =
  failures > 0
    ? ['cd-r', 'cd-rw', 'dvd+r', 'dvd-r', 'bd-r', 'dvd+rw', 'dvd-rw-ro', 'bd-re', 'dvd-r-dl']
    : ['cd-r', 'dvd+r', 'dvd+rw']
const runs = Math.max(1, Math.ceil(failures / MEDIA.length))

test.each(MEDIA)(
  'a %s whose recorder is killed keeps all that was synchronised',
  async media => {
    for (let run = 0; run < runs; run++) {
      const disc = await newDisc({ media })
      // Another moment at each run: the disc has to be whole after all of them.
      const lines = 2 + Math.floor(Math.random() * 12)
      const survived = await recordAndKill(disc, media, lines, Math.random() * 10)
      await expectDiscToBeWhole(disc, media, survived)
    }
  },
  30_000 * runs,
)

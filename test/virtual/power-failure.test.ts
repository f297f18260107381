import type { MediaType } from '../../src/virtual'
import { newDisc } from './drive-with-disc'
import { expectDiscToBeWhole, recordAndKill } from './power-failure'

/** One of each kind of recording: track at once, sequential, overwriting. The stress run takes all of them. */
const MEDIA: readonly MediaType[] = ['cd-r', 'dvd+r', 'dvd+rw']

test.each(MEDIA)('a %s whose recorder is killed keeps all that was synchronised', async media => {
  const disc = await newDisc({ media })
  // Another moment at each run: the disc has to be whole after all of them.
  const lines = 2 + Math.floor(Math.random() * 12)
  const survived = await recordAndKill(disc, media, lines, Math.random() * 10)
  await expectDiscToBeWhole(disc, media, survived)
})

import type { Disc } from '../disc/disc'
import type { MediaType } from '../disc/disc-state'
import { BdR } from './bd-r'
import { BdRRandom } from './bd-r-random'
import { BdRe } from './bd-re'
import { RecordableCompactDisc } from './cd-recordable'
import { CdRom } from './cd-rom'
import { CdRwPackets } from './cd-rw-packets'
import { DvdMinus } from './dvd-minus'
import { DvdPlusR } from './dvd-plus-r'
import { DvdPlusRw } from './dvd-plus-rw'
import { DvdRLayerJump } from './dvd-r-layer-jump'
import { DvdRam } from './dvd-ram'
import { DvdRwRestrictedOverwrite } from './dvd-rw-restricted-overwrite'
import type { Medium } from './medium'
import { BdRom, DvdRom } from './read-only'

const MEDIA: Readonly<Record<MediaType, new (disc: Disc) => Medium>> = {
  'cd-rom': CdRom,
  'cd-r': RecordableCompactDisc,
  'cd-rw': RecordableCompactDisc,
  'dvd-rom': DvdRom,
  'dvd-r': DvdMinus,
  'dvd-r-dl': DvdMinus,
  'dvd-rw': DvdMinus,
  'dvd-rw-ro': DvdRwRestrictedOverwrite,
  'dvd+r': DvdPlusR,
  'dvd+r-dl': DvdPlusR,
  'dvd+rw': DvdPlusRw,
  'dvd-ram': DvdRam,
  'bd-rom': BdRom,
  'bd-r': BdR,
  'bd-r-pow': BdR,
  'bd-re': BdRe,
}

/** The medium that a disc is, as its state has it now. */
export function mediumOf(disc: Disc): Medium {
  const { media, organisation } = disc.state
  if (organisation === 'random' && media === 'bd-r') return new BdRRandom(disc)
  if (organisation === 'restricted-overwrite' && media === 'cd-rw') return new CdRwPackets(disc)
  if (organisation === 'layer-jump' && media === 'dvd-r-dl') return new DvdRLayerJump(disc)
  return new MEDIA[media](disc)
}

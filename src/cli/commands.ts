import { bench } from './bench'
import { blank } from './blank'
import { close } from './close'
import { decode } from './decode'
import { features } from './features'
import { format } from './format'
import { info } from './info'
import type { CliCommand } from './invocation'
import { list } from './list'
import { multisession } from './multisession'
import { raw } from './raw'
import { read } from './read'
import { speed } from './speed'
import { eject, load } from './tray'
import { virtual } from './virtual'

/** Every command there is, in the order of the help text. */
export const commands: readonly CliCommand[] = [
  list,
  info,
  features,
  multisession,
  read,
  raw,
  decode,
  blank,
  format,
  close,
  eject,
  load,
  speed,
  virtual,
  bench,
]

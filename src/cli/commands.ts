import { audio } from './audio'
import { bench } from './bench'
import { blank } from './blank'
import { append, burn } from './burn'
import { close } from './close'
import { decode } from './decode'
import { extract } from './extract'
import { features } from './features'
import { format } from './format'
import { image } from './image'
import { info } from './info'
import type { CliCommand } from './invocation'
import { list } from './list'
import { ls } from './ls'
import { multisession } from './multisession'
import { raw } from './raw'
import { read } from './read'
import { scan } from './scan'
import { speed } from './speed'
import { eject, load } from './tray'
import { verify } from './verify'
import { virtual } from './virtual'

/** Every command there is, in the order of the help text. */
export const commands: readonly CliCommand[] = [
  list,
  info,
  features,
  multisession,
  image,
  ls,
  extract,
  read,
  scan,
  raw,
  decode,
  burn,
  append,
  audio,
  verify,
  blank,
  format,
  close,
  eject,
  load,
  speed,
  virtual,
  bench,
]

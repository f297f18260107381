import type { CliCommand } from './invocation'

/** Every command there is by its name, in the order of the help text. A command is loaded when it is needed. */
export const commands: Readonly<Record<string, () => Promise<CliCommand>>> = {
  list: async () => (await import('./list')).list,
  info: async () => (await import('./info')).info,
  features: async () => (await import('./features')).features,
  multisession: async () => (await import('./multisession')).multisession,
  image: async () => (await import('./image')).image,
  ls: async () => (await import('./ls')).ls,
  extract: async () => (await import('./extract')).extract,
  read: async () => (await import('./read')).read,
  scan: async () => (await import('./scan')).scan,
  raw: async () => (await import('./raw')).raw,
  decode: async () => (await import('./decode')).decode,
  burn: async () => (await import('./burn')).burn,
  append: async () => (await import('./burn')).append,
  audio: async () => (await import('./audio')).audio,
  verify: async () => (await import('./verify')).verify,
  blank: async () => (await import('./blank')).blank,
  format: async () => (await import('./format')).format,
  close: async () => (await import('./close')).close,
  eject: async () => (await import('./tray')).eject,
  load: async () => (await import('./tray')).load,
  speed: async () => (await import('./speed')).speed,
  virtual: async () => (await import('./virtual')).virtual,
  bench: async () => (await import('./bench')).bench,
}

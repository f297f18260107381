import { iscsiPlatform } from './iscsi/initiator/platform'
import type { Platform } from './platform'
import { replayPlatform } from './platform/layers/replay-platform'
import { linuxPlatform } from './platform/linux'
import { macosPlatform } from './platform/macos'
import { windowsPlatform } from './platform/windows'
import { virtualPlatform } from './virtual/platform'

/** Every way to reach a drive, the first that knows an address opens it. A new one is one more row. */
export const platforms: readonly Platform[] = [
  linuxPlatform,
  windowsPlatform,
  macosPlatform,
  replayPlatform,
  iscsiPlatform,
  virtualPlatform,
]

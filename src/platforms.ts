import type { Platform } from './platform'

/** Every way to reach a drive, the first that knows an address opens it. A new one is one more row. */
export const platforms: readonly Platform[] = []

export * from './scan-medium'
export * from './scan-summary'
export type { UnreadableBlocks } from './unreadable-blocks'

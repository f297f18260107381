export * from './burn-session'
export * from './from-audio-files'
export * from './from-cue-sheet'
export * from './read-disc'

export * from './disc-session'
export * from './record-session'
export * from './session-cue-sheet'
export * from './verify-session'

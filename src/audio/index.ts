export * from './audio-file'
export * from './open-audio-file'
export * from './wav-header'

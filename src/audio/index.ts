export * from './audio-file'
export * from './open-audio-file'

export * from './ffi'
export * from './load'
export * from './structure'

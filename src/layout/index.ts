export * from './field'
export * from './fields'
export * from './layout'

export * from './open'
export * from './transport'

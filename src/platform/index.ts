export * from './layers'
export * from './open'
export * from './transport'

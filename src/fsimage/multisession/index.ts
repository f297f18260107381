export * from './evaluate'
export * from './interfaces'
export { type DescribedInterface, describedInterface, multisessionInterfaces } from './of-medium'
export { type AcceptedMultisession, acceptMultisession } from './rules'

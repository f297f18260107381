export { type ServedUnit, type ServeOptions, serve, type Target, type TargetEvent } from './target'
export type { ChapPolicy } from './target/chap-exchange'

export { UDF_REVISIONS, type UdfRevision } from './revision'
export { type GrowingVolume, UdfLayer } from './udf-layer'

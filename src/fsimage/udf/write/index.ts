export { UDF_REVISIONS, type UdfRevision } from './revision'
export { UdfLayer } from './udf-layer'

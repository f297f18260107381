export { UDF_REVISIONS, type UdfRevision } from './revision'
export { UdfLayer, type UdfLayerOptions } from './udf-layer'

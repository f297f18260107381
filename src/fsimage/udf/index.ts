export { readUdf } from './read'
export { UDF_REVISIONS, UdfLayer, type UdfLayerOptions, type UdfRevision } from './write'

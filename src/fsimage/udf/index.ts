export { udfDescriptorOf } from './descriptors/by-tag'
export { readUdf } from './read'
export { type GrowingVolume, UDF_REVISIONS, UdfLayer, type UdfRevision } from './write'

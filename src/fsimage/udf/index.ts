export { udfDescriptorOf } from './descriptors/by-tag'
export { readUdf, udfVolumeEnd } from './read'
export { type GrowingVolume, UDF_REVISIONS, UdfLayer, type UdfRevision } from './write'

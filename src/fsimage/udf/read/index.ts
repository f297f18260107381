export { readUdf, udfVolumeEnd } from './read-udf'

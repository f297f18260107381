export { readUdf } from './read-udf'

/**
 * `disk4`, `/dev/disk4`, `/dev/rdisk4` (a partition's name counts for its disk) or a path of the I/O Registry,
 * `IOService:/…`; undefined where it is none of them.
 *
 * @returns the BSD name of the whole disk, or the registry path
 */
export function parseMacosAddress(text: string): string | undefined {
  const [, disk] = /^(?:\/dev\/)?r?(disk\d{1,5})(?:s\d+)*$/.exec(text) ?? []
  if (disk !== undefined) return disk
  return /^IOService:\/[^\0]*$/.test(text) ? text : undefined
}

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import {
  closeTrackSession,
  Drive,
  modeSelect10,
  modeSense10,
  read10,
  readDiscInformation,
  readTrackInformation,
  type ScsiError,
  synchronizeCache,
  write10,
} from '../../src/mmc'
import {
  type Disc,
  type VirtualDiscOptions,
  VirtualDrive,
  type VirtualDriveOptions,
  virtualDisc,
} from '../../src/virtual'

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'virtual-disc-'))
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }))
let count = 0

/** A new disc's state file. */
export async function newDisc(options: VirtualDiscOptions): Promise<string> {
  const file = path.join(directory, `disc-${count++}`)
  await virtualDisc.create(file, options)
  return file
}

export async function load(file: string, options: VirtualDriveOptions = {}): Promise<Drive & { disc: Disc }> {
  const disc = await virtualDisc.open(file, { access: 'write' })
  return Object.assign(new Drive(new VirtualDrive(disc, options), { access: 'write' }), { disc })
}

/** A drive for writing, with a new disc in its tray. */
export async function drive(options: VirtualDiscOptions, behaviour: VirtualDriveOptions = {}) {
  return load(await newDisc(options), behaviour)
}

/** How a command ended: `GOOD`, or sense key, ASC and ASCQ in hexadecimal. */
export function outcome(promise: Promise<unknown>): Promise<string> {
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, '0')
  return promise.then(
    () => 'GOOD',
    ({ sense }: ScsiError) =>
      sense ? `${sense.key.toString(16).toUpperCase()}/${hex(sense.asc)}/${hex(sense.ascq)}` : 'FAILED',
  )
}

/** Blocks that can be told apart: each begins with its own address and a mark. */
export function blocks(start: number, count: number, mark = 0, bytes = 2048): Uint8Array {
  const data = Buffer.alloc(count * bytes, mark)
  for (let index = 0; index < count; index++) data.writeInt32BE(start + index, index * bytes)
  return data
}

export function write(to: Drive, lba: number, count: number, mark = 0, bytes = 2048): Promise<unknown> {
  const parameters = { logicalBlockAddress: lba, transferLength: count }
  return to.send(write10, parameters, { data: blocks(lba, count, mark, bytes) })
}

export async function read(from: Drive, lba: number, count: number): Promise<Buffer> {
  return Buffer.from((await from.send(read10, { logicalBlockAddress: lba, transferLength: count })) as Uint8Array)
}

export const information = (of: Drive) => of.send(readDiscInformation)
export const track = (of: Drive, number: number) => of.send(readTrackInformation, { numberType: 'track', number })
export const synchronize = (drive: Drive) => drive.send(synchronizeCache, { immediate: true })
export const close = (drive: Drive, closeFunction: number, logicalTrackNumber = 0) =>
  drive.send(closeTrackSession, { immediate: true, closeFunction, logicalTrackNumber })

/** Sets bytes of the write parameters page as programs do: reads it, changes what it means to, sends it back. */
export async function writeParameters(drive: Drive, bytes: Readonly<Record<number, number>>): Promise<void> {
  const { blockDescriptorsAndPages } = await drive.send(modeSense10, {
    pageCode: 0x05,
    disableBlockDescriptors: true,
    allocationLength: 60,
  })
  const page = Uint8Array.from(blockDescriptorsAndPages!)
  page[0]! &= 0x3f
  for (const [offset, value] of Object.entries(bytes)) page[Number(offset)] = value
  await drive.send(modeSelect10, {}, { data: Buffer.concat([Buffer.alloc(8), page]) })
}

/** What is on the disk at this moment, as a disc of its own: what a power failure now would leave. */
export function powerFailureNow({ disc }: { readonly disc: Disc }): string {
  const copy = path.join(directory, `disc-${count++}`)
  for (const suffix of ['.blocks', '.sectors']) {
    if (fs.existsSync(disc.path + suffix)) fs.copyFileSync(disc.path + suffix, copy + suffix)
  }
  const state = fs.readFileSync(disc.path, 'utf8')
  fs.writeFileSync(copy, state.replace(`${path.basename(disc.path)}.blocks`, `${path.basename(copy)}.blocks`))
  return copy
}

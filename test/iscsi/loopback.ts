import { type IscsiOpenOptions, IscsiTransport, type ServeOptions, serve, type Target } from '../../src/iscsi'
import type { ScsiRequest, ScsiResponse, Transport } from '../../src/platform'
import { RamDrive } from './ram-drive'

const opened: { close(): Promise<void> }[] = []

/** To be called after each test: initiators first, else the target waits for their logout. */
export async function closeAll(): Promise<void> {
  for (const one of opened.splice(0).reverse()) await one.close()
}

export const TARGET = 'iqn.2026-01.org.example:drives'

/** A target on a free port with a drive in memory. */
export async function target(options: Partial<ServeOptions> = {}): Promise<{ target: Target; drive: RamDrive }> {
  const drive = new RamDrive()
  const served = await serve({ luns: [drive], port: 0, target: TARGET, access: 'write', ...options })
  opened.push(served)
  return { target: served, drive }
}

/** Logs in to a target and takes the unit attention that greets a new session. */
export async function initiator(
  { port }: { port: number },
  {
    lun = 0,
    query = '',
    login = '',
    greeted = true,
    ...options
  }: IscsiOpenOptions & {
    lun?: number
    query?: string
    login?: string
    greeted?: boolean
  } = {},
): Promise<IscsiTransport> {
  const transport = await IscsiTransport.open(`iscsi://${login}127.0.0.1:${port}/${TARGET}/${lun}${query}`, options)
  opened.push(transport)
  if (greeted) await send(transport, [0, 0, 0, 0, 0, 0])
  return transport
}

/** One command; a number as data asks for so many bytes, bytes are sent. */
export async function send(
  transport: Transport,
  cdb: readonly number[],
  data: number | Uint8Array = 0,
  timeoutMs = 10_000,
): Promise<ScsiResponse & { data: Uint8Array }> {
  const buffer = typeof data === 'number' ? new Uint8Array(data) : data
  const direction: ScsiRequest['direction'] = buffer.length === 0 ? 'none' : typeof data === 'number' ? 'in' : 'out'
  const response = await transport.execute({ cdb: Uint8Array.from(cdb), direction, data: buffer, timeoutMs })
  return { ...response, data: buffer.subarray(0, response.transferredBytes) }
}

/** Key, ASC and ASCQ of an answer. */
export const senseOf = ({ sense }: ScsiResponse) => [sense[2]! & 0xf, sense[12], sense[13]]

/** READ(10) or WRITE(10). */
export const io = (opcode: 0x28 | 0x2a, lba: number, blocks: number) => [
  opcode,
  0,
  (lba >>> 24) & 0xff,
  (lba >>> 16) & 0xff,
  (lba >>> 8) & 0xff,
  lba & 0xff,
  0,
  blocks >> 8,
  blocks & 0xff,
  0,
]

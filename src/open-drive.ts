import { OpticalDrive } from './optical-drive'
import { type ListedDrive, type OpenOptions, openTransport } from './platform/open'
import type { Transport } from './platform/transport'
import { platforms } from './platforms'

/** How {@link openDrive} opens a drive. */
export interface OpenDriveOptions extends OpenOptions {
  /** Layers around the way to the drive (tracing, fault injection, …), the innermost first. */
  readonly layers?: readonly ((transport: Transport) => Transport)[]
}

/**
 * Opens the drive at an address: `/dev/sr0`, `D:`, `disk4`, `virtual:PATH`, `replay:FILE`, `iscsi://…`.
 *
 * @throws {UsageError} `USAGE_ADDRESS` where it is no drive address
 * @throws {TransportError} where the system does not let it be opened; its hint says what to do
 */
export async function openDrive(address: string, options: OpenDriveOptions = {}): Promise<OpticalDrive> {
  let transport = await openTransport(platforms, address, options)
  for (const layer of options.layers ?? []) transport = layer(transport)
  return new OpticalDrive(transport, { access: options.access ?? 'read' })
}

/** The drives of this machine, as its operating system lists them. */
export async function listDrives(options: OpenOptions = {}): Promise<ListedDrive[]> {
  const lists = await Promise.all(platforms.map(platform => platform.list?.(options) ?? []))
  return lists.flat()
}

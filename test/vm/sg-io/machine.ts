import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { ListedDrive } from '../../../src/platform'
import { listLinuxDrives } from '../../../src/platform/linux/list'

export { monitor } from '../machine/monitor'

/** The folder with the discs that the suite made. */
export const DISCS = process.env['DISCS']!

/** The blocks of a disc image. */
export function disc(name: string): { readonly path: string; block(lba: number): Uint8Array; readonly blocks: number } {
  const path = join(DISCS, name)
  const bytes = readFileSync(path)
  return { path, blocks: bytes.length / 2048, block: lba => bytes.subarray(lba * 2048, lba * 2048 + 2048) }
}

/** The machine's drives by where they are connected: `virtio 0`, `ata`, `usb`, as the suite's options put them there. */
export async function drivesByConnection(): Promise<Map<string, ListedDrive>> {
  const drives = new Map<string, ListedDrive>()
  for (const drive of await listLinuxDrives()) {
    const folder = realpathSync(`/sys/block/${drive.address.slice('/dev/'.length)}/device`)
    const target = /(\d+):\d+$/.exec(folder)![1]
    drives.set(folder.includes('/ata') ? 'ata' : folder.includes('/usb') ? 'usb' : `virtio ${target}`, drive)
  }
  return drives
}

/** Runs a program and gives what it printed, as bytes. */
export function output(program: string, ...args: string[]): Buffer {
  return execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 })
}

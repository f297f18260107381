import type { HandMadeAnswers } from '../answering-drive'

const byte = (value: number) => (value & 0xff).toString(16).padStart(2, '0')
const u16 = (value: number) => byte(value >> 8) + byte(value)
const u32 = (value: number) => u16(value >>> 16) + u16(value)

/** GET CONFIGURATION with a current profile and current features; written byte by byte from MMC-6 5.2 and 6.5. */
export function configuration(profile: number, ...features: number[]): string {
  const descriptors = [`0000 03 04 ${u16(profile)} 01 00`, ...features.map(code => `${u16(code)} 01 00`)].join('')
  const length = 4 + descriptors.replace(/\s/g, '').length / 2
  return `${u32(length)} 0000 ${u16(profile)} ${descriptors}`
}

/** READ DISC INFORMATION, 34 bytes; `state` is byte 2. */
export function disc(
  state: number,
  sessions: number,
  tracks: { first?: number; last: number },
  { background = 0, leadOut = 0xffffffff }: { background?: number; leadOut?: number } = {},
): string {
  const first = byte(tracks.first ?? tracks.last)
  return `0020 ${byte(state)} 01 ${byte(sessions)} ${first} ${byte(tracks.last)} ${byte(background)} 00 000000 00000000 FFFFFFFF ${u32(leadOut)} 0000000000000000 00 00`
}

/** One track for READ TRACK INFORMATION, 36 bytes. */
export interface HandMadeTrack {
  readonly number: number
  readonly session: number
  /** Byte 5: damage 20h, track mode. */
  readonly mode?: number
  /** Byte 6: RT 80h, blank 40h, packet 20h, data mode. */
  readonly state?: number
  readonly start: number
  readonly next?: number
  readonly free?: number
  readonly size?: number
  readonly last?: number
}

export function track(track: HandMadeTrack): string {
  const { number, session, mode = 4, state = 1, start, next, free = 0, size = 0, last } = track
  const valid = (last === undefined ? 0 : 2) + (next === undefined ? 0 : 1)
  return `0022 ${byte(number)} ${byte(session)} 00 ${byte(mode)} ${byte(state)} ${byte(valid)} ${u32(start)} ${u32(next ?? 0)} ${u32(free)} 00000010 ${u32(size)} ${u32(last ?? 0)} 0000 0000`
}

/** READ TRACK INFORMATION answers by track number. */
export function tracks(...all: HandMadeTrack[]): HandMadeAnswers {
  return Object.fromEntries(all.map(each => [`52 01 00 00 00 ${byte(each.number).toUpperCase()}`, track(each)]))
}

/** The invisible track, as it answers to number FFh. */
export function invisible(each: HandMadeTrack): HandMadeAnswers {
  return { '52 01 00 00 00 FF': track(each) }
}

/** READ CAPACITY: blocks there are. */
export const capacity = (blocks: number) => ({ '25': `${u32(blocks - 1)} 00000800` })

/** READ FORMAT CAPACITIES; `state` is 1 unformatted, 2 formatted, 3 no medium. */
export function formatCapacities(
  blocks: number,
  state: number,
  ...formats: [blocks: number, type: number][]
): HandMadeAnswers {
  const descriptors = formats.map(([count, type]) => `${u32(count)} ${byte(type << 2)} 000000`).join('')
  return { '23': `000000 ${byte(8 + 8 * formats.length)} ${u32(blocks)} ${byte(state)} 000800 ${descriptors}` }
}

/** READ TOC format 1. */
export const lastSession = (session: number, start: number) => ({
  '43 00 01': `000A 01 ${byte(session)} 00 14 ${byte(session)} 00 ${u32(start)}`,
})

/** READ TOC format 0. */
export function toc(leadOut: number, ...starts: number[]): HandMadeAnswers {
  const descriptors = starts.map((start, index) => `00 14 ${byte(index + 1)} 00 ${u32(start)}`).join('')
  return {
    '43 00 00': `${u16(2 + 8 * (starts.length + 1))} 01 ${byte(starts.length)} ${descriptors} 00 14 AA 00 ${u32(leadOut)}`,
  }
}

/** READ DISC STRUCTURE 00h of a DVD with a book type, and BD disc information with a disc type identifier. */
export const dvdStructure = (bookType: number, lastPsn = 0x26053f) => ({
  'AD 00': `0802 0000 ${byte(bookType * 16 + 1)} 0F 01 00 00 030000 00 ${u32(lastPsn).slice(2)} 00 000000 00 ${'00'.repeat(2032)}`,
})
export const bdStructure = (identifier: string) => ({
  'AD 01': `1002 0000 4449 01 00 00 00 62 00 ${Buffer.from(identifier).toString('hex')} 01 10 01 00 00 ${'00'.repeat(4082)}`,
})

/** Blocks for READ(10): what is not given is zeros. */
export function blocks(content: ReadonlyMap<number, Uint8Array>): HandMadeAnswers {
  return {
    '28': cdb => {
      const start = cdb[2]! * 0x1000000 + cdb[3]! * 0x10000 + cdb[4]! * 0x100 + cdb[5]!
      const count = cdb[7]! * 256 + cdb[8]!
      const data = new Uint8Array(count * 2048)
      for (let index = 0; index < count; index++) data.set(content.get(start + index) ?? [], index * 2048)
      return data
    },
  }
}

/** A primary volume descriptor that says how many blocks the volume has (ECMA-119 8.4). */
export function primaryVolumeDescriptor(size: number): Uint8Array {
  const block = new Uint8Array(2048)
  block.set(Buffer.from('\u0001CD001\u0001', 'latin1'))
  new DataView(block.buffer).setUint32(80, size, true)
  new DataView(block.buffer).setUint32(84, size, false)
  return block
}

function tagged(identifier: number, location: number, fill: (view: DataView) => void): Uint8Array {
  const block = new Uint8Array(2048)
  const view = new DataView(block.buffer)
  view.setUint16(0, identifier, true)
  view.setUint16(2, 2, true)
  view.setUint32(12, location, true)
  fill(view)
  let sum = 0
  for (let index = 0; index < 16; index++) if (index !== 4) sum += block[index]!
  block[4] = sum & 0xff
  return block
}

/** Anchor, partition descriptor and terminator of a UDF volume (ECMA-167 3/10.2, 3/10.5, 3/10.9). */
export function udfVolume(partitionStart: number, partitionLength: number, accessType = 1): Map<number, Uint8Array> {
  return new Map([
    [
      256,
      tagged(2, 256, view => {
        view.setUint32(16, 16 * 2048, true)
        view.setUint32(20, 32, true)
        view.setUint32(24, 16 * 2048, true)
        view.setUint32(28, 48, true)
      }),
    ],
    [
      33,
      tagged(5, 33, view => {
        view.setUint32(184, accessType, true)
        view.setUint32(188, partitionStart, true)
        view.setUint32(192, partitionLength, true)
      }),
    ],
    [34, tagged(8, 34, () => {})],
  ])
}

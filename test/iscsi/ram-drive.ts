import type { ScsiRequest, ScsiResponse, Transport } from '../../src/platform'

const NO_SENSE = new Uint8Array()
const sense = (key: number, asc: number, ascq: number) =>
  Uint8Array.of(0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, 0, 0, 0)

/** A CD-ROM drive in memory, as little of one as a kernel and libiscsi need, with a WRITE(10) besides. */
export class RamDrive implements Transport {
  readonly address = 'test:ram'
  readonly limits = { maximumTransferBytes: 1_048_576, alignmentMask: 0 }
  readonly image: Uint8Array
  /** Every command that has reached the drive. */
  readonly commands: Uint8Array[] = []
  /** Awaited before each command, for tests that hold one up. */
  before: (request: ScsiRequest) => Promise<void> | void = () => {}
  attention: [number, number] | undefined
  closed = false
  private locked = false
  private loaded = true
  private underWay = 0

  constructor(blocks = 1024, fill?: (image: Uint8Array) => void) {
    this.image = new Uint8Array(blocks * 2048)
    fill?.(this.image)
  }

  async execute(request: ScsiRequest): Promise<ScsiResponse> {
    if (this.underWay++ !== 0) throw new Error('two commands at once')
    try {
      this.commands.push(Uint8Array.from(request.cdb))
      await this.before(request)
      return this.answer(request)
    } finally {
      this.underWay--
    }
  }

  async close(): Promise<void> {
    this.closed = true
  }

  private answer({ cdb, data }: ScsiRequest): ScsiResponse {
    const good = (bytes: Uint8Array = NO_SENSE): ScsiResponse => {
      const moved = bytes.subarray(0, data.length)
      data.set(moved)
      return { status: 0, sense: NO_SENSE, transferredBytes: moved.length, durationUs: 1 }
    }
    const fail = (key: number, asc: number, ascq: number): ScsiResponse => ({
      status: 2,
      sense: sense(key, asc, ascq),
      transferredBytes: 0,
      durationUs: 1,
    })
    const view = new DataView(cdb.buffer, cdb.byteOffset, cdb.byteLength)
    const opcode = cdb[0]!
    if (this.attention && ![0x12, 0x03, 0x4a, 0x46].includes(opcode)) {
      const [asc, ascq] = this.attention
      this.attention = undefined
      return fail(6, asc, ascq)
    }
    const needsMedium = [0x00, 0x25, 0x28, 0x2a, 0x43, 0xa8, 0xaa].includes(opcode)
    if (needsMedium && !this.loaded) return fail(2, 0x3a, 0)
    const transfer = (lba: number, blocks: number) => {
      if (lba + blocks > this.image.length / 2048) return undefined
      return this.image.subarray(lba * 2048, (lba + blocks) * 2048)
    }
    switch (opcode) {
      case 0x00:
        return good()
      case 0x03:
        return good(sense(0, 0, 0).subarray(0, cdb[4]))
      case 0x12: {
        if ((cdb[1]! & 1) !== 0) {
          if (cdb[2] !== 0) return fail(5, 0x24, 0)
          return good(Uint8Array.of(5, 0, 0, 1, 0).subarray(0, view.getUint16(3)))
        }
        const text = Buffer.from('\x05\x80\x05\x02\x1f\0\0\0SCSI-MMCRAM DRIVE       1.00', 'latin1')
        return good(text.subarray(0, view.getUint16(3)))
      }
      case 0x1b:
        if ((cdb[4]! & 2) !== 0) {
          if ((cdb[4]! & 1) === 0 && this.locked) return fail(5, 0x53, 2)
          this.loaded = (cdb[4]! & 1) !== 0
          if (this.loaded) this.attention = [0x28, 0]
        }
        return good()
      case 0x1e:
        this.locked = (cdb[4]! & 1) !== 0
        return good()
      case 0x25: {
        const reply = new DataView(new ArrayBuffer(8))
        reply.setUint32(0, this.image.length / 2048 - 1)
        reply.setUint32(4, 2048)
        return good(new Uint8Array(reply.buffer))
      }
      case 0x28:
      case 0xa8: {
        const blocks = opcode === 0x28 ? view.getUint16(7) : view.getUint32(6)
        const bytes = transfer(view.getUint32(2), blocks)
        return bytes ? good(bytes) : fail(5, 0x21, 0)
      }
      case 0x2a:
      case 0xaa: {
        const blocks = opcode === 0x2a ? view.getUint16(7) : view.getUint32(6)
        const bytes = transfer(view.getUint32(2), blocks)
        if (!bytes) return fail(5, 0x21, 0)
        if (data.length !== bytes.length) throw new Error('a WRITE with other data than it asks for')
        bytes.set(data)
        return { status: 0, sense: NO_SENSE, transferredBytes: data.length, durationUs: 1 }
      }
      case 0x43: {
        const last = this.image.length / 2048
        const toc = Buffer.from('001201010014010000000000 0014AA0000000000'.replace(' ', ''), 'hex')
        toc.writeUInt32BE(last, 16)
        return cdb[2] === 0 && cdb[9] === 0 ? good(toc.subarray(0, view.getUint16(7))) : fail(5, 0x24, 0)
      }
      case 0x46:
        return good(
          Buffer.from('0000000C0000000800000304 00080100'.replace(' ', ''), 'hex').subarray(0, view.getUint16(7)),
        )
      case 0x4a:
        return good(Buffer.from('0006041000020000', 'hex').subarray(0, view.getUint16(7)))
      default:
        return fail(5, 0x20, 0)
    }
  }
}

import type { ScsiRequest, Transport } from '../../src/platform'
import { request } from './scripted-transport'

const BLOCK_BYTES = 2048
const TEST_UNIT_READY = '00 00 00 00 00 00'
const INQUIRY = (length: number) => `12 00 00 00 ${length.toString(16).padStart(2, '0')} 00`
const READ_CAPACITY = '25 00 00 00 00 00 00 00 00 00'
/** Past the end of any medium. */
const READ_TOO_FAR = '28 00 7F FF FF F0 00 00 01 00'

/** READ(10) of blocks from an LBA on. */
export function read10(lba: number, blocks = 1): ScsiRequest {
  const cdb = Buffer.from('28000000000000000000', 'hex')
  cdb.writeUInt32BE(lba, 2)
  cdb.writeUInt16BE(blocks, 7)
  return request(cdb.toString('hex'), blocks * BLOCK_BYTES, 30_000)
}

/** What the contract needs to know of a way to a drive. */
export interface TransportSubject {
  /** Opens it anew: a drive with a data disc of at least 64 blocks, ready, with no unit attention waiting. */
  open(): Promise<Transport>
  /** What the disc holds. */
  block(lba: number): Uint8Array
  /** A command that sends data, and that the drive answers in one way or the other. */
  readonly sending?: ScsiRequest
  /** Makes the next command never end. */
  stall?(transport: Transport): Promise<ScsiRequest>
  /** Takes the drive away. */
  vanish?(transport: Transport): Promise<void>
}

/** What every {@link Transport} promises, whatever is behind it. */
export function describeTransport(name: string, subject: TransportSubject): void {
  describe(`${name} keeps the transport's promises`, () => {
    let drive: Transport

    beforeEach(async () => {
      drive = await subject.open()
    })

    afterEach(async () => {
      await drive.close()
    })

    it('says its address and what it can carry', () => {
      expect(drive.address).toMatch(/./)
      expect(drive.limits.maximumTransferBytes).toBeGreaterThanOrEqual(BLOCK_BYTES)
      // A mask of low bits: 0, 1, 3, 7, …
      expect(Math.log2(drive.limits.alignmentMask + 1) % 1).toBe(0)
    })

    it('carries a command without data', async () => {
      const answer = await drive.execute(request(TEST_UNIT_READY))
      expect(answer).toMatchObject({ status: 0, transferredBytes: 0 })
      expect(answer.sense).toHaveLength(0)
      expect(answer.durationUs).toBeGreaterThanOrEqual(0)
    })

    it('brings data in, and says how much', async () => {
      const inquiry = request(INQUIRY(36), 36)
      const { status, transferredBytes } = await drive.execute(inquiry)
      expect({ status, transferredBytes }).toEqual({ status: 0, transferredBytes: 36 })
      expect(inquiry.data[0]! & 0x1f).toBe(5)
    })

    it('never moves more than there is room for, nor touches what lies beside it', async () => {
      const around = new Uint8Array(64).fill(0xa5)
      const data = around.subarray(13, 18)
      const { transferredBytes } = await drive.execute({ ...request(INQUIRY(5)), direction: 'in', data })
      expect(transferredBytes).toBeLessThanOrEqual(5)
      expect([...around.subarray(0, 13), ...around.subarray(18)].every(byte => byte === 0xa5)).toBe(true)
      expect(data[0]! & 0x1f).toBe(5)
    })

    it('never says that more arrived than was asked for', async () => {
      const { status, transferredBytes } = await drive.execute(request(INQUIRY(255), 255))
      expect(status).toBe(0)
      expect(transferredBytes).toBeGreaterThanOrEqual(36)
      expect(transferredBytes).toBeLessThanOrEqual(255)
    })

    it('reads blocks as the disc has them, one and many', async () => {
      const one = read10(17)
      expect(await drive.execute(one)).toMatchObject({ status: 0, transferredBytes: BLOCK_BYTES })
      expect(Buffer.compare(one.data, subject.block(17))).toBe(0)
      const blocks = Math.min(32, Math.floor(drive.limits.maximumTransferBytes / BLOCK_BYTES))
      const many = read10(16, blocks)
      expect(await drive.execute(many)).toMatchObject({ status: 0, transferredBytes: blocks * BLOCK_BYTES })
      const expected = Buffer.concat(Array.from({ length: blocks }, (_, index) => subject.block(16 + index)))
      expect(Buffer.compare(many.data, expected)).toBe(0)
    })

    it('gives a CHECK CONDITION as an answer, with its sense', async () => {
      const { status, sense, transferredBytes } = await drive.execute(request(READ_TOO_FAR, BLOCK_BYTES))
      expect(status).toBe(2)
      expect(sense.length).toBeGreaterThanOrEqual(14)
      expect([0x70, 0x72]).toContain(sense[0]! & 0x7f)
      expect(transferredBytes).toBeLessThanOrEqual(BLOCK_BYTES)
      expect(await drive.execute(request(TEST_UNIT_READY))).toMatchObject({ status: 0 })
    })

    it('leaves the CDB as it was', async () => {
      const reading = read10(3)
      const before = [...reading.cdb]
      await drive.execute(reading)
      expect([...reading.cdb]).toEqual(before)
    })

    if (subject.sending) {
      it('sends data, and leaves them as they were', async () => {
        const sending = subject.sending!
        const before = [...sending.data]
        const { status, transferredBytes } = await drive.execute(sending)
        expect([0, 2]).toContain(status)
        expect(transferredBytes).toBeLessThanOrEqual(before.length)
        expect([...sending.data]).toEqual(before)
      })
    }

    it('runs commands that are called at once in the order of the calls', async () => {
      const ended: number[] = []
      const readings = [40, 3, 22, 9, 31, 0].map(lba => ({ lba, reading: read10(lba) }))
      await Promise.all(
        readings.map(async ({ lba, reading }) => {
          await drive.execute(reading)
          ended.push(lba)
        }),
      )
      expect(ended).toEqual(readings.map(({ lba }) => lba))
      for (const { lba, reading } of readings) expect(Buffer.compare(reading.data, subject.block(lba))).toBe(0)
    })

    it('refuses what is no command, and goes on', async () => {
      const usage = { code: 'USAGE_CDB' }
      await expect(drive.execute(request('00 00 00'))).rejects.toMatchObject(usage)
      await expect(drive.execute(request('00'.repeat(17)))).rejects.toMatchObject(usage)
      await expect(drive.execute({ ...request(TEST_UNIT_READY), data: new Uint8Array(4) })).rejects.toMatchObject(usage)
      expect(await drive.execute(request(TEST_UNIT_READY))).toMatchObject({ status: 0 })
    })

    it('refuses more data than it can carry before anything is sent', async () => {
      const { maximumTransferBytes } = drive.limits
      const { cdb } = read10(0)
      const tooLarge = {
        cdb,
        direction: 'in',
        data: new Uint8Array(maximumTransferBytes + BLOCK_BYTES),
        timeoutMs: 1,
      } as const
      await expect(drive.execute(tooLarge)).rejects.toMatchObject({
        code: 'TRANSPORT_TOO_LARGE',
        address: drive.address,
      })
      expect(await drive.execute(request(TEST_UNIT_READY))).toMatchObject({ status: 0 })
    })

    it('closes when the command under way has ended, and twice without harm', async () => {
      const order: string[] = []
      const capacity = request(READ_CAPACITY, 8)
      const underWay = drive.execute(capacity).then(({ status }) => order.push(`answered ${status}`))
      // The command is under way once its call has begun.
      await Promise.resolve()
      const closing = drive.close().then(() => order.push('closed'))
      await Promise.all([underWay, closing])
      expect(order).toEqual(['answered 0', 'closed'])
      expect(capacity.data[6]).toBe(8)
      await drive.close()
      await expect(drive.execute(request(TEST_UNIT_READY))).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
    })

    if (subject.stall) {
      it('gives a command up after its time limit, and says that it may have run', async () => {
        const stalled = await subject.stall!(drive)
        await expect(drive.execute(stalled)).rejects.toMatchObject({ code: 'TRANSPORT_TIMEOUT', mayHaveRun: true })
      })
    }

    if (subject.vanish) {
      it('says that the drive is gone once it is', async () => {
        await subject.vanish!(drive)
        await expect(drive.execute(request(TEST_UNIT_READY))).rejects.toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
        await expect(drive.execute(read10(0))).rejects.toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
      })
    }
  })
}

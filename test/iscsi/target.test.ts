import { serve } from '../../src/iscsi'
import {
  asynchronousMessagePdu,
  dataInPdu,
  dataOutPdu,
  logoutRequestPdu,
  logoutResponsePdu,
  NO_TAG,
  nopInPdu,
  nopOutPdu,
  OPCODE,
  readyToTransferPdu,
  rejectPdu,
  scsiResponsePdu,
  taskManagementRequestPdu,
  taskManagementResponsePdu,
  textRequestPdu,
  textResponsePdu,
} from '../../src/iscsi/pdu'
import { encodeTextKeys } from '../../src/iscsi/text-keys'
import { tracing } from '../../src/platform/layers'
import { VirtualDrive } from '../../src/virtual'
import { closeAll, initiator, io, send, senseOf, TARGET, target } from './loopback'
import type { RamDrive } from './ram-drive'
import { NAMES, type Pdu, RawInitiator } from './raw-initiator'

const raws: RawInitiator[] = []
afterEach(async () => {
  for (const raw of raws.splice(0)) raw.close()
  await closeAll()
})

async function rawLogin(port: number, keys?: Record<string, string>, isid?: number): Promise<RawInitiator> {
  const raw = await RawInitiator.login(port, keys, isid)
  raws.push(raw)
  return raw
}

/** Logs in and takes the first unit attention. */
async function greeted(port: number, keys?: Record<string, string>, isid?: number): Promise<RawInitiator> {
  const raw = await rawLogin(port, keys, isid)
  raw.command(1, TEST_UNIT_READY)
  await raw.next()
  return raw
}

const TEST_UNIT_READY = [0, 0, 0, 0, 0, 0]
const response = (pdu: Pdu | undefined) => scsiResponsePdu.decodeComplete(pdu!.header)!
const dataIn = (pdu: Pdu | undefined) => dataInPdu.decodeComplete(pdu!.header)!
const senseIn = (pdu: Pdu | undefined) => [pdu!.data[4]! & 0xf, pdu!.data[14], pdu!.data[15]]

const manage = (raw: RawInitiator, fields: Parameters<typeof taskManagementRequestPdu.encode>[0]) =>
  raw.send(
    taskManagementRequestPdu.encode({
      opcode: OPCODE.taskManagementRequest,
      immediate: true,
      final: true,
      initiatorTaskTag: 0x7000,
      referencedTaskTag: NO_TAG,
      cmdSN: raw.cmdSN,
      ...fields,
    }),
  )
const managed = (pdu: Pdu | undefined) => {
  expect(pdu?.opcode).toBe(OPCODE.taskManagementResponse)
  return taskManagementResponsePdu.decodeComplete(pdu!.header)!.response
}

/** When the answer is there, the target has seen everything sent before, and had nothing else to say. */
async function ping(raw: RawInitiator): Promise<void> {
  const fields = { opcode: OPCODE.nopOut, immediate: true, final: true, cmdSN: raw.cmdSN }
  raw.send(nopOutPdu.encode({ ...fields, initiatorTaskTag: 0x7100, targetTransferTag: NO_TAG }))
  expect((await raw.next())?.opcode).toBe(OPCODE.nopIn)
}

/** Holds the drive's next command up until the result is called. */
function hold(drive: RamDrive): () => void {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  drive.before = () => {
    drive.before = () => {}
    return held
  }
  return release
}

describe('reading', () => {
  test('data come in segments of the initiator, bursts end with F, status rides on the last', async () => {
    const { target: served } = await target()
    const raw = await greeted(served.port, { MaxRecvDataSegmentLength: '4096', MaxBurstLength: '8192' })
    raw.command(2, io(0x28, 0, 5), { read: true, expectedDataTransferLength: 10_240 })
    const pdus = [dataIn(await raw.next()), dataIn(await raw.next()), dataIn(await raw.next())]
    expect(
      pdus.map(pdu => [pdu.dataSN, pdu.bufferOffset, pdu.dataSegmentLength, pdu.final, pdu.statusPresent]),
    ).toEqual([
      [0, 0, 4096, false, false],
      [1, 4096, 4096, true, false],
      [2, 8192, 2048, true, true],
    ])
    expect(pdus[2]).toMatchObject({ residualUnderflow: false, residualOverflow: false, residualCount: 0 })
  })

  test.each([
    ['more than the CDB moves', 10_000, 2048, { residualUnderflow: true, residualCount: 7952 }],
    ['less', 200, 200, { residualOverflow: true, residualCount: 1848 }],
  ])('an initiator that expects %s', async (_, expectedDataTransferLength, arrives, residual) => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    raw.command(2, io(0x28, 0, 1), { read: true, expectedDataTransferLength })
    const pdu = dataIn(await raw.next())
    expect(pdu).toMatchObject({ dataSegmentLength: arrives, statusPresent: true, status: 0, ...residual })
  })

  test('an initiator that expects nothing at all', async () => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    raw.command(2, io(0x28, 0, 1))
    expect(response(await raw.next())).toMatchObject({ status: 0, residualOverflow: true, residualCount: 2048 })
  })

  test('sense data come in a response of their own', async () => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    raw.command(2, io(0x28, 9999, 1), { read: true, expectedDataTransferLength: 2048 })
    const pdu = await raw.next()
    expect(response(pdu)).toMatchObject({ status: 2, residualUnderflow: true, residualCount: 2048 })
    expect(senseIn(pdu)).toEqual([5, 0x21, 0])
    expect(pdu!.data.length).toBe(20)
  })
})

describe('writing', () => {
  const block = (count: number) => Uint8Array.from({ length: count * 2048 }, (_, index) => (index * 7) & 0xff)
  const dataOut = (raw: RawInitiator, tag: number, fields: object, data: Uint8Array) =>
    raw.send(dataOutPdu.encode({ opcode: OPCODE.dataOut, initiatorTaskTag: tag, ...fields }), data)

  test('immediate data, then R2Ts of at most one burst, each answered in order', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port, { InitialR2T: 'Yes', MaxBurstLength: '4096', FirstBurstLength: '2048' })
    const data = block(5)
    raw.command(2, io(0x2a, 3, 5), { write: true, expectedDataTransferLength: data.length }, data.subarray(0, 2048))
    for (const [r2tSN, offset] of [
      [0, 2048],
      [1, 6144],
    ] as const) {
      const r2t = readyToTransferPdu.decodeComplete((await raw.next())!.header)!
      expect(r2t).toMatchObject({ r2tSN, bufferOffset: offset, desiredDataTransferLength: 4096 })
      const { targetTransferTag } = r2t
      dataOut(raw, 2, { targetTransferTag, dataSN: 0, bufferOffset: offset }, data.subarray(offset, offset + 1024))
      const rest = data.subarray(offset + 1024, offset + 4096)
      dataOut(raw, 2, { targetTransferTag, dataSN: 1, bufferOffset: offset + 1024, final: true }, rest)
    }
    expect(response(await raw.next())).toMatchObject({ status: 0, expDataSN: 2, residualCount: 0 })
    expect(Buffer.from(drive.image.subarray(3 * 2048, 8 * 2048)).equals(data)).toBe(true)
  })

  test('data that follow unasked up to the first burst', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port, { InitialR2T: 'No', FirstBurstLength: '8192' })
    const data = block(4)
    raw.command(2, io(0x2a, 0, 4), { write: true, final: false, expectedDataTransferLength: data.length })
    dataOut(raw, 2, { targetTransferTag: NO_TAG, dataSN: 0, bufferOffset: 0 }, data.subarray(0, 4096))
    dataOut(raw, 2, { targetTransferTag: NO_TAG, dataSN: 1, bufferOffset: 4096, final: true }, data.subarray(4096))
    expect(response(await raw.next())).toMatchObject({ status: 0 })
    expect(Buffer.from(drive.image.subarray(0, 8192)).equals(data)).toBe(true)
  })

  test.each([
    ['a wrong number', { dataSN: 1, bufferOffset: 0 }],
    ['a wrong offset', { dataSN: 0, bufferOffset: 512 }],
    ['a wrong tag', { targetTransferTag: 0x99, dataSN: 0, bufferOffset: 0 }],
    ['an end before the end', { dataSN: 0, bufferOffset: 0, short: true }],
  ])('data with %s never reach the drive', async (_, { short, ...wrong }: { short?: boolean } & object) => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port, { ImmediateData: 'No' })
    raw.command(2, io(0x2a, 0, 1), { write: true, expectedDataTransferLength: 2048 })
    const { targetTransferTag } = readyToTransferPdu.decodeComplete((await raw.next())!.header)!
    dataOut(raw, 2, { targetTransferTag, final: true, ...wrong }, block(1).subarray(short ? 1024 : 0))
    const pdu = await raw.next()
    expect(response(pdu).status).toBe(2)
    expect(senseIn(pdu)[0]).toBe(0xb)
    expect(drive.commands.map(cdb => cdb[0])).not.toContain(0x2a)
  })

  test('more unasked data than agreed on never reach the drive', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port, { FirstBurstLength: '512' })
    raw.command(2, io(0x2a, 0, 1), { write: true, expectedDataTransferLength: 2048 }, block(1))
    expect(senseIn(await raw.next())).toEqual([0xb, 0x0c, 0x0c])
    expect(drive.commands.map(cdb => cdb[0])).not.toContain(0x2a)
  })

  test('a WRITE of more blocks than the initiator has data for is refused: half of it would be a ruined disc', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port)
    raw.command(2, io(0x2a, 0, 2), { write: true, expectedDataTransferLength: 2048 }, block(1))
    expect(senseIn(await raw.next())).toEqual([5, 0x0e, 3])
    raw.command(3, io(0x2a, 0, 2), { read: true, expectedDataTransferLength: 4096 })
    expect(senseIn(await raw.next())).toEqual([5, 0x0e, 3])
    expect(drive.commands.map(cdb => cdb[0])).not.toContain(0x2a)
  })

  test('data beyond what the CDB wants are not asked for', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port, { ImmediateData: 'No' })
    raw.command(2, io(0x2a, 0, 1), { write: true, expectedDataTransferLength: 3000 })
    const r2t = readyToTransferPdu.decodeComplete((await raw.next())!.header)!
    expect(r2t.desiredDataTransferLength).toBe(2048)
    const { targetTransferTag } = r2t
    dataOut(raw, 2, { targetTransferTag, dataSN: 0, bufferOffset: 0, final: true }, block(1))
    expect(response(await raw.next())).toMatchObject({ status: 0, residualUnderflow: true, residualCount: 952 })
    expect(Buffer.from(drive.image.subarray(0, 2048)).equals(block(1))).toBe(true)
  })

  test('more data than the drive takes in one command are refused and not gathered', async () => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    raw.command(2, io(0x2a, 0, 1024), { write: true, expectedDataTransferLength: 1024 * 2048 }, block(8))
    expect(senseIn(await raw.next())).toEqual([5, 0x24, 0])
  })

  test('64 writes at once wait for room, and all arrive', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port, { ImmediateData: 'No', MaxBurstLength: '1048576' })
    const release = hold(drive)
    raw.command(1, TEST_UNIT_READY)
    const length = 512 * 2048
    for (let index = 0; index < 64; index++) {
      raw.command(10 + index, io(0x2a, 0, 512), { write: true, expectedDataTransferLength: length })
    }
    release()
    const data = block(512)
    let answered = 0
    let asked = 0
    while (answered < 65) {
      const pdu = await raw.next()
      if (pdu?.opcode === OPCODE.scsiResponse) {
        expect(response(pdu).status).toBe(0)
        answered++
        continue
      }
      asked++
      const r2t = readyToTransferPdu.decodeComplete(pdu!.header)!
      const { targetTransferTag, initiatorTaskTag } = r2t
      for (let at = 0, dataSN = 0; at < length; at += 262_144, dataSN++) {
        const fields = { targetTransferTag, dataSN, bufferOffset: at, final: at + 262_144 === length }
        dataOut(raw, initiatorTaskTag, fields, data.subarray(at, at + 262_144))
      }
    }
    expect(asked).toBe(64)
  })
})

describe('command numbers', () => {
  test('numbers outside the window are ignored, a hole in it ends the connection', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port)
    drive.commands.length = 0
    raw.command(2, TEST_UNIT_READY, { cmdSN: raw.cmdSN - 1 })
    raw.command(3, TEST_UNIT_READY, { cmdSN: raw.cmdSN + 500 })
    raw.command(4, TEST_UNIT_READY)
    const answer = response(await raw.next())
    expect(answer.initiatorTaskTag).toBe(4)
    expect(answer.expCmdSN).toBe(raw.cmdSN)
    expect(drive.commands).toHaveLength(1)
    raw.command(5, TEST_UNIT_READY, { cmdSN: raw.cmdSN + 1 })
    const reject = await raw.next()
    expect(rejectPdu.decodeComplete(reject!.header)!.reason).toBe(4)
    expect(await raw.next()).toBeUndefined()
  })

  test('the window closes while commands wait and opens again', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port)
    const release = hold(drive)
    for (let index = 0; index < 130; index++) raw.command(10 + index, TEST_UNIT_READY)
    await ping(raw)
    release()
    let last = response(await raw.next())
    for (let count = 1; count < 128; count++) last = response(await raw.next())
    expect(last.initiatorTaskTag).toBe(10 + 127)
    expect((last.maxCmdSN - last.expCmdSN) >>> 0).toBe(127)
  })

  test('numbers wrap around', async () => {
    const { target: served } = await target()
    const raw = await RawInitiator.connect(served.port)
    raws.push(raw)
    raw.cmdSN = 0xfffffffe
    raw.loginRequest({}, NAMES)
    await raw.next()
    for (const cmdSN of [0xfffffffe, 0xffffffff, 0, 1]) {
      raw.command(7, TEST_UNIT_READY, { cmdSN })
      expect(response(await raw.next()).expCmdSN).toBe((cmdSN + 1) >>> 0)
    }
  })

  test('a tag that is in use is rejected', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port)
    const release = hold(drive)
    raw.command(2, TEST_UNIT_READY)
    raw.command(2, TEST_UNIT_READY)
    expect(rejectPdu.decodeComplete((await raw.next())!.header)!.reason).toBe(7)
    release()
    expect(response(await raw.next()).status).toBe(0)
  })
})

describe('task management', () => {
  test('a waiting command is aborted without an answer, a running one when the drive is through', async () => {
    const { target: served, drive } = await target()
    const raw = await greeted(served.port)
    drive.commands.length = 0
    const release = hold(drive)
    raw.command(2, TEST_UNIT_READY)
    raw.command(3, io(0x28, 0, 1), { read: true, expectedDataTransferLength: 2048 })
    manage(raw, { function: 1, referencedTaskTag: 3, refCmdSN: raw.cmdSN - 1 })
    expect(managed(await raw.next())).toBe(0)
    manage(raw, { function: 1, referencedTaskTag: 2, refCmdSN: raw.cmdSN - 2, initiatorTaskTag: 0x7001 })
    // The abort is still waiting.
    await ping(raw)
    release()
    expect(managed(await raw.next())).toBe(0)
    raw.command(4, TEST_UNIT_READY)
    expect(response(await raw.next()).initiatorTaskTag).toBe(4)
    expect(drive.commands.map(cdb => cdb[0])).toEqual([0, 0])
  })

  test.each([
    ['an unknown task', { function: 1, referencedTaskTag: 77, refCmdSN: 5 }, 1],
    ['a LUN that is not there', { function: 5, lun: Uint8Array.of(0, 9, 0, 0, 0, 0, 0, 0) }, 2],
    ['TASK REASSIGN', { function: 8 }, 4],
    ['CLEAR ACA', { function: 3 }, 5],
    ['ABORT TASK SET', { function: 2 }, 0],
    ['a target warm reset', { function: 6 }, 0],
  ])('%s', async (_, fields, expected) => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    manage(raw, fields)
    expect(managed(await raw.next())).toBe(expected)
  })

  test('a LUN reset aborts the commands of all, frees the drive and is told to everybody', async () => {
    const { target: served, drive } = await target()
    const [one, other] = [await greeted(served.port), await greeted(served.port, {}, 2)]
    one.command(2, [0x1e, 0, 0, 0, 1, 0])
    await one.next()
    one.command(3, [0x16, 0, 0, 0, 0, 0])
    await one.next()
    other.command(2, TEST_UNIT_READY)
    expect(response(await other.next()).status).toBe(0x18)
    manage(other, { function: 5 })
    expect(managed(await other.next())).toBe(0)
    for (const raw of [one, other]) {
      raw.command(4, TEST_UNIT_READY)
      expect(senseIn(await raw.next())).toEqual([6, 0x29, 3])
    }
    other.command(5, TEST_UNIT_READY)
    expect(response(await other.next()).status).toBe(0)
    expect(drive.commands.filter(cdb => cdb[0] === 0x1e).map(cdb => cdb[4])).toEqual([1, 0])
  })

  test.each([
    ['LUN reset', 5],
    ['target warm reset', 6],
  ])('after a %s the mode pages are what they were at power-on, and the reset is told once', async (_, kind) => {
    const virtual = new VirtualDrive(undefined)
    const { target: served } = await target({
      luns: [tracing({ write: async () => {}, close: async () => {} })(virtual)],
    })
    const raw = await greeted(served.port)
    const writeParameters = async () => (await send(virtual, [0x5a, 8, 5, 0, 0, 0, 0, 0, 60, 0], 60)).data.subarray(8)
    const before = await writeParameters()
    const changed = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, ...before)
    changed[10] = 0x02
    await send(virtual, [0x55, 0x10, 0, 0, 0, 0, 0, 0, changed.length, 0], changed)
    expect((await writeParameters())[2]).toBe(0x02)
    manage(raw, { function: kind })
    expect(managed(await raw.next())).toBe(0)
    expect(await writeParameters()).toEqual(before)
    raw.command(2, TEST_UNIT_READY)
    expect(senseIn(await raw.next())).toEqual([6, 0x29, 3])
    raw.command(3, TEST_UNIT_READY)
    expect(senseIn(await raw.next())).toEqual([2, 0x3a, 1])
  })

  test('a cold reset ends all connections', async () => {
    const { target: served } = await target()
    const [one, other] = [await greeted(served.port), await greeted(served.port, {}, 2)]
    manage(one, { function: 7 })
    expect(managed(await one.next())).toBe(0)
    expect(await one.next()).toBeUndefined()
    expect(await other.next()).toBeUndefined()
  })
})

describe('several initiators', () => {
  test('a changed medium is told to each of them', async () => {
    const { target: served, drive } = await target()
    const [one, other] = [await initiator(served), await initiator(served)]
    drive.attention = [0x28, 0]
    expect(senseOf(await send(one, TEST_UNIT_READY))).toEqual([6, 0x28, 0])
    expect(senseOf(await send(other, TEST_UNIT_READY))).toEqual([6, 0x28, 0])
    expect((await send(one, TEST_UNIT_READY)).status).toBe(0)
    expect((await send(other, TEST_UNIT_READY)).status).toBe(0)
  })

  test('INQUIRY and REPORT LUNS leave a unit attention alone, REQUEST SENSE reports it', async () => {
    const { target: served } = await target()
    const transport = await initiator(served, { greeted: false })
    expect((await send(transport, [0x12, 0, 0, 0, 36, 0], 36)).status).toBe(0)
    expect((await send(transport, [0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0], 16)).status).toBe(0)
    const sense = await send(transport, [3, 0, 0, 0, 18, 0], 18)
    expect([sense.data[2]! & 0xf, sense.data[12]]).toEqual([6, 0x29])
    expect((await send(transport, TEST_UNIT_READY)).status).toBe(0)
  })

  test('the drive stays locked while one of them wants it so', async () => {
    const { target: served, drive } = await target()
    const [one, other] = [await initiator(served), await initiator(served)]
    const prevent = [0x1e, 0, 0, 0, 1, 0]
    const allow = [0x1e, 0, 0, 0, 0, 0]
    const eject = [0x1b, 0, 0, 0, 2, 0]
    await send(one, prevent)
    await send(other, prevent)
    await send(one, allow)
    expect(senseOf(await send(one, eject))).toEqual([5, 0x53, 2])
    // Whoever goes takes his lock along.
    await other.close()
    while (!drive.commands.some(cdb => cdb[0] === 0x1e && cdb[4] === 0)) await new Promise(setImmediate)
    expect((await send(one, eject)).status).toBe(0)
  })

  test('a reservation keeps the others out until it is released', async () => {
    const { target: served } = await target()
    const [one, other] = [await initiator(served), await initiator(served)]
    await send(one, [0x16, 0, 0, 0, 0, 0])
    expect((await send(other, TEST_UNIT_READY)).status).toBe(0x18)
    expect((await send(other, [0x12, 0, 0, 0, 36, 0], 36)).status).toBe(0)
    await send(other, [0x17, 0, 0, 0, 0, 0])
    expect((await send(other, TEST_UNIT_READY)).status).toBe(0x18)
    await send(one, [0x17, 0, 0, 0, 0, 0])
    expect((await send(other, TEST_UNIT_READY)).status).toBe(0)
    expect(senseOf(await send(one, [0x5f, 0, 0, 0, 0, 0, 0, 0, 24, 0], new Uint8Array(24)))).toEqual([5, 0x20, 0])
  })

  test('one that reads nothing of what it asked for does not hold up the others', async () => {
    const { target: served, drive } = await target()
    const greedy = await greeted(served.port, { MaxRecvDataSegmentLength: '262144' })
    greedy.socket.pause()
    for (let index = 0; index < 40; index++) {
      greedy.command(10 + index, io(0x28, 0, 512), { read: true, expectedDataTransferLength: 512 * 2048 })
    }
    const other = await initiator(served)
    for (let count = 0; count < 20; count++) {
      expect((await send(other, io(0x28, 0, 128), 262_144)).status).toBe(0)
    }
    const reads = drive.commands.filter(cdb => cdb[7] === 2).length
    expect(reads).toBeLessThan(30)
    greedy.socket.resume()
    let answered = 0
    while (answered < 40) if (dataIn(await greedy.next()).statusPresent) answered++
  })

  test('a login with the same name and ISID takes the place of the old session', async () => {
    const { target: served } = await target()
    const old = await greeted(served.port)
    const again = await rawLogin(served.port)
    expect(await old.next()).toBeUndefined()
    again.command(1, TEST_UNIT_READY)
    expect(senseIn(await again.next())).toEqual([6, 0x29, 7])
    expect(served.sessions).toHaveLength(1)
  })
})

describe('the rest of the protocol', () => {
  test('pings are echoed, and not those that want no answer', async () => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    const ping = (initiatorTaskTag: number, text: string) =>
      raw.send(
        nopOutPdu.encode({
          opcode: OPCODE.nopOut,
          immediate: true,
          final: true,
          initiatorTaskTag,
          targetTransferTag: NO_TAG,
          cmdSN: raw.cmdSN,
        }),
        Buffer.from(text),
      )
    ping(NO_TAG, 'nobody')
    ping(5, 'hello')
    const pdu = await raw.next()
    expect(nopInPdu.decodeComplete(pdu!.header)).toMatchObject({
      opcode: OPCODE.nopIn,
      initiatorTaskTag: 5,
      targetTransferTag: NO_TAG,
    })
    expect(Buffer.from(pdu!.data).toString()).toBe('hello')
  })

  const text = async (raw: RawInitiator, keys: Record<string, string>) => {
    raw.send(
      textRequestPdu.encode({
        opcode: OPCODE.textRequest,
        immediate: true,
        final: true,
        initiatorTaskTag: 6,
        targetTransferTag: NO_TAG,
        cmdSN: raw.cmdSN,
      }),
      encodeTextKeys(Object.entries(keys)),
    )
    const pdu = await raw.next()
    expect(textResponsePdu.decodeComplete(pdu!.header)).toMatchObject({ opcode: OPCODE.textResponse, final: true })
    return Buffer.from(pdu!.data).toString().split('\0').filter(Boolean)
  }

  test('SendTargets', async () => {
    const { target: served } = await target()
    const both = [`TargetName=${TARGET}`, `TargetAddress=127.0.0.1:${served.port},1`]
    const discovery = await RawInitiator.connect(served.port)
    raws.push(discovery)
    discovery.loginRequest({}, { InitiatorName: NAMES.InitiatorName, SessionType: 'Discovery' })
    await discovery.next()
    expect(await text(discovery, { SendTargets: 'All' })).toEqual(both)
    expect(await text(discovery, { SendTargets: TARGET })).toEqual(both)
    expect(await text(discovery, { SendTargets: 'iqn.2026-01.org.example:other' })).toEqual([])
    expect(await text(discovery, { sENDtARGETS: 'All' })).toEqual(['sENDtARGETS=NotUnderstood'])
    discovery.command(3, TEST_UNIT_READY)
    expect((await discovery.next())?.opcode).toBe(OPCODE.reject)

    const normal = await rawLogin(served.port)
    expect(await text(normal, { SendTargets: '' })).toEqual(both)
    expect(await text(normal, { SendTargets: 'All' })).toEqual(['SendTargets=Reject'])
    expect(await text(normal, { MaxConnections: '4' })).toEqual(['MaxConnections=Reject'])
  })

  test('a logout is answered, then the connection ends', async () => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    raw.send(
      logoutRequestPdu.encode({
        opcode: OPCODE.logoutRequest,
        immediate: true,
        final: true,
        initiatorTaskTag: 8,
        cmdSN: raw.cmdSN,
      }),
    )
    expect(logoutResponsePdu.decodeComplete((await raw.next())!.header)).toMatchObject({
      opcode: OPCODE.logoutResponse,
      response: 0,
    })
    expect(await raw.next()).toBeUndefined()
  })

  test('an unknown opcode and SNACK are rejected with their header, the session goes on', async () => {
    const { target: served } = await target()
    const raw = await greeted(served.port)
    for (const opcode of [OPCODE.snackRequest, 0x1e]) {
      const header = new Uint8Array(48)
      header[0] = opcode
      raw.send(header)
      const reject = await raw.next()
      expect(rejectPdu.decodeComplete(reject!.header)!.reason).toBe(5)
      expect(reject!.data[0]).toBe(opcode)
    }
    raw.command(2, TEST_UNIT_READY)
    expect(response(await raw.next()).status).toBe(0)
  })

  test('whoever is silent is asked, and dropped when there is no answer', async () => {
    const { target: served } = await target({ keepAliveMs: 25 })
    const raw = await rawLogin(served.port)
    const ping = await raw.next()
    expect(nopInPdu.decodeComplete(ping!.header)).toMatchObject({ opcode: OPCODE.nopIn, initiatorTaskTag: NO_TAG })
    expect(await raw.next()).toBeUndefined()
  })

  test('an initiator of ours answers and stays', async () => {
    const ends: string[] = []
    const { target: served } = await target({
      keepAliveMs: 400,
      onEvent: ({ kind, reason }) => kind === 'end' && ends.push(reason!),
    })
    const transport = await initiator(served)
    await new Promise(resolve => setTimeout(resolve, 1000))
    expect((await send(transport, TEST_UNIT_READY)).status).toBe(0)
    expect(ends).toEqual([])
  })

  test('who does not log in in time is dropped', async () => {
    const { target: served } = await target({ loginTimeoutMs: 20 })
    const raw = await RawInitiator.connect(served.port)
    expect(await raw.next()).toBeUndefined()
  })

  test('a target that closes asks for a logout first', async () => {
    const { target: served } = await target({ logoutTimeoutMs: 50 })
    const raw = await greeted(served.port)
    const closing = served.close()
    expect(asynchronousMessagePdu.decodeComplete((await raw.next())!.header)).toMatchObject({
      opcode: OPCODE.asynchronousMessage,
      event: 1,
    })
    expect(await raw.next()).toBeUndefined()
    await closing
  })

  test('names and counts that cannot be are refused', async () => {
    await expect(serve({ luns: [] })).rejects.toMatchObject({ code: 'USAGE_TARGET' })
    const { drive } = await target()
    await expect(serve({ luns: [drive], target: 'my drive' })).rejects.toMatchObject({ code: 'USAGE_TARGET' })
  })

  test('listening to the network without credentials is worth a warning', async () => {
    const open = await target({ host: '0.0.0.0' })
    expect(open.target.warnings).toHaveLength(1)
    const closed = await target({ host: '0.0.0.0', chap: { user: 'me', password: 'twelve-or-more' } })
    expect(closed.target.warnings).toEqual([])
    expect((await target()).target.warnings).toEqual([])
  })
})

test('what a drive does not answer itself, and what happens to it, is told in sense data', async () => {
  const { target: served, drive } = await target()
  const transport = await initiator(served)
  drive.before = () => Promise.reject(new Error('the cable came off'))
  expect(senseOf(await send(transport, TEST_UNIT_READY))).toEqual([4, 0x44, 0])
})

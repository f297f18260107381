import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { IscsiTransport } from '../../src/iscsi'
import { OPCODE } from '../../src/iscsi/pdu'
import { TransportError } from '../../src/platform'
import { closeAll, initiator, io, send, TARGET, target } from './loopback'
import { NAMES, RawInitiator } from './raw-initiator'

const open: Server[] = []
afterEach(async () => {
  for (const server of open.splice(0)) server.close()
  await closeAll()
})

/** Stands between initiator and target, and hangs up after so many bytes of one of them. */
async function cutter(port: number): Promise<{
  port: number
  /** Bytes that have come through from each side on the last connection. */
  seen: { initiator: number; target: number }
  cutAfter(from: 'initiator' | 'target' | undefined, bytes: number): void
}> {
  const seen = { initiator: 0, target: 0 }
  let cut: { from: 'initiator' | 'target'; bytes: number } | undefined
  const server = createServer(near => {
    const far = connect(port, '127.0.0.1')
    seen.initiator = 0
    seen.target = 0
    const hangUp = () => {
      near.destroy()
      far.destroy()
    }
    const pass = (from: 'initiator' | 'target', source: Socket, sink: Socket) => {
      source.on('data', chunk => {
        const room = cut?.from === from ? cut.bytes - seen[from] : chunk.length
        seen[from] += Math.min(room, chunk.length)
        sink.write(chunk.subarray(0, room))
        if (chunk.length >= room && cut?.from === from) sink.end(hangUp)
      })
      source.on('error', hangUp)
      source.on('close', hangUp)
    }
    pass('initiator', near, far)
    pass('target', far, near)
  })
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    cutAfter: (from, bytes) => {
      cut = from && { from, bytes }
    },
  }
}

const CHAP = { user: 'me', password: 'twelve-or-more' }
const SESSION_LOST = ['TRANSPORT_DEVICE_GONE']
/** Behind the first header, every 7th byte; `EVERY_BYTE=1` takes them all. */
const LATER_STEP = process.env['EVERY_BYTE'] ? 1 : 7

test.each(['initiator', 'target'] as const)(
  'a connection that is cut after each byte of the %s during login',
  async from => {
    const { target: served } = await target({ chap: CHAP })
    const between = await cutter(served.port)
    const address = `iscsi://me%${CHAP.password}@127.0.0.1:${between.port}/${TARGET}/0`
    const whole = await IscsiTransport.open(address)
    const bytes = between.seen[from]
    await whole.close()
    expect(bytes).toBeGreaterThan(400)
    for (let count = 1; count < bytes - 48; count += count < 60 ? 1 : LATER_STEP) {
      between.cutAfter(from, count)
      const error = await IscsiTransport.open(address).then(
        transport => transport.close(),
        thrown => thrown,
      )
      expect(error).toBeInstanceOf(TransportError)
      expect(SESSION_LOST).toContain((error as TransportError).code)
    }
    between.cutAfter(undefined, 0)
    await (await IscsiTransport.open(address)).close()
  },
)

test.each([
  ['a READ', 'target', io(0x28, 0, 1), 2048],
  ['a WRITE', 'initiator', io(0x2a, 0, 1), new Uint8Array(2048)],
  ['a command that fails', 'target', io(0x28, 9999, 1), 2048],
] as const)('a connection that is cut in the middle of %s', async (_, from, cdb, data) => {
  const { target: served, drive } = await target()
  const between = await cutter(served.port)
  const first = await initiator({ port: between.port })
  const before = between.seen[from]
  await send(first, cdb, data)
  const bytes = between.seen[from] - before
  await first.close()
  expect(bytes).toBeGreaterThan(48)
  const step = bytes > 200 ? 97 : 1
  for (let count = 0; count < bytes; count += count < 60 ? 1 : step) {
    between.cutAfter(undefined, 0)
    const transport = await initiator({ port: between.port })
    between.cutAfter(from, between.seen[from] + count)
    drive.commands.length = 0
    const error = await send(transport, cdb, data).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'TRANSPORT_DEVICE_GONE', mayHaveRun: true })
    // A WRITE whose PDU is not whole never reaches the drive.
    if (from === 'initiator') expect(drive.commands).toEqual([])
    await expect(send(transport, [0, 0, 0, 0, 0, 0])).rejects.toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
    await transport.close()
  }
})

test('a network that passes one byte at a time', async () => {
  const { target: served } = await target()
  const raw = await RawInitiator.connect(served.port)
  const whole: Uint8Array[] = []
  raw.socket.write = ((chunk: Uint8Array) => whole.push(chunk) > 0) as Socket['write']
  raw.loginRequest({}, NAMES)
  raw.command(1, [0, 0, 0, 0, 0, 0])
  raw.command(2, io(0x2a, 0, 1), { write: true, expectedDataTransferLength: 2048 }, new Uint8Array(2048).fill(7))
  const plain = Object.getPrototypeOf(raw.socket).write as Socket['write']
  for (const byte of Buffer.concat(whole)) {
    plain.call(raw.socket, Uint8Array.of(byte))
    if (byte === 7 || byte === 0) continue
    await new Promise(setImmediate)
  }
  expect((await raw.next())?.opcode).toBe(OPCODE.loginResponse)
  expect((await raw.next())?.opcode).toBe(OPCODE.scsiResponse)
  const answer = await raw.next()
  expect([answer?.opcode, answer?.header[3]]).toEqual([OPCODE.scsiResponse, 0])
  raw.close()
})

describe('garbage', () => {
  const garbage = fc.uint8Array({ minLength: 1, maxLength: 300 })

  test('at the target: it goes on for all others', async () => {
    const { target: served, drive } = await target()
    const good = await initiator(served)
    await fc.assert(
      fc.asyncProperty(garbage, fc.boolean(), async (bytes, loggedIn) => {
        const raw = loggedIn ? await RawInitiator.login(served.port) : await RawInitiator.connect(served.port)
        raw.socket.end(bytes)
        while (await raw.next());
        raw.close()
        expect((await send(good, [0, 0, 0, 0, 0, 0])).status).toBe(0)
      }),
      { numRuns: 60 },
    )
    expect(drive.commands.every(cdb => cdb[0] === 0 || cdb[0] === 0x12)).toBe(true)
  })

  test('well-formed headers with random fields at the target', async () => {
    const { target: served } = await target({ access: 'read' })
    const good = await initiator(served)
    const header = fc.tuple(
      fc.constantFrom(0x00, 0x40, 0x01, 0x41, 0x02, 0x42, 0x03, 0x43, 0x04, 0x44, 0x05, 0x06, 0x10, 0x3f),
      fc.uint8Array({ minLength: 47, maxLength: 47 }),
      fc.uint8Array({ maxLength: 64 }),
      fc.boolean(),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(header, { minLength: 1, maxLength: 8 }), async headers => {
        const raw = await RawInitiator.login(served.port)
        for (const [opcode, fields, data, inOrder] of headers) {
          const bytes = Uint8Array.from([opcode, ...fields])
          bytes[4] = 0
          // TARGET COLD RESET ends everybody's connection, as it should.
          if ((opcode & 0x3f) === OPCODE.taskManagementRequest && (bytes[1]! & 0x7f) === 7) bytes[1] = 6
          // A number that is admitted gets further than one that is not.
          if (inOrder) new DataView(bytes.buffer).setUint32(24, raw.cmdSN++)
          if (inOrder) bytes.fill(0, 8, 16)
          raw.send(bytes, data)
        }
        raw.socket.end()
        while (await raw.next());
        raw.close()
        const status = await send(good, [0, 0, 0, 0, 0, 0]).then(({ status }) => status)
        // Among random functions there are resets, of which the others are told.
        expect([0, 2]).toContain(status)
      }),
      { numRuns: 150 },
    )
  })

  test('at the initiator: an error, never a hang', async () => {
    let answer: Uint8Array = new Uint8Array()
    const server = createServer(socket => {
      socket.on('error', () => socket.destroy())
      socket.once('data', () => socket.end(answer))
    })
    open.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await fc.assert(
      fc.asyncProperty(garbage, async bytes => {
        answer = bytes
        await expect(IscsiTransport.open(`iscsi://127.0.0.1:${port}/${TARGET}/0`)).rejects.toBeInstanceOf(
          TransportError,
        )
      }),
      { numRuns: 60 },
    )
  })

  test('random answers of a target that let the initiator in', async () => {
    const { target: served } = await target()
    let replacement: Uint8Array | undefined
    const server = createServer(near => {
      const far = connect(served.port, '127.0.0.1')
      near.on('data', chunk => far.write(chunk))
      far.on('data', chunk => {
        if (replacement) near.end(replacement)
        else near.write(chunk)
      })
      for (const socket of [near, far]) {
        socket.on('error', () => socket.destroy())
        socket.on('close', () => {
          near.destroy()
          far.destroy()
        })
      }
    })
    open.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const pdu = fc.tuple(
      fc.constantFrom(0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x31, 0x32, 0x3f),
      fc.uint8Array({ minLength: 47, maxLength: 47 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(pdu, { minLength: 1, maxLength: 4 }), async pdus => {
        replacement = undefined
        const transport = await initiator({ port })
        replacement = Buffer.concat(
          pdus.map(([opcode, fields], index) => {
            const bytes = Uint8Array.from([opcode, ...fields])
            bytes.fill(0, 4, 8)
            // The tag of the command under way: greeting, INQUIRY and this one have been three.
            new DataView(bytes.buffer).setUint32(16, index === 0 ? 3 : 4)
            return bytes
          }),
        )
        const outcome = await send(transport, io(0x28, 0, 1), 2048, 2000).catch(thrown => thrown)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(TransportError)
        else expect(outcome.transferredBytes).toBeLessThanOrEqual(2048)
        await transport.close()
      }),
      { numRuns: 80 },
    )
  })
})

test('a target that never answers', async () => {
  const server = createServer(socket => socket.resume())
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(
    IscsiTransport.open(`iscsi://127.0.0.1:${port}/${TARGET}/0`, { loginTimeoutMs: 30 }),
  ).rejects.toMatchObject({ code: 'TRANSPORT_TIMEOUT', mayHaveRun: false })
})

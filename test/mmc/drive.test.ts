import { Drive, pollLongOperation, readDiscInformation, readMedium, write10 } from '../../src/mmc'
import type { ScsiRequest, Transport } from '../../src/platform'

function answering(
  handler: (request: ScsiRequest) => { status?: number; data?: number[]; sense?: number[] },
): Transport {
  return {
    address: 'test:',
    limits: { maximumTransferBytes: 65536, alignmentMask: 0 },
    execute: async request => {
      const { status = 0, data = [], sense = [] } = handler(request)
      const moved = Math.min(data.length, request.data.length)
      request.data.set(data.slice(0, moved))
      return { status, sense: Uint8Array.from(sense), transferredBytes: moved, durationUs: 1 }
    },
    close: async () => {},
  }
}

test('a typed command gives the typed reply', async () => {
  const drive = new Drive(answering(() => ({ data: [0x00, 0x20, 0x0e, 0x01, 0x02, 0x01, 0x01] })))
  const reply = await drive.send(readDiscInformation, { dataType: 0 })
  expect(reply.discStatus).toBe('complete')
  expect(reply.numberOfSessions).toBe(2)
  expect(reply.discIdentification).toBeUndefined()
})

test('an unknown opcode is refused on a drive that is open for reading', async () => {
  const drive = new Drive(
    answering(() => {
      throw new Error('it was sent')
    }),
  )
  await expect(drive.sendRaw(Uint8Array.of(0xd8, 0, 0, 0, 0, 0))).rejects.toMatchObject({ code: 'USAGE_READ_ONLY' })
})

describe('waiting and repeating', () => {
  const scripted = (...answers: { status?: number; data?: number[]; sense?: number[] }[]) => {
    const sent: number[] = []
    const transport = answering(request => {
      sent.push(request.cdb[0]!)
      return answers.length > 1 ? answers.shift()! : answers[0]!
    })
    return { transport, sent }
  }
  const sense = (key: number, asc: number, ascq: number, progress?: number) => {
    const bytes = [0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, 0, 0, 0]
    if (progress !== undefined) bytes.splice(15, 3, 0x80, progress, 0)
    return { status: 2, sense: bytes }
  }

  test('through spin-up, telling the progress', async () => {
    const { transport, sent } = scripted(sense(2, 4, 1), sense(2, 4, 4, 0x40), {})
    const progress: (number | undefined)[] = []
    await new Drive(transport).waitUntilReady({ onProgress: each => progress.push(each) })
    expect(progress).toEqual([undefined, 0.25])
    expect(sent).toHaveLength(3)
  })

  test('no longer than the limit', async () => {
    const { transport } = scripted(sense(2, 4, 1))
    await expect(new Drive(transport).waitUntilReady({ limitMs: 0 })).rejects.toMatchObject({
      code: 'MEDIUM_NOT_READY',
    })
  })

  test('not at all where there is no medium', async () => {
    const { transport, sent } = scripted(sense(2, 0x3a, 1))
    await expect(new Drive(transport).waitUntilReady()).rejects.toMatchObject({ code: 'SENSE_NOT_READY' })
    expect(sent).toHaveLength(1)
  })

  test('a drive that is stopped is started, if it may be', async () => {
    const forWriting = scripted(sense(2, 4, 2), {}, {})
    await new Drive(forWriting.transport, { access: 'write' }).waitUntilReady()
    expect(forWriting.sent).toEqual([0x00, 0x1b, 0x00])
    const forReading = scripted(sense(2, 4, 2))
    await expect(new Drive(forReading.transport).waitUntilReady()).rejects.toMatchObject({ code: 'SENSE_NOT_READY' })
    expect(forReading.sent).toEqual([0x00])
  })

  test('until a signal ends it, between commands', async () => {
    const { transport } = scripted(sense(2, 4, 1))
    const aborting = new AbortController()
    const waiting = new Drive(transport).waitUntilReady({
      signal: aborting.signal,
      onProgress: () => aborting.abort(),
    })
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('a read that was aborted is repeated, a write is not', async () => {
    const reading = scripted(sense(0xb, 0x47, 0), sense(0xb, 0, 0), { data: [0, 0x20, 0x0e] })
    expect((await new Drive(reading.transport).send(readDiscInformation)).discStatus).toBe('complete')
    const writing = scripted(sense(0xb, 0x47, 0))
    const drive = new Drive(writing.transport, { access: 'write' })
    await expect(drive.send(write10, { transferLength: 1 }, { data: new Uint8Array(2048) })).rejects.toMatchObject({
      code: 'SENSE_ABORTED_COMMAND',
    })
    expect(writing.sent).toHaveLength(1)
  })

  test('a recovered error is a success that is told of', async () => {
    const { transport } = scripted({ ...sense(1, 0x17, 1), data: [0, 0x20, 0x0e] })
    const drive = new Drive(transport)
    const told: string[] = []
    drive.onRecoveredError(error => told.push(error.code))
    expect((await drive.send(readDiscInformation)).discStatus).toBe('complete')
    expect(told).toEqual(['SENSE_RECOVERED_ERROR'])
  })

  test('a unit attention is repeated for a read; a medium change is told of', async () => {
    const { transport } = scripted(sense(6, 0x29, 0), sense(6, 0x28, 0), { data: [0, 0x20, 0x0e] })
    const drive = new Drive(transport)
    let changes = 0
    drive.onMediumChange(() => changes++)
    expect((await drive.send(readDiscInformation)).discStatus).toBe('complete')
    expect([changes, drive.mediumGeneration]).toEqual([2, 2])
  })

  test('unit attentions without end are not waited for', async () => {
    const { transport, sent } = scripted(sense(6, 0x29, 0))
    await expect(new Drive(transport).send(readDiscInformation)).rejects.toMatchObject({ code: 'SENSE_UNIT_ATTENTION' })
    expect(sent.length).toBeLessThan(10)
  })

  test('a long operation ends when REQUEST SENSE, too, knows of none', async () => {
    const inProgress = { data: sense(0, 4, 4, 0x80).sense }
    const { transport, sent } = scripted(
      sense(2, 4, 4),
      { data: sense(2, 4, 4, 0x40).sense },
      {},
      inProgress,
      {},
      {
        data: sense(0, 0, 0).sense,
      },
    )
    const progress: (number | undefined)[] = []
    await pollLongOperation(new Drive(transport), { onProgress: each => progress.push(each) })
    expect(progress).toEqual([0.25, 0.5])
    expect(sent).toEqual([0x00, 0x03, 0x00, 0x03, 0x00, 0x03])
  })
})

test('a medium that is changed while it is asked about is asked about from the start', async () => {
  let asked = 0
  const transport = answering(({ cdb }) => {
    if (cdb[0] === 0x51 && asked++ === 0) {
      return { status: 2, sense: [0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x28, 0, 0, 0, 0, 0] }
    }
    if (cdb[0] === 0x46) return { data: [0, 0, 0, 4, 0, 0, 0, 0x08] }
    if (cdb[0] === 0x51) return { data: [0, 0x20, 0x0e, 1, 1, 1, 1] }
    if (cdb[0] === 0x25) return { data: [0, 0, 3, 0xe7, 0, 0, 8, 0] }
    return cdb[0] === 0 ? {} : { status: 2, sense: [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0] }
  })
  const drive = new Drive(transport)
  expect(await readMedium(drive)).toMatchObject({ family: 'cd-rom', capacityBlocks: 1000 })
  expect(asked).toBe(3)
})

test('media that never stay are given up', async () => {
  const transport = answering(({ cdb }) =>
    cdb[0] === 0x46 ? { status: 2, sense: [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3a, 0, 0, 0, 0, 0] } : {},
  )
  await expect(readMedium(new Drive(transport))).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' })
})

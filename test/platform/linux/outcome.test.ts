import { judge } from '../../../src/platform/linux/sg-io-outcome'
import { request } from '../scripted-transport'

const outcome = (given: object) => ({ status: 0, hostStatus: 0, driverStatus: 0, senseBytes: 0, resid: 0, ...given })
const reading = request('28 00 00 00 00 00 00 00 01 00', 2048)
const writing = request('2A 00 00 00 00 00 00 00 01 00', new Uint8Array(2048))

describe('what SG_IO says', () => {
  it.each([
    ['good', {}, { status: 0, transferredBytes: 2048 }],
    ['good and short', { resid: 2008 }, { status: 0, transferredBytes: 40 }],
    ['a residual count beyond the transfer', { resid: 4096 }, { status: 0, transferredBytes: 2048 }],
    ['a negative residual count', { resid: -1 }, { status: 0, transferredBytes: 2048 }],
    ['a check condition', { status: 2, senseBytes: 18, resid: 2048 }, { status: 2, transferredBytes: 0 }],
    [
      'a check condition with a nonsense count',
      { status: 2, senseBytes: 18, resid: 9999 },
      { status: 2, transferredBytes: 0 },
    ],
    ['driver sense', { status: 2, driverStatus: 8, senseBytes: 18 }, { status: 2, transferredBytes: 2048 }],
    ['driver sense of old kernels', { driverStatus: 8, senseBytes: 18 }, { status: 2, transferredBytes: 2048 }],
    ['driver sense without sense', { driverStatus: 8 }, { status: 0, transferredBytes: 2048 }],
    ['busy', { status: 8, resid: 2048 }, { status: 8, transferredBytes: 0 }],
    ['a reservation conflict', { status: 0x18, resid: 2048 }, { status: 0x18, transferredBytes: 0 }],
    [
      "the device's medium error in the host status",
      { status: 2, hostStatus: 0x13, senseBytes: 18 },
      { status: 2, transferredBytes: 2048 },
    ],
  ])('%s is an answer', (_what, given, answer) => {
    expect(judge(outcome(given), reading, '/dev/sr0', false)).toEqual({ kind: 'answer', ...answer })
  })

  it.each([
    [{ hostStatus: 1 }, 'TRANSPORT_DEVICE_GONE', 'host status', 'DID_NO_CONNECT', true],
    [{ hostStatus: 2 }, 'TRANSPORT_BUSY', 'host status', 'DID_BUS_BUSY', false],
    [{ hostStatus: 3 }, 'TRANSPORT_TIMEOUT', 'host status', 'DID_TIME_OUT', true],
    [{ hostStatus: 4 }, 'TRANSPORT_DEVICE_GONE', 'host status', 'DID_BAD_TARGET', true],
    [{ hostStatus: 7 }, 'TRANSPORT_FAILED', 'host status', 'DID_ERROR', true],
    [{ hostStatus: 7, status: 2, senseBytes: 18 }, 'TRANSPORT_FAILED', 'host status', 'DID_ERROR', true],
    [{ hostStatus: 8 }, 'TRANSPORT_FAILED', 'host status', 'DID_RESET', true],
    [{ hostStatus: 0x13 }, 'TRANSPORT_FAILED', 'host status', 'DID_MEDIUM_ERROR', true],
    [{ hostStatus: 0x77 }, 'TRANSPORT_FAILED', 'host status', '77h', true],
    [{ driverStatus: 6 }, 'TRANSPORT_TIMEOUT', 'driver status', 'DRIVER_TIMEOUT', true],
    [{ driverStatus: 0x26 }, 'TRANSPORT_TIMEOUT', 'driver status', 'DRIVER_TIMEOUT', true],
    [{ driverStatus: 7 }, 'TRANSPORT_FAILED', 'driver status', 'DRIVER_HARD', true],
    [{ driverStatus: 0x0c }, 'TRANSPORT_FAILED', 'driver status', 'Ch', true],
  ])('%j did not get through', (given, code, system, name, mayHaveRun) => {
    const judgement = judge(outcome(given), reading, '/dev/sr0', false)
    expect(judgement).toMatchObject({
      kind: 'error',
      error: { code, mayHaveRun, systemError: { system, name }, hint: expect.stringMatching(/./) },
    })
  })

  it.each([
    ['the bus was busy', { hostStatus: 2 }, true, true],
    ['it shall be tried again', { hostStatus: 0x0c }, true, true],
    ['it shall be queued again', { hostStatus: 0x0d }, true, true],
    ['a soft error came', { hostStatus: 0x0b }, true, false],
    ['an old driver suggests it', { driverStatus: 0x11 }, true, false],
    ['the host gave up', { hostStatus: 7 }, false, false],
  ])('where %s, a command is sent again only if that does no harm', (_why, given, read, write) => {
    expect(judge(outcome(given), reading, '/dev/sr0', true).kind === 'retry').toBe(read)
    expect(judge(outcome(given), writing, '/dev/sr0', true).kind === 'retry').toBe(write)
    expect(judge(outcome(given), reading, '/dev/sr0', false).kind).toBe('error')
  })
})

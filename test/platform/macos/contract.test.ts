import { ScsiTaskTransport } from '../../../src/platform/macos/scsi-task-transport'
import { installedBackends } from '../ffi/backends'
import { block, scriptedDisc } from '../scripted-disc'
import { request } from '../scripted-transport'
import { describeTransport } from '../transport-contract'
import { compiler, type HandedBack, StandIn } from './stand-in'

const DRIVE = ['class=IODVDServices', 'disk=disk4', 'vendor=QEMU', 'product=QEMU CD-ROM', 'transfer=131072']
const TASK_TIMEOUT = 1

if (compiler === undefined) {
  test('the stand-in for macOS needs a C compiler: where there is none, only what does not need it is tested', () => {
    expect(compiler).toBeUndefined()
  })
} else {
  describe.each(installedBackends)('%s', backend => {
    let macos: StandIn

    beforeAll(async () => {
      macos = await StandIn.start(backend)
    })
    afterAll(async () => {
      await macos.stop()
    })

    describe.each(['read', 'write'] as const)('opened to %s', access => {
      describeTransport('SCSITaskLib', {
        open: () => {
          macos.configure(DRIVE)
          macos.answer = ({ cdb, length }): HandedBack => scriptedDisc(cdb, length)
          return ScsiTaskTransport.open(macos.frameworks, 'disk4', { access })
        },
        block,
        sending: request('55 10 00 00 00 00 00 00 08 00', new Uint8Array(8).fill(9)),
        stall: async () => {
          macos.answer = () => ({ failure: TASK_TIMEOUT })
          return request('00 00 00 00 00 00')
        },
        vanish: async () => macos.set(0, 'gone', true),
      })

      afterEach(() => {
        expect(macos.live()).toBe('')
      })
    })
  })
}

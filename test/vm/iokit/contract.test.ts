import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cString, type Ffi, loadFfi } from '../../../src/platform/ffi'
import { loadFrameworks } from '../../../src/platform/macos/frameworks'
import { ScsiTaskTransport } from '../../../src/platform/macos/scsi-task-transport'
import { standInLibrary, standInPaths } from '../../platform/macos/stand-in'
import { request } from '../../platform/scripted-transport'
import { describeTransport } from '../../platform/transport-contract'

const bytes = readFileSync(join(process.env['WORK']!, 'first.iso'))
const MACHINE = 'class=IODVDServices|disk=disk4|backend=sg:/dev/sr0|transfer=131072'

describe.each(['koffi', 'ffi-napi'] as const)('%s', backend => {
  let ffi: Ffi

  beforeAll(() => {
    ffi = loadFfi({ ffi: backend })
    const library = ffi.library([standInLibrary()])
    library.function('stand_in_configure', { parameters: ['pointer'], result: 'void' }).call(cString(MACHINE))
  })
  afterAll(() => ffi.close())
  afterEach(() => {
    const live = Buffer.alloc(1024)
    const library = ffi.library([standInLibrary()])
    library.function('stand_in_live', { parameters: ['pointer', 'size'], result: 'i32' }).call(live, live.length)
    expect(live.toString('utf8', 0, live.indexOf(0))).toBe('')
  })

  describe.each(['read', 'write'] as const)('opened to %s', access => {
    describeTransport("SCSITaskLib on the kernel's drive", {
      open: async () => {
        const transport = await ScsiTaskTransport.open(loadFrameworks(ffi, standInPaths()), 'disk4', { access })
        // Whoever asks first after the machine has started gets a unit attention.
        await transport.execute(request('00 00 00 00 00 00', 0, 30_000))
        return transport
      },
      block: lba => bytes.subarray(lba * 2048, lba * 2048 + 2048),
      sending: request('55 10 00 00 00 00 00 00 08 00', new Uint8Array(8), 30_000),
    })
  })
})

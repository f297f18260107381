import { parseWindowsAddress } from '../../../src/platform/windows/address'
import { listWindowsDrives } from '../../../src/platform/windows/list'
import { type StandInDrive, WindowsStandIn } from './windows-stand-in'

const identity = { vendor: 'HL-DT-ST', product: 'DVDRAM GH24NSD1', revision: 'LG00' }
const interfacePath = '\\\\?\\scsi#cdrom&ven_hl-dt-st#4&1#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}'

async function list(drives: readonly StandInDrive[], pointerBytes: 4 | 8 = 8) {
  const system = new WindowsStandIn(drives, { pointerBytes })
  const listed = await listWindowsDrives(system)
  expect(system.misuse).toEqual([])
  expect(system.leaked).toBe(0)
  return listed
}

test.each([8, 4] as const)(
  'drives of SetupAPI with letters, names, mounts and owners (%i bytes a pointer)',
  async pointerBytes => {
    const drives: StandInDrive[] = [
      {
        number: 1,
        interfacePath: `${interfacePath}2`,
        identity: { ...identity, product: 'BD-RE BU40N' },
        lockedBy: 'Nero 7',
      },
      { number: 0, letters: ['E:'], interfacePath, identity, volume: { mounted: true, lockFailures: 0 } },
    ]
    expect(await list(drives, pointerBytes)).toEqual([
      { address: 'E:', ...identity, otherAddresses: ['\\\\.\\CdRom0'], mountPoints: ['E:\\'], heldBy: [] },
      {
        address: '\\\\.\\CdRom1',
        ...identity,
        product: 'BD-RE BU40N',
        otherAddresses: [],
        mountPoints: [],
        heldBy: ['Nero 7'],
      },
    ])
  },
)

test('without SetupAPI, by number, and asked by INQUIRY where Windows has no name for it', async () => {
  const scsi: NonNullable<StandInDrive['scsi']> = () => ({
    data: Buffer.from(`${'\0'.repeat(8)}QEMU    QEMU DVD-ROM    2.5+`, 'latin1'),
  })
  expect(
    await list([
      { number: 0, letters: ['D:'], scsi },
      { number: 1, scsi, identity: { vendor: '', product: '', revision: '' } },
    ]),
  ).toEqual([
    {
      address: 'D:',
      vendor: 'QEMU',
      product: 'QEMU DVD-ROM',
      revision: '2.5+',
      otherAddresses: ['\\\\.\\CdRom0'],
      mountPoints: [],
      heldBy: [],
    },
    expect.objectContaining({ address: '\\\\.\\CdRom1', product: 'QEMU DVD-ROM', otherAddresses: [] }),
  ])
})

test('what cannot be found out is said, and the list goes on', async () => {
  const [denied, failing, fine] = await list([
    { number: 0, letters: ['D:'], denied: true },
    { number: 1, letters: ['E:'], scsi: () => ({ error: 1117 }) },
    { number: 2, letters: ['F:'], identity },
  ])
  expect(denied).toMatchObject({ address: 'D:', vendor: '', problem: expect.stringContaining('ERROR_ACCESS_DENIED') })
  expect(failing).toMatchObject({ address: 'E:', problem: expect.stringContaining('ERROR_IO_DEVICE') })
  expect(fine).toMatchObject({ address: 'F:', ...identity })
})

test('no drive at all', async () => {
  expect(await list([])).toEqual([])
})

test.each([
  ['D:', 'D:', '\\\\.\\D:'],
  ['d:\\', 'D:', '\\\\.\\D:'],
  ['\\\\.\\D:', 'D:', '\\\\.\\D:'],
  ['//./d:', 'D:', '\\\\.\\D:'],
  ['\\\\?\\D:', 'D:', '\\\\.\\D:'],
  ['\\\\.\\CdRom0', '\\\\.\\CdRom0', '\\\\.\\CdRom0'],
  ['\\\\.\\cdrom12', '\\\\.\\CdRom12', '\\\\.\\CdRom12'],
])('%s is an address', (text, address, devicePath) => {
  expect(parseWindowsAddress(text)).toEqual({ address, devicePath })
})

test.each([
  '',
  'D',
  'CdRom0',
  'D:\\folder',
  'D:file',
  '\\\\.\\PhysicalDrive0',
  '\\\\server\\D:',
  '/dev/sr0',
  'virtual:x',
  'disk4',
])('%j is none', text => {
  expect(parseWindowsAddress(text)).toBeUndefined()
})

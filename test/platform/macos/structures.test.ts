import { dataModelOf } from '../../../src/platform/ffi'
import { parseMacosAddress } from '../../../src/platform/macos/address'
import { INTERFACE_TABLES } from '../../../src/platform/macos/interface-tables'
import { DA_RETURNS, IO_RETURNS } from '../../../src/platform/macos/io-return'
import { MACOS_STRUCTURES } from '../../../src/platform/macos/structures'
import { compiler, standInStructures } from './stand-in'
import recorded from './structures.json'

// The offsets that a C compiler gives the members as the stand-in declares them, in the order of Apple's headers: macOS'
// own headers are not at hand here.
const printed: Record<string, Record<string, number>> = recorded

test('the recorded offsets are those that the compiler gives', () => {
  expect(compiler === undefined ? recorded : standInStructures()).toEqual(recorded)
})

test.each(Object.entries(INTERFACE_TABLES))('the functions of %s', (name, table) => {
  const { '.': size, ...members } = printed[name]!
  expect(Object.fromEntries(Object.entries(table).map(([member, { offset }]) => [member, offset]))).toEqual(members)
  expect(Math.max(...Object.values(members)) + 8).toBe(size)
})

test.each(MACOS_STRUCTURES.map(structure => [structure.name, structure] as const))('%s', (name, structure) => {
  const { '.': size, ...members } = printed[name]!
  for (const arch of ['x64', 'arm64'] as const) {
    const model = dataModelOf('darwin', arch)
    expect(structure.size(model)).toBe(size)
    expect(structure.offsets(model)).toEqual(members)
  }
})

test('every code has its own name', () => {
  for (const table of [IO_RETURNS, DA_RETURNS]) {
    const names = Object.values(table).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  }
  // iokit_common_err(0x2d5) and err_local | err_local_diskarbitration | 2.
  expect(IO_RETURNS[0xe00002d5]).toMatchObject({ name: 'kIOReturnBusy', code: 'TRANSPORT_BUSY' })
  expect(IO_RETURNS[0xe00002c5]).toMatchObject({ name: 'kIOReturnExclusiveAccess' })
  expect(IO_RETURNS[0xe00002f0]).toMatchObject({ name: 'kIOReturnNotFound' })
  expect(DA_RETURNS[((0x3e << 26) | (0x368 << 14) | 2) >>> 0]).toMatchObject({ name: 'kDAReturnBusy' })
})

test.each([
  ['disk4', 'disk4'],
  ['/dev/disk4', 'disk4'],
  ['/dev/rdisk12', 'disk12'],
  ['disk4s1', 'disk4'],
  ['IOService:/AppleACPIPlatformExpert/PCI0', 'IOService:/AppleACPIPlatformExpert/PCI0'],
])('%s is an address', (text, name) => {
  expect(parseMacosAddress(text)).toBe(name)
})

test.each(['', 'disk', 'disks1', '/dev/sr0', 'D:', 'IOService:', 'virtual:disk4', 'xdisk4', 'disk4/'])(
  '%j is none',
  text => {
    expect(parseMacosAddress(text)).toBeUndefined()
  },
)

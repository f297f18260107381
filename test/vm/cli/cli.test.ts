import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { ListedDrive } from '../../../src/platform'
import { drivesByConnection, output } from '../sg-io/machine'

const DISC = process.env['DISC']!
const disc = readFileSync(DISC)

/** Runs the command with --json; gives its exit code and the document that it printed. */
function scsiMmc(args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/scsi-mmc.cjs', ...args, '--json'], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 16 * 1024 * 1024,
  })
  try {
    return { status, answer: JSON.parse(stdout), stderr }
  } catch {
    throw new Error(`scsi-mmc ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`)
  }
}

let drives: Map<string, ListedDrive>
beforeAll(async () => {
  drives = await drivesByConnection()
})
const address = (connection: string) => drives.get(connection)!.address

describe('the command', () => {
  it('lists the drives that the kernel has', () => {
    const { status, answer } = scsiMmc(['list'])
    expect(status).toBe(0)
    const listed = (Array.isArray(answer) ? answer : answer.drives) as ListedDrive[]
    expect(listed.map(drive => drive.address).sort()).toEqual([...drives.values()].map(drive => drive.address).sort())
  })

  it.each([
    ['virtio 0', 'koffi'],
    ['virtio 0', 'ffi-napi'],
    ['ata', 'koffi'],
    ['usb', 'ffi-napi'],
  ])('knows drive and disc on %s through %s', (connection, ffi) => {
    const { status, answer } = scsiMmc(['info', address(connection)], { SCSI_MMC_FFI: ffi })
    expect(status).toBe(0)
    const { vendor, product, revision } = drives.get(connection)!
    expect(answer.drive).toMatchObject({ address: address(connection), vendor, product, revision })
    // QEMU calls what fits on a CD a CD-ROM, and knows one complete session on it.
    expect(answer.medium).toMatchObject({
      family: 'cd-rom',
      state: 'complete',
      isBlank: false,
      isAppendable: false,
      isOverwritable: false,
      sessionCount: 1,
      capacityBlocks: disc.length / 2048,
    })
    expect(answer.medium.evidence.length).toBeGreaterThan(3)
  })

  it('says that a tray is empty', () => {
    const { status, answer } = scsiMmc(['info', address('virtio 1')])
    expect(status).toBe(3)
    expect(answer.medium).toBeNull()
    const reading = scsiMmc(['read', address('virtio 1'), '-o', '/run/nothing.img'])
    expect(reading.status).toBe(3)
    expect(reading.answer.error).toMatchObject({ sense: { key: 2, asc: 0x3a } })
  })

  it('answers for multisession as the rules have it for a read-only disc', () => {
    const { status, answer } = scsiMmc(['multisession', address('virtio 0')])
    expect(status).toBe(1)
    expect(answer.result).toEqual({ name: 'IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED', hresult: '0xC0AAB159' })
    expect(answer.accepted).toBeNull()
    expect(answer.offered).toHaveLength(2)
  })

  it.each(['koffi', 'ffi-napi'])('reads a whole disc through %s, byte for byte', ffi => {
    const file = `/run/${ffi}.img`
    expect(scsiMmc(['read', address('virtio 0'), '-o', file, '--ffi', ffi]).status).toBe(0)
    expect(Buffer.compare(readFileSync(file), disc)).toBe(0)
  })

  it('scans a whole disc', () => {
    const { status, answer } = scsiMmc(['scan', address('virtio 0')])
    expect(status).toBe(0)
    expect(answer).toMatchObject({ scannedBlocks: disc.length / 2048, unreadable: [], medium: { family: 'cd-rom' } })
  })

  it('has the volume that isoinfo has', () => {
    const { status, answer } = scsiMmc(['image', 'info', address('ata')])
    expect(status).toBe(0)
    const theirs = output('isoinfo', '-d', '-i', DISC).toString()
    const [volume, blocks] = [/^Volume id: (.*)$/m, /^Volume size is: (\d+)$/m].map(form => form.exec(theirs)![1])
    expect(answer.sessions[0].fileSystems).toContainEqual(
      expect.objectContaining({ type: 'ISO9660', volumeName: volume, blocks: Number(blocks) }),
    )
  })

  it('sends raw commands as sg_raw does', () => {
    const cdb = '51 00 00 00 00 00 00 00 22 00'.split(' ')
    const { status, answer } = scsiMmc(['raw', address('virtio 0'), '--in', '34', ...cdb])
    expect(status).toBe(0)
    const theirs = output('sg_raw', '-b', '-r', '34', address('virtio 0'), ...cdb)
    expect(JSON.stringify(answer)).toContain(
      theirs
        .toString('hex')
        .toUpperCase()
        .replace(/..(?=.)/g, '$& '),
    )
  })

  it('leaves a transcript that answers as the drive did', () => {
    const transcript = '/run/transcript.jsonl'
    const recorded = scsiMmc(['info', address('usb'), '--trace', transcript]).answer
    const replayed = scsiMmc(['info', `replay:${transcript}`]).answer
    expect(replayed.medium).toEqual(recorded.medium)
  })

  it.each([
    ['/dev/sr77', 4, 'TRANSPORT_NO_SUCH_DEVICE'],
    ['/tmp', 4, 'TRANSPORT_NOT_A_SCSI_DEVICE'],
    ['/etc/passwd', 4, 'TRANSPORT_NOT_A_SCSI_DEVICE'],
    ['sr0', 2, 'USAGE_ADDRESS'],
  ])('says in one line what is wrong with %s', (wrong, exitCode, code) => {
    const { status, answer, stderr } = scsiMmc(['info', wrong])
    expect(status).toBe(exitCode)
    expect(answer.error.code).toBe(code)
    expect(stderr).not.toContain('    at ')
  })
})

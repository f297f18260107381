/**
 * Our target for the bench, in a process of its own: LUN 0 a drive, LUN 1 the same image with a block device's face.
 *
 *   node serve.cjs IMAGE_DISC WRITABLE_DISC
 *
 * Prints its port. iscsi-perf asks for READ CAPACITY(16) and READ(16), which no optical drive has: the face answers them
 * with what the drive says to READ CAPACITY(10) and READ(12).
 */
const { serve } = require('../../dist/iscsi')
const { virtualPlatform } = require('../../dist/virtual')

const READ_CAPACITY_16 = 0x9e
const READ_16 = 0x88

function blockDevice(drive) {
  return {
    address: drive.address,
    limits: drive.limits,
    close: () => drive.close(),
    execute: async request => {
      const { cdb, data } = request
      const view = new DataView(cdb.buffer, cdb.byteOffset, cdb.byteLength)
      const short = new Uint8Array(12)
      const shortView = new DataView(short.buffer)
      if (cdb[0] === READ_16) {
        short[0] = 0xa8
        shortView.setUint32(2, view.getUint32(6))
        shortView.setUint32(6, view.getUint32(10))
        return drive.execute({ ...request, cdb: short })
      }
      if (cdb[0] !== READ_CAPACITY_16) return drive.execute(request)
      const reply = new Uint8Array(8)
      const answer = await drive.execute({
        ...request,
        cdb: Uint8Array.of(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        data: reply,
      })
      if (answer.status !== 0) return answer
      const long = new Uint8Array(32)
      long.set(reply, 4)
      data.set(long.subarray(0, data.length))
      return { ...answer, transferredBytes: Math.min(data.length, 32) }
    },
  }
}

async function main() {
  const [image, writable] = process.argv.slice(2)
  const open = path => virtualPlatform.open(`virtual:${path}`, { access: 'write' })
  const drives = [await open(image), await open(writable)]
  const target = await serve({
    luns: [drives[0], blockDevice(drives[0]), drives[1]].map(transport => ({ transport, access: 'write' })),
    port: 0,
    target: 'iqn.2026-01.org.example:bench',
  })
  process.stdout.write(`${target.port}\n`)
  process.once('SIGTERM', async () => {
    await target.close()
    for (const drive of drives) await drive.close()
  })
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})

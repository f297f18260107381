import { open } from 'node:fs/promises'

/** Tells QEMU what happens to its hardware (QMP), in a machine that was started with `--monitor`. */
export async function monitor(command: string, args: object = {}): Promise<unknown> {
  const port = await open('/run/monitor', 'r+')
  try {
    let text = ''
    const answer = async () => {
      for (;;) {
        const end = text.indexOf('\n')
        if (end >= 0) {
          const message = JSON.parse(text.slice(0, end))
          text = text.slice(end + 1)
          if (message.error) throw new Error(JSON.stringify(message.error))
          if ('return' in message) return message.return
          continue
        }
        const { bytesRead, buffer } = await port.read(Buffer.alloc(4096), 0, 4096)
        text += buffer.toString('utf8', 0, bytesRead)
      }
    }
    await port.write(`${JSON.stringify({ execute: 'qmp_capabilities' })}\n`)
    // QEMU wants it once, and says so from the second time on.
    await answer().catch(() => undefined)
    await port.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    return await answer()
  } finally {
    await port.close()
  }
}

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

/** What a shell command in the machine has come to. */
export interface Outcome {
  readonly status: number
  /** Standard output and standard error, in the order in which they were written. */
  readonly output: string
}

/** One shell in the machine: `./agent` is its other end. */
class Shell {
  private received = Buffer.alloc(0)
  private arrived: (() => void) | undefined
  private ended = false
  private readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
    const wake = () => this.arrived?.()
    socket.on('data', piece => {
      this.received = Buffer.concat([this.received, piece])
      wake()
    })
    socket.on('close', () => {
      this.ended = true
      wake()
    })
    socket.on('error', wake)
  }

  send(line: string): void {
    if (line.includes('\n')) throw new Error(`The machine is given one line at a time: ${line}`)
    this.socket.write(`${line}\n`)
  }

  async run(line: string): Promise<Outcome> {
    this.send(line)
    let end = -1
    for (;;) {
      end = this.received.indexOf(0x0a)
      if (end >= 0) break
      await this.more()
    }
    const [status, bytes] = this.received.toString('latin1', 0, end).split(' ').map(Number)
    const total = end + 1 + bytes!
    while (this.received.length < total) await this.more()
    const output = this.received.toString('utf8', end + 1, total)
    this.received = this.received.subarray(total)
    return { status: status!, output }
  }

  private async more(): Promise<void> {
    if (this.ended) throw new Error('The machine has ended.')
    await new Promise<void>(resolve => {
      this.arrived = resolve
    })
  }
}

/** The virtual machine, from this side: shells that run what they are given. */
export class Machine {
  private readonly shells: Shell[]
  private readonly idle: Shell[]
  private readonly waiting: ((shell: Shell) => void)[] = []
  private readonly server: Server

  private constructor(server: Server, shells: Shell[]) {
    this.server = server
    this.shells = shells
    this.idle = [...shells]
  }

  /** Listens, tells the port in the file `port` of a folder that the machine sees, and waits for its shells. */
  static async arrive(folder: string, shells: number): Promise<Machine> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    writeFileSync(join(folder, 'port'), String((server.address() as AddressInfo).port))
    const there: Shell[] = []
    while (there.length < shells) {
      const [socket] = (await once(server, 'connection')) as [Socket]
      there.push(new Shell(socket))
    }
    return new Machine(server, there)
  }

  /** Runs one line of bash as soon as a shell is free. */
  async run(line: string): Promise<Outcome> {
    const shell = this.idle.pop() ?? (await new Promise<Shell>(resolve => this.waiting.push(resolve)))
    try {
      return await shell.run(line)
    } finally {
      const next = this.waiting.shift()
      if (next) next(shell)
      else this.idle.push(shell)
    }
  }

  /** A line of the suite's own output. */
  print(text: string): void {
    for (const line of text.split('\n')) this.shells[0]!.send(`+${line}`)
  }

  /** Ends the machine. */
  end(): void {
    for (const shell of this.shells) shell.send('.')
    this.server.close()
  }
}

import type { Ffi } from '../../../src/platform/ffi'
import type { CLibrary } from '../../../src/platform/linux/c-library'
import { SG_IO, sgIoHdr } from '../../../src/platform/linux/sg-io-hdr'
import type { ScriptedAnswer } from '../scripted-transport'

/** A command as the kernel would find it in memory. */
export interface SeenCommand {
  readonly cdb: Uint8Array
  readonly direction: number
  readonly sent: Uint8Array
  readonly dataBytes: number
  readonly dataAddress: bigint
  readonly timeoutMs: number
}

/** What the stand-in does with a command. */
export interface KernelAnswer extends ScriptedAnswer {
  readonly errno?: number
  readonly hostStatus?: number
  readonly driverStatus?: number
  readonly resid?: number
}

/**
 * A C library whose ioctl plays the kernel: it follows the header's addresses through real memory, as SG_IO does, and
 * answers by a script.
 */
export function kernelStandIn(ffi: Ffi, answerOf: (command: SeenCommand) => KernelAnswer): CLibrary {
  const sgIo = (header: Uint8Array): { value: number; error: number } => {
    const get = <K extends keyof typeof sgIoHdr.members & string>(member: K) => sgIoHdr.get(header, member)
    const dataBytes = get('dxfer_len')
    const direction = get('dxfer_direction')
    const answer = answerOf({
      cdb: ffi.read(get('cmdp'), get('cmd_len')),
      direction,
      sent: direction === -2 ? ffi.read(get('dxferp'), dataBytes) : new Uint8Array(),
      dataBytes,
      dataAddress: get('dxferp'),
      timeoutMs: get('timeout'),
    })
    if (answer.errno !== undefined) return { value: -1, error: answer.errno }
    const data = (answer.data ?? new Uint8Array()).subarray(0, dataBytes)
    if (direction === -3) ffi.write(get('dxferp'), data)
    const sense = (answer.sense ?? new Uint8Array()).subarray(0, get('mx_sb_len'))
    ffi.write(get('sbp'), sense)
    sgIoHdr.set(header, {
      status: answer.status ?? 0,
      sb_len_wr: sense.length,
      host_status: answer.hostStatus ?? 0,
      driver_status: answer.driverStatus ?? 0,
      resid: answer.resid ?? (direction === -3 ? dataBytes - data.length : 0),
    })
    return { value: 0, error: 0 }
  }
  const ioctl = (_descriptor: number, number: number | bigint, bytes: bigint | Uint8Array | null) => {
    if (number !== SG_IO) throw new Error(`ioctl ${number}`)
    return sgIo(bytes as Uint8Array)
  }
  return {
    ioctl: { call: ioctl, callAsync: async (...args) => ioctl(...args) },
    fcntl: {
      call: () => ({ value: 0, error: 0 }),
      callAsync: async () => ({ value: 0, error: 0 }),
    },
  }
}

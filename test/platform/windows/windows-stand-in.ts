import type { Handle, Win32, Win32Result } from '../../../src/platform/windows/win32'
import { passThroughRequest } from './pass-through-request'
import recorded from './structures.json'

/** What a drive answers to one command: what it sends and says, or the Win32 error that the driver gives. */
export type Answer = { status?: number; sense?: readonly number[]; data?: Uint8Array } | { error: number }

/** One drive of the machine stood in for. */
export interface StandInDrive {
  readonly number: number
  readonly letters?: readonly string[]
  readonly interfacePath?: string
  readonly identity?: { vendor: string; product: string; revision: string }
  readonly adapter?: { maximumTransferLength: number; maximumPhysicalPages: number; alignmentMask: number }
  /** Gives IO_SCSI_CAPABILITIES instead of the adapter's descriptor. */
  readonly olderCapabilities?: true
  /** Read and write access is refused. */
  readonly denied?: true
  /** Somebody else has it for exclusive use. */
  lockedBy?: string
  /** Whether a file system is mounted, and how many attempts to lock it fail. */
  volume?: { mounted: boolean; lockFailures: number }
  /** The class driver knows no exclusive use. */
  readonly noExclusiveUse?: true
  /** The one form of pass-through that the driver takes, where it does not take all. */
  readonly onlyForm?: 'direct-ex' | 'buffered'
  /** Answers commands; the data are what is sent. */
  scsi?: (cdb: Uint8Array, data: Uint8Array, length: number, timeOut: number) => Answer | Promise<Answer>
}

interface Open {
  readonly drive: StandInDrive
  readonly access: number
  volumeLocked: boolean
  locked: boolean
  quiet: number
}

const ERROR = {
  INVALID_FUNCTION: 1,
  FILE_NOT_FOUND: 2,
  ACCESS_DENIED: 5,
  INVALID_HANDLE: 6,
  BAD_COMMAND: 22,
  BAD_LENGTH: 24,
  NOT_SUPPORTED: 50,
  INVALID_PARAMETER: 87,
  INSUFFICIENT_BUFFER: 122,
  NO_MORE_ITEMS: 259,
}
const READ_WRITE = 0xc000_0000
const { codes } = recorded
const IOCTL_CDROM_EXCLUSIVE_ACCESS = 0x2c05c
const IOCTL_SCSI_PASS_THROUGH_DIRECT_EX = 0x4d048

const ONLY_CODE = { 'direct-ex': IOCTL_SCSI_PASS_THROUGH_DIRECT_EX, buffered: codes.IOCTL_SCSI_PASS_THROUGH }

/**
 * Windows as its documentation and class driver say that it answers: a table behind the functions that are called. It
 * reads requests by the offsets that a C compiler printed, not by the library's own, and notes every misuse.
 */
export class WindowsStandIn implements Win32 {
  readonly misuse: string[] = []
  readonly calls: string[] = []
  closed = 0
  private readonly handles = new Map<Handle, Open>()
  private nextHandle = 0x40n
  private sets = 0
  private readonly memory = new Map<ArrayBufferLike, bigint>()
  private nextAddress = 0x1000_0000n
  readonly drives: readonly StandInDrive[]
  readonly pointerBytes: 4 | 8
  /** How far the data of callers lie from a page. */
  private readonly skew: bigint

  constructor(drives: readonly StandInDrive[], options: { pointerBytes?: 4 | 8; skew?: number } = {}) {
    this.drives = drives
    this.pointerBytes = options.pointerBytes ?? 8
    this.skew = BigInt(options.skew ?? 0)
  }

  /** Handles that were not closed, and device sets that were not destroyed. */
  get leaked(): number {
    return this.handles.size + this.sets
  }

  async CreateFileW(path: string, desiredAccess: number, shareMode: number): Promise<Win32Result<Handle | undefined>> {
    this.calls.push(`CreateFileW ${path} ${desiredAccess.toString(16)}`)
    if (shareMode !== 3) this.misuse.push(`share mode ${shareMode} keeps the system itself out`)
    const drive = this.drives.find(
      ({ number, letters, interfacePath }) =>
        path === `\\\\.\\CdRom${number}` ||
        path === interfacePath ||
        letters?.some(letter => path === `\\\\.\\${letter}`),
    )
    if (!drive) return { value: undefined, error: ERROR.FILE_NOT_FOUND }
    if (drive.denied && desiredAccess !== 0) return { value: undefined, error: ERROR.ACCESS_DENIED }
    const handle = this.nextHandle
    this.nextHandle += 4n
    this.handles.set(handle, { drive, access: desiredAccess, volumeLocked: false, locked: false, quiet: 0 })
    return { value: handle, error: 0 }
  }

  CloseHandle(handle: Handle): void {
    const open = this.handles.get(handle)
    if (!open) this.misuse.push(`CloseHandle ${handle}`)
    if (open?.quiet) this.misuse.push('closed with media-change notification still off')
    if (open?.locked) this.misuse.push('closed with the exclusive lock still held')
    if (open?.volumeLocked) this.misuse.push('closed with the volume still locked')
    this.handles.delete(handle)
  }

  async DeviceIoControl(
    handle: Handle,
    controlCode: number,
    buffer: Uint8Array,
    inputBytes: number,
    outputBytes: number,
  ): Promise<Win32Result<number | undefined>> {
    const open = this.handles.get(handle)
    if (!open) {
      this.misuse.push(`DeviceIoControl on handle ${handle}`)
      return { value: undefined, error: ERROR.INVALID_HANDLE }
    }
    if (Math.max(inputBytes, outputBytes) > buffer.length) this.misuse.push('lengths beyond the buffer')
    const answer = await this.answer(open, controlCode, buffer, inputBytes, outputBytes)
    return typeof answer === 'number' ? { value: answer, error: 0 } : { value: undefined, error: answer.error }
  }

  private async answer(
    open: Open,
    code: number,
    buffer: Uint8Array,
    inputBytes: number,
    outputBytes: number,
  ): Promise<number | { error: number }> {
    const { drive } = open
    const name = Object.entries(codes).find(([, value]) => value === code)?.[0] ?? code.toString(16)
    this.calls.push(name)
    // Bits 14 and 15 of a control code ask for read and write access.
    if (((code >> 14) & 3) === 3 && open.access !== READ_WRITE) return { error: ERROR.ACCESS_DENIED }
    const heldByOther = drive.lockedBy !== undefined && !open.locked
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    switch (code) {
      case codes.IOCTL_SCSI_PASS_THROUGH_DIRECT:
      case IOCTL_SCSI_PASS_THROUGH_DIRECT_EX:
      case codes.IOCTL_SCSI_PASS_THROUGH:
        if (heldByOther) return { error: ERROR.ACCESS_DENIED }
        if (drive.onlyForm && code !== ONLY_CODE[drive.onlyForm]) return { error: ERROR.NOT_SUPPORTED }
        return this.passThrough(open, code, buffer, inputBytes, outputBytes)
      case codes.IOCTL_STORAGE_QUERY_PROPERTY: {
        if (inputBytes < 12) return { error: ERROR.INVALID_PARAMETER }
        return this.property(drive, view.getUint32(0, true), buffer, outputBytes)
      }
      case codes.IOCTL_SCSI_GET_CAPABILITIES: {
        if (!drive.olderCapabilities || !drive.adapter) return { error: ERROR.NOT_SUPPORTED }
        if (outputBytes < 24) return { error: ERROR.INSUFFICIENT_BUFFER }
        const { maximumTransferLength, maximumPhysicalPages, alignmentMask } = drive.adapter
        view.setUint32(4, maximumTransferLength, true)
        view.setUint32(8, maximumPhysicalPages, true)
        view.setUint32(16, alignmentMask, true)
        return 24
      }
      case codes.IOCTL_STORAGE_GET_DEVICE_NUMBER:
        view.setUint32(0, 2, true)
        view.setUint32(4, drive.number, true)
        view.setUint32(8, 0xffff_ffff, true)
        return 12
      case IOCTL_CDROM_EXCLUSIVE_ACCESS:
        return this.exclusive(open, view, buffer, inputBytes, outputBytes)
      case codes.FSCTL_LOCK_VOLUME:
        if (heldByOther) return { error: ERROR.ACCESS_DENIED }
        if (!drive.volume) return { error: 21 }
        if (drive.volume.lockFailures-- > 0) return { error: ERROR.ACCESS_DENIED }
        open.volumeLocked = true
        return 0
      case codes.FSCTL_UNLOCK_VOLUME:
        if (!open.volumeLocked) return { error: 158 }
        open.volumeLocked = false
        return 0
      case codes.FSCTL_DISMOUNT_VOLUME:
        if (drive.volume && !open.volumeLocked) this.misuse.push('dismounted without the lock')
        if (drive.volume) drive.volume.mounted = false
        return 0
      case codes.FSCTL_IS_VOLUME_MOUNTED:
        return drive.volume?.mounted ? 0 : { error: 1005 }
      case codes.IOCTL_STORAGE_MCN_CONTROL:
        if (inputBytes !== 1) return { error: ERROR.INVALID_PARAMETER }
        open.quiet += buffer[0] ? 1 : -1
        if (open.quiet < 0) this.misuse.push('media-change notification switched on more often than off')
        return 0
      default:
        this.misuse.push(`control code ${code.toString(16)}`)
        return { error: ERROR.INVALID_FUNCTION }
    }
  }

  private exclusive(
    open: Open,
    view: DataView,
    buffer: Uint8Array,
    inputBytes: number,
    outputBytes: number,
  ): number | { error: number } {
    const { drive } = open
    if (drive.noExclusiveUse) return { error: ERROR.INVALID_FUNCTION }
    if (inputBytes < 8) return { error: ERROR.BAD_LENGTH }
    const type = view.getUint32(0, true)
    if (type === 0) {
      if (outputBytes < 65) return { error: ERROR.INSUFFICIENT_BUFFER }
      buffer.fill(0, 0, 65)
      buffer[0] = drive.lockedBy === undefined ? 0 : 1
      buffer.set(Buffer.from(drive.lockedBy ?? '', 'latin1').subarray(0, 64), 1)
      return 65
    }
    if (type === 1) {
      if (inputBytes !== 72) return { error: ERROR.BAD_LENGTH }
      const name = Buffer.from(buffer.subarray(8, 72)).toString('latin1').split('\0')[0]!
      if (!/^[A-Za-z0-9 .,:;_-]{1,63}$/.test(name)) return { error: ERROR.INVALID_PARAMETER }
      if (drive.lockedBy !== undefined) return { error: ERROR.ACCESS_DENIED }
      if (drive.volume?.mounted && (view.getUint32(4, true) & 1) === 0) return { error: ERROR.BAD_COMMAND }
      drive.lockedBy = name
      open.locked = true
      return 0
    }
    if (drive.lockedBy === undefined) return { error: ERROR.INVALID_FUNCTION }
    if (!open.locked) return { error: ERROR.INVALID_HANDLE }
    delete drive.lockedBy
    open.locked = false
    return 0
  }

  private property(drive: StandInDrive, property: number, buffer: Uint8Array, outputBytes: number) {
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    if (property === 0 && drive.identity) {
      buffer.fill(0, 0, outputBytes)
      let end = 40
      const texts = { 12: drive.identity.vendor, 16: drive.identity.product, 20: drive.identity.revision }
      for (const [offset, text] of Object.entries(texts)) {
        view.setUint32(Number(offset), end, true)
        buffer.set(Buffer.from(`${text}\0`, 'latin1'), end)
        end += text.length + 1
      }
      view.setUint32(4, end, true)
      buffer[8] = 5
      return Math.min(end, outputBytes)
    }
    if (property === 1 && drive.adapter && !drive.olderCapabilities) {
      buffer.fill(0, 0, outputBytes)
      view.setUint32(4, 32, true)
      view.setUint32(8, drive.adapter.maximumTransferLength, true)
      view.setUint32(12, drive.adapter.maximumPhysicalPages, true)
      view.setUint32(16, drive.adapter.alignmentMask, true)
      return 32
    }
    return { error: ERROR.INVALID_FUNCTION }
  }

  private async passThrough(open: Open, code: number, buffer: Uint8Array, inputBytes: number, outputBytes: number) {
    const direct = code !== codes.IOCTL_SCSI_PASS_THROUGH
    const form = code === IOCTL_SCSI_PASS_THROUGH_DIRECT_EX ? 'extended' : 'plain'
    const request = passThroughRequest(form, buffer, inputBytes, outputBytes, this.pointerBytes)
    if ('error' in request) return request
    const { pointer, length, direction, timeOut, cdb } = request
    const adapter = open.drive.adapter
    if (timeOut === 0) this.misuse.push('a time limit of 0')
    if (direction === 2 && (length !== 0 || (direct && pointer !== 0n))) this.misuse.push('no data, and yet a buffer')
    if (adapter && length > Math.min(adapter.maximumTransferLength, (adapter.maximumPhysicalPages - 1) * 4096)) {
      return { error: ERROR.INVALID_PARAMETER }
    }
    if (direct && adapter && (pointer & BigInt(adapter.alignmentMask)) !== 0n) return { error: ERROR.INVALID_PARAMETER }
    if (!direct && direction !== 2 && Number(pointer) + length > outputBytes) return { error: ERROR.INVALID_PARAMETER }
    const data = direct ? this.bytesAt(pointer, length) : buffer.subarray(Number(pointer), Number(pointer) + length)
    const answer = await open.drive.scsi!(cdb, direction === 0 ? data.slice() : new Uint8Array(), length, timeOut)
    if ('error' in answer) return { error: answer.error }
    const sent = answer.data ?? new Uint8Array()
    const moved = direction === 1 ? Math.min(sent.length, length) : direction === 0 ? length : 0
    if (direction === 1) data.set(sent.subarray(0, moved))
    request.answer(answer.status ?? 0, moved, answer.sense ?? [])
    return outputBytes
  }

  GetLogicalDrives(): number {
    const letters = this.drives.flatMap(drive => drive.letters ?? [])
    // C: is a fixed disk.
    return letters.reduce((bits, letter) => bits | (1 << (letter.charCodeAt(0) - 0x41)), 1 << 2)
  }

  GetDriveTypeW(rootPath: string): number {
    if (!/^[A-Z]:\\$/.test(rootPath)) this.misuse.push(`GetDriveTypeW ${rootPath}`)
    return this.drives.some(({ letters }) => letters?.includes(rootPath.slice(0, 2))) ? 5 : 3
  }

  QueryDosDeviceW(deviceName: string): Win32Result<string | undefined> {
    const drive = this.drives.find(({ letters }) => letters?.includes(deviceName))
    return drive
      ? { value: `\\Device\\CdRom${drive.number}`, error: 0 }
      : { value: undefined, error: ERROR.FILE_NOT_FOUND }
  }

  SetupDiGetClassDevsW(classGuid: Uint8Array): Win32Result<Handle | undefined> {
    const guid = '0863f553bfb6d01194f200a0c91efb8b'
    if (Buffer.from(classGuid).toString('hex') !== guid) this.misuse.push('another class of devices')
    this.sets++
    return { value: 0x5e7n, error: 0 }
  }

  SetupDiEnumDeviceInterfaces(_: Handle, __: Uint8Array, index: number, data: Uint8Array): Win32Result<boolean> {
    const { size } = recorded[this.pointerBytes === 8 ? 64 : 32].SP_DEVICE_INTERFACE_DATA
    const cbSize = Buffer.from(data).readUInt32LE()
    if (cbSize !== size || data.length !== size) return { value: false, error: 1784 }
    if (index >= this.interfaces.length) return { value: false, error: ERROR.NO_MORE_ITEMS }
    data[20] = index
    return { value: true, error: 0 }
  }

  SetupDiGetDeviceInterfaceDetailW(_: Handle, data: Uint8Array, detail: Uint8Array | null) {
    const path = Buffer.from(`${this.interfaces[data[20]!]}\0`, 'utf16le')
    const requiredBytes = 4 + path.length
    if (!detail) return { value: false, error: ERROR.INSUFFICIENT_BUFFER, requiredBytes }
    const { size } = recorded[this.pointerBytes === 8 ? 64 : 32].SP_DEVICE_INTERFACE_DETAIL_DATA_W
    if (Buffer.from(detail).readUInt32LE() !== size) return { value: false, error: 1784, requiredBytes }
    if (detail.length < requiredBytes) return { value: false, error: ERROR.INSUFFICIENT_BUFFER, requiredBytes }
    detail.set(path, 4)
    return { value: true, error: 0, requiredBytes }
  }

  SetupDiDestroyDeviceInfoList(): void {
    this.sets--
  }

  addressOf(bytes: Uint8Array): bigint {
    let begin = this.memory.get(bytes.buffer)
    if (begin === undefined) {
      begin = this.nextAddress + this.skew
      this.memory.set(bytes.buffer, begin)
      this.nextAddress += BigInt(Math.ceil(bytes.buffer.byteLength / 4096 + 1) * 4096)
    }
    return begin + BigInt(bytes.byteOffset)
  }

  async close(): Promise<void> {
    this.closed++
  }

  private get interfaces(): string[] {
    return this.drives.flatMap(({ interfacePath }) => interfacePath ?? [])
  }

  private bytesAt(address: bigint, length: number): Uint8Array {
    if (length === 0) return new Uint8Array()
    for (const [memory, begin] of this.memory) {
      const offset = Number(address - begin)
      if (offset >= 0 && offset + length <= memory.byteLength) return new Uint8Array(memory, offset, length)
    }
    this.misuse.push(`${length} bytes at ${address.toString(16)} are nobody's`)
    return new Uint8Array(length)
  }
}

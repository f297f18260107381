import { bits, bytes, flag, layout, u8, u16, u24, u32 } from '../layout'

/** PDU opcodes (RFC 7143 11.2.1.2): up to 1Fh the initiator's, from 20h on the target's. */
export const OPCODE = {
  nopOut: 0x00,
  scsiCommand: 0x01,
  taskManagementRequest: 0x02,
  loginRequest: 0x03,
  textRequest: 0x04,
  dataOut: 0x05,
  logoutRequest: 0x06,
  snackRequest: 0x10,
  nopIn: 0x20,
  scsiResponse: 0x21,
  taskManagementResponse: 0x22,
  loginResponse: 0x23,
  textResponse: 0x24,
  dataIn: 0x25,
  logoutResponse: 0x26,
  readyToTransfer: 0x31,
  asynchronousMessage: 0x32,
  reject: 0x3f,
} as const

/** Bytes of the Basic Header Segment. */
export const BASIC_HEADER_LENGTH = 48
/** The value of a task tag that stands for none. */
export const NO_TAG = 0xffffffff

/** Fields at the same place in all PDUs. `final` is the F bit (T in login PDUs). */
const header = {
  immediate: flag(0, 6),
  opcode: bits(0, 5, 0),
  final: flag(1, 7),
  totalAhsLength: u8(4).named('TotalAHSLength'),
  dataSegmentLength: u24(5),
  initiatorTaskTag: u32(16),
} as const
const lun = { lun: bytes(8, 8).named('LUN') } as const
const fromInitiator = { cmdSN: u32(24).named('CmdSN'), expStatSN: u32(28).named('ExpStatSN') } as const
const fromTarget = {
  statSN: u32(24).named('StatSN'),
  expCmdSN: u32(28).named('ExpCmdSN'),
  maxCmdSN: u32(32).named('MaxCmdSN'),
} as const
const targetTransferTag = { targetTransferTag: u32(20) } as const

const RFC = (section: string) => ({ length: BASIC_HEADER_LENGTH, clause: `RFC 7143 ${section}` })

/** What every PDU begins with (RFC 7143 11.2.1). */
export const basicHeader = layout('Basic Header Segment', header, RFC('11.2.1'))

/** SCSI Command; a CDB longer than 16 bytes goes on in an Additional Header Segment. */
export const scsiCommandPdu = layout(
  'SCSI Command PDU',
  {
    ...header,
    read: flag(1, 6),
    write: flag(1, 5),
    attribute: bits(1, 2, 0).means({ 0: 'untagged', 1: 'simple', 2: 'ordered', 3: 'head of queue', 4: 'ACA' }),
    ...lun,
    expectedDataTransferLength: u32(20),
    ...fromInitiator,
    cdb: bytes(32, 16).named('CDB'),
  },
  RFC('11.3'),
)

export const scsiResponsePdu = layout(
  'SCSI Response PDU',
  {
    ...header,
    residualOverflow: flag(1, 2),
    residualUnderflow: flag(1, 1),
    response: u8(2).means({ 0: 'command completed at target', 1: 'target failure' }),
    status: u8(3),
    ...fromTarget,
    expDataSN: u32(36).named('ExpDataSN'),
    residualCount: u32(44),
  },
  RFC('11.4'),
)

export const taskManagementRequestPdu = layout(
  'Task Management Function Request PDU',
  {
    ...header,
    function: bits(1, 6, 0),
    ...lun,
    referencedTaskTag: u32(20),
    ...fromInitiator,
    refCmdSN: u32(32).named('RefCmdSN'),
    expDataSN: u32(36).named('ExpDataSN'),
  },
  RFC('11.5'),
)

export const taskManagementResponsePdu = layout(
  'Task Management Function Response PDU',
  { ...header, response: u8(2), ...fromTarget },
  RFC('11.6'),
)

export const dataOutPdu = layout(
  'SCSI Data-Out PDU',
  { ...header, ...lun, ...targetTransferTag, expStatSN: u32(28), dataSN: u32(36), bufferOffset: u32(40) },
  RFC('11.7'),
)

export const dataInPdu = layout(
  'SCSI Data-In PDU',
  {
    ...header,
    acknowledge: flag(1, 6),
    residualOverflow: flag(1, 2),
    residualUnderflow: flag(1, 1),
    statusPresent: flag(1, 0),
    status: u8(3),
    ...lun,
    ...targetTransferTag,
    ...fromTarget,
    dataSN: u32(36).named('DataSN'),
    bufferOffset: u32(40),
    residualCount: u32(44),
  },
  RFC('11.7'),
)

export const readyToTransferPdu = layout(
  'Ready To Transfer PDU',
  {
    ...header,
    ...lun,
    ...targetTransferTag,
    ...fromTarget,
    r2tSN: u32(36).named('R2TSN'),
    bufferOffset: u32(40),
    desiredDataTransferLength: u32(44),
  },
  RFC('11.8'),
)

export const asynchronousMessagePdu = layout(
  'Asynchronous Message PDU',
  {
    ...header,
    ...lun,
    ...fromTarget,
    event: u8(36).means({
      0: 'SCSI asynchronous event',
      1: 'the target requests logout',
      2: 'the connection will be dropped',
      3: 'all connections of the session will be dropped',
      4: 'the target requests negotiation',
      5: 'all active tasks of the LUN were terminated',
    }),
    vendorCode: u8(37),
    parameter1: u16(38),
    parameter2: u16(40),
    parameter3: u16(42),
  },
  RFC('11.9'),
)

export const textRequestPdu = layout(
  'Text Request PDU',
  { ...header, continues: flag(1, 6), ...lun, ...targetTransferTag, ...fromInitiator },
  RFC('11.10'),
)

export const textResponsePdu = layout(
  'Text Response PDU',
  { ...header, continues: flag(1, 6), ...lun, ...targetTransferTag, ...fromTarget },
  RFC('11.11'),
)

const login = {
  ...header,
  continues: flag(1, 6),
  currentStage: bits(1, 3, 2),
  nextStage: bits(1, 1, 0),
  isid: bytes(8, 6).named('ISID'),
  tsih: u16(14).named('TSIH'),
} as const

export const loginRequestPdu = layout(
  'Login Request PDU',
  { ...login, versionMaximum: u8(2), versionMinimum: u8(3), connectionId: u16(20).named('CID'), ...fromInitiator },
  RFC('11.12'),
)

export const loginResponsePdu = layout(
  'Login Response PDU',
  { ...login, versionMaximum: u8(2), versionActive: u8(3), ...fromTarget, statusClass: u8(36), statusDetail: u8(37) },
  RFC('11.13'),
)

export const logoutRequestPdu = layout(
  'Logout Request PDU',
  { ...header, reason: bits(1, 6, 0), connectionId: u16(20).named('CID'), ...fromInitiator },
  RFC('11.14'),
)

export const logoutResponsePdu = layout(
  'Logout Response PDU',
  { ...header, response: u8(2), ...fromTarget, time2Wait: u16(40), time2Retain: u16(42) },
  RFC('11.15'),
)

export const rejectPdu = layout(
  'Reject PDU',
  {
    ...header,
    reason: u8(2).means({
      2: 'data digest error',
      3: 'SNACK reject',
      4: 'protocol error',
      5: 'command not supported',
      6: 'too many immediate commands',
      7: 'task in progress',
      8: 'invalid data ACK',
      9: 'invalid PDU field',
      10: 'long operation reject',
      12: 'waiting for logout',
    }),
    ...fromTarget,
    dataSN: u32(36).named('DataSN'),
  },
  RFC('11.17'),
)

export const nopOutPdu = layout(
  'NOP-Out PDU',
  { ...header, ...lun, ...targetTransferTag, ...fromInitiator },
  RFC('11.18'),
)

export const nopInPdu = layout('NOP-In PDU', { ...header, ...lun, ...targetTransferTag, ...fromTarget }, RFC('11.19'))

/** The layout of each opcode's PDU. */
export const PDU_LAYOUTS = {
  [OPCODE.nopOut]: nopOutPdu,
  [OPCODE.scsiCommand]: scsiCommandPdu,
  [OPCODE.taskManagementRequest]: taskManagementRequestPdu,
  [OPCODE.loginRequest]: loginRequestPdu,
  [OPCODE.textRequest]: textRequestPdu,
  [OPCODE.dataOut]: dataOutPdu,
  [OPCODE.logoutRequest]: logoutRequestPdu,
  [OPCODE.nopIn]: nopInPdu,
  [OPCODE.scsiResponse]: scsiResponsePdu,
  [OPCODE.taskManagementResponse]: taskManagementResponsePdu,
  [OPCODE.loginResponse]: loginResponsePdu,
  [OPCODE.textResponse]: textResponsePdu,
  [OPCODE.dataIn]: dataInPdu,
  [OPCODE.logoutResponse]: logoutResponsePdu,
  [OPCODE.readyToTransfer]: readyToTransferPdu,
  [OPCODE.asynchronousMessage]: asynchronousMessagePdu,
  [OPCODE.reject]: rejectPdu,
} as const

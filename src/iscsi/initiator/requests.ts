import type { Direction } from '../../platform'
import {
  loginRequestPdu,
  logoutRequestPdu,
  NO_TAG,
  nopOutPdu,
  OPCODE,
  scsiCommandPdu,
  taskManagementRequestPdu,
  textRequestPdu,
} from '../pdu'
import type { LoginStep } from './login'

const ABORT_TASK = 1
const SIMPLE = 1

/** The numbers that every request of an initiator bears. */
export interface RequestNumbers {
  readonly initiatorTaskTag: number
  readonly cmdSN: number
  readonly expStatSN: number
}

// All requests but SCSI commands are immediate: they take no place of the command window.

export const encodeLoginRequest = (numbers: RequestNumbers, isid: Uint8Array, step: LoginStep) =>
  loginRequestPdu.encode({
    opcode: OPCODE.loginRequest,
    immediate: true,
    final: step.transit,
    currentStage: step.currentStage,
    nextStage: step.nextStage,
    isid,
    ...numbers,
  })

/** @param final  false where data follow unasked in Data-Out PDUs */
export const encodeCommand = (
  numbers: RequestNumbers,
  command: { lun: Uint8Array; cdb: Uint8Array; direction: Direction; length: number; final: boolean },
) =>
  scsiCommandPdu.encode({
    opcode: OPCODE.scsiCommand,
    final: command.final,
    read: command.direction === 'in',
    write: command.direction === 'out',
    attribute: SIMPLE,
    lun: command.lun,
    expectedDataTransferLength: command.direction === 'none' ? 0 : command.length,
    cdb: command.cdb,
    ...numbers,
  })

/** ABORT TASK. */
export const encodeAbort = (
  numbers: RequestNumbers,
  task: { lun: Uint8Array; initiatorTaskTag: number; cmdSN: number },
) =>
  taskManagementRequestPdu.encode({
    opcode: OPCODE.taskManagementRequest,
    immediate: true,
    final: true,
    function: ABORT_TASK,
    lun: task.lun,
    referencedTaskTag: task.initiatorTaskTag,
    refCmdSN: task.cmdSN,
    ...numbers,
  })

export const encodeText = (numbers: RequestNumbers, targetTransferTag: number) =>
  textRequestPdu.encode({
    opcode: OPCODE.textRequest,
    immediate: true,
    final: true,
    targetTransferTag,
    ...numbers,
  })

/** A logout that closes the session. */
export const encodeLogout = (numbers: RequestNumbers) =>
  logoutRequestPdu.encode({ opcode: OPCODE.logoutRequest, immediate: true, final: true, ...numbers })

/** The answer to a target's NOP-In. */
export const encodeNopAnswer = (numbers: RequestNumbers, ping: { lun: Uint8Array; targetTransferTag: number }) =>
  nopOutPdu.encode({
    opcode: OPCODE.nopOut,
    immediate: true,
    final: true,
    lun: ping.lun,
    targetTransferTag: ping.targetTransferTag,
    ...numbers,
    initiatorTaskTag: NO_TAG,
  })

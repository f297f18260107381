import { flag, u8 } from '../../layout'
import { command, seconds } from '../command'
import { descriptorSense, fixedSense } from '../sense/sense'

const requestSenseCommand = {
  name: 'REQUEST SENSE',
  opcode: 0x03,
  clause: 'SPC-4 6.39',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { descriptorFormat: flag(1, 0), allocationLength: u8(4) },
} as const

/** REQUEST SENSE (03h), fixed format: what is going on in the drive, such as the progress of a long operation. */
export const requestSense = command({
  ...requestSenseCommand,
  variant: { descriptorFormat: false },
  reply: fixedSense,
  firstLength: 18,
})

/** REQUEST SENSE (03h), descriptor format. */
export const requestSenseDescriptors = command({
  ...requestSenseCommand,
  variant: { descriptorFormat: true },
  reply: descriptorSense,
  firstLength: 252,
})

import type { Complete } from '../../layout'
import { decodeLun } from '../lun'
import { OPCODE, type taskManagementRequestPdu, taskManagementResponsePdu } from '../pdu'
import type { LogicalUnit } from './logical-unit'
import type { Session } from './session'
import type { Task } from './task'

/** Task management functions (RFC 7143 11.5.1). */
const FUNCTION = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
} as const

/** Responses (RFC 7143 11.6.1). */
const RESPONSE = {
  complete: 0,
  noSuchTask: 1,
  noSuchLun: 2,
  reassignNotSupported: 4,
  notSupported: 5,
  rejected: 255,
} as const

/** A command that the drive has begun is waited for as long as that before the function is refused. */
const WAIT_LIMIT_MS = 30_000

/**
 * Carries out a Task Management Function Request and answers it, once no aborted command can touch the drive any more: the
 * initiator is free to use its tags again then.
 *
 * @param disconnectAll  ends all connections, as a cold reset does
 */
export async function manageTasks(
  session: Session,
  request: Complete<typeof taskManagementRequestPdu.fields>,
  disconnectAll: () => void,
): Promise<void> {
  const { initiatorTaskTag, function: requested, refCmdSN, referencedTaskTag } = request
  const unit = session.context.units.get(decodeLun(request.lun) ?? -1)
  const response = await limited(perform(session, unit, requested, referencedTaskTag, refCmdSN))
  session.context.writer.write(
    taskManagementResponsePdu.encode({
      opcode: OPCODE.taskManagementResponse,
      final: true,
      response,
      initiatorTaskTag,
      ...session.context.sequence.withStatus(),
    }),
  )
  if (requested === FUNCTION.targetColdReset && response === RESPONSE.complete) disconnectAll()
}

async function perform(
  session: Session,
  unit: LogicalUnit | undefined,
  requested: number,
  tag: number,
  refCmdSN: number,
): Promise<number> {
  const { units, sequence } = session.context
  const own = (task: Task) => task.nexus === session
  switch (requested) {
    case FUNCTION.abortTask: {
      const task = session.tasks.get(tag)
      const at = task && units.get(decodeLun(task.lun) ?? -1)
      if (at) await at.abort(candidate => candidate === task)
      else if (!sequence.isInWindow(refCmdSN)) return RESPONSE.noSuchTask
      // A number not yet received counts as received: the command that bore it never comes.
      else sequence.admit(refCmdSN)
      return RESPONSE.complete
    }
    case FUNCTION.abortTaskSet:
      if (!unit) return RESPONSE.noSuchLun
      await unit.abort(own)
      return RESPONSE.complete
    case FUNCTION.clearTaskSet:
      if (!unit) return RESPONSE.noSuchLun
      await unit.clear(session)
      return RESPONSE.complete
    case FUNCTION.logicalUnitReset:
      if (!unit) return RESPONSE.noSuchLun
      await unit.reset()
      return RESPONSE.complete
    case FUNCTION.targetWarmReset:
    case FUNCTION.targetColdReset:
      await Promise.all(Array.from(units.values(), each => each.reset()))
      return RESPONSE.complete
    case FUNCTION.taskReassign:
      return RESPONSE.reassignNotSupported
    default:
      return RESPONSE.notSupported
  }
}

async function limited(work: Promise<number>): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<number>(resolve => {
    timer = setTimeout(() => resolve(RESPONSE.rejected), WAIT_LIMIT_MS)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

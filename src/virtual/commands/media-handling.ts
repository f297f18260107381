import { getEventStatusNotification } from '../../mmc/commands/get-event-status-notification'
import { mechanismStatus, mechanismStatusData } from '../../mmc/commands/mechanism-status'
import { preventAllowMediumRemoval } from '../../mmc/commands/prevent-allow-medium-removal'
import { startStopUnit } from '../../mmc/commands/start-stop-unit'
import { CheckCondition, invalidFieldInCdb } from '../check-condition'
import { always, type CommandRule, onDrive } from '../command-rule'
import type { LogicalUnit } from '../logical-unit'

const MEDIA_REMOVAL_PREVENTED = 2

async function startStop(unit: LogicalUnit, cdb: Uint8Array): Promise<void> {
  const { immediate, powerConditions, formatLayer, loadEject, start } = startStopUnit.cdbLayout.decode(cdb)
  if (formatLayer) throw invalidFieldInCdb(4, 2)
  const { operation } = unit
  // Hosts send one movement of the tray after the other; what records or formats is not interrupted.
  if (operation?.moving) await operation.done
  else if (operation && !operation.background) throw CheckCondition.of(operation.sense)
  if (powerConditions !== 'none') {
    // Block devices have more of them (SBC): libiscsi's conformance tests want those taken, and the tray left alone.
    if (typeof powerConditions === 'string') unit.power.enter(powerConditions)
    return
  }
  unit.power.wake()
  if (!loadEject) return
  if (!start && (unit.prevented || unit.persistentlyPrevented) && !unit.trayOpen) {
    throw new CheckCondition(5, 0x53, MEDIA_REMOVAL_PREVENTED)
  }
  const move = () => (start ? unit.closeTray() : unit.openTray())
  const { medium } = unit
  if (medium?.disc.writable && !start) {
    await unit.stopBackground()
    await medium.synchronize(unit.modePages.writeParameters)
  }
  await unit.start(
    { seconds: start ? 12 : 3, moving: true, loading: start === true, complete: move },
    immediate === true,
  )
}

/** START STOP UNIT, PREVENT ALLOW MEDIUM REMOVAL, GET EVENT STATUS NOTIFICATION, MECHANISM STATUS. */
export const MEDIA_HANDLING_RULES: readonly CommandRule[] = [
  onDrive(startStopUnit, ({ unit, cdb }) => startStop(unit, cdb)),
  onDrive(preventAllowMediumRemoval, ({ unit, cdb }) => {
    const { persistent, prevent } = preventAllowMediumRemoval.cdbLayout.decode(cdb)
    if (persistent) unit.persistentlyPrevented = prevent === true
    else unit.prevented = prevent === true
  }),
  always(getEventStatusNotification, ({ unit, cdb }) => {
    const { polled, notificationClassRequest = 0 } = getEventStatusNotification.cdbLayout.decode(cdb)
    // Nobody waits for events: asynchronous operation is optional, and this drive does not have it.
    if (!polled) throw invalidFieldInCdb(1, 0)
    return unit.events.take(unit, notificationClassRequest)
  }),
  onDrive(mechanismStatus, ({ unit }) =>
    mechanismStatusData.encode({ mechanismState: 'idle', doorOpen: unit.trayOpen, numberOfSlots: 1 }),
  ),
]

import {
  deviceBusyEvent,
  EVENT_CLASS,
  eventStatusData,
  externalRequestEvent,
  getEventStatusNotification,
  mediaEvent,
  multiHostEvent,
  operationalChangeEvent,
  powerManagementEvent,
} from '../../mmc/commands/get-event-status-notification'
import { mechanismStatus, mechanismStatusData } from '../../mmc/commands/mechanism-status'
import { preventAllowMediumRemoval } from '../../mmc/commands/prevent-allow-medium-removal'
import { startStopUnit } from '../../mmc/commands/start-stop-unit'
import { CheckCondition, invalidFieldInCdb } from '../check-condition'
import { always, type CommandRule, onDrive } from '../command-rule'
import type { LogicalUnit } from '../logical-unit'

const SUPPORTED =
  EVENT_CLASS.operationalChange |
  EVENT_CLASS.powerManagement |
  EVENT_CLASS.externalRequest |
  EVENT_CLASS.media |
  EVENT_CLASS.multiHost |
  EVENT_CLASS.deviceBusy
/** An event descriptor with its header, without its own length field's two bytes (MMC-6 6.6.3.2). */
const EVENT_LENGTH = 6
const POWER_ACTIVE = 1
const MEDIA_REMOVAL_PREVENTED = 2

/** The events by class, the most urgent first (MMC-6 table 276). */
const EVENTS: readonly (readonly [bit: number, encode: (unit: LogicalUnit) => Uint8Array])[] = [
  [
    EVENT_CLASS.operationalChange,
    unit =>
      operationalChangeEvent.encode({
        eventDescriptorLength: EVENT_LENGTH,
        notificationClass: 'operational-change',
        supportedEventClasses: SUPPORTED,
        persistentPrevented: unit.persistentlyPrevented,
      }),
  ],
  [
    EVENT_CLASS.powerManagement,
    () =>
      powerManagementEvent.encode({
        eventDescriptorLength: EVENT_LENGTH,
        notificationClass: 'power-management',
        supportedEventClasses: SUPPORTED,
        powerStatus: POWER_ACTIVE,
      }),
  ],
  [
    EVENT_CLASS.externalRequest,
    unit =>
      externalRequestEvent.encode({
        eventDescriptorLength: EVENT_LENGTH,
        notificationClass: 'external-request',
        supportedEventClasses: SUPPORTED,
        persistentPrevented: unit.persistentlyPrevented,
      }),
  ],
  [
    EVENT_CLASS.media,
    unit =>
      mediaEvent.encode({
        eventDescriptorLength: EVENT_LENGTH,
        notificationClass: 'media',
        supportedEventClasses: SUPPORTED,
        mediaEvent: unit.mediaEvents.shift() ?? 'no-change',
        mediaPresent: unit.medium !== undefined,
        doorOrTrayOpen: unit.trayOpen,
      }),
  ],
  [
    EVENT_CLASS.multiHost,
    unit =>
      multiHostEvent.encode({
        eventDescriptorLength: EVENT_LENGTH,
        notificationClass: 'multi-host',
        supportedEventClasses: SUPPORTED,
        persistentPrevented: unit.persistentlyPrevented,
      }),
  ],
  [
    EVENT_CLASS.deviceBusy,
    unit =>
      deviceBusyEvent.encode({
        eventDescriptorLength: EVENT_LENGTH,
        notificationClass: 'device-busy',
        supportedEventClasses: SUPPORTED,
        deviceBusyEvent: unit.operation && !unit.operation.background ? 'change-occurred' : 'no-change',
        deviceBusyStatus: unit.operation && !unit.operation.background ? 2 : 0,
      }),
  ],
]

function eventStatus(unit: LogicalUnit, requested: number): Uint8Array {
  const wanted = EVENTS.filter(([bit]) => requested & bit)
  if (wanted.length === 0) {
    return eventStatusData.encode({
      noEventAvailable: true,
      supportedEventClasses: SUPPORTED,
      eventDescriptorLength: 2,
    })
  }
  // The first class with news is told of; where none has any, the first one asked for says so.
  const hasNews = wanted.find(([bit]) => bit === EVENT_CLASS.media && unit.mediaEvents.length > 0)
  return (hasNews ?? wanted[0]!)[1](unit)
}

async function startStop(unit: LogicalUnit, cdb: Uint8Array): Promise<void> {
  const { immediate, powerConditions, formatLayer, loadEject, start } = startStopUnit.cdbLayout.decode(cdb)
  if (formatLayer) throw invalidFieldInCdb(4, 2)
  const { operation } = unit
  // Hosts send one movement of the tray after the other; what records or formats is not interrupted.
  if (operation?.moving) await operation.done
  else if (operation && !operation.background) throw CheckCondition.of(operation.sense)
  if (powerConditions !== 'none' || !loadEject) return
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
    return eventStatus(unit, notificationClassRequest)
  }),
  onDrive(mechanismStatus, ({ unit }) =>
    mechanismStatusData.encode({ mechanismState: 'idle', doorOpen: unit.trayOpen, numberOfSlots: 1 }),
  ),
]

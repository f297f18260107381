import { bits, choice, flag, layout, rest, u8, u16 } from '../../layout'
import { command, seconds } from '../command'

const NOTIFICATION_CLASSES = {
  0: 'none',
  1: 'operational-change',
  2: 'power-management',
  3: 'external-request',
  4: 'media',
  5: 'multi-host',
  6: 'device-busy',
} as const

/** The bits of `notificationClassRequest` and of `supportedEventClasses` (MMC-6 table 276). */
export const EVENT_CLASS = {
  operationalChange: 0x02,
  powerManagement: 0x04,
  externalRequest: 0x08,
  media: 0x10,
  multiHost: 0x20,
  deviceBusy: 0x40,
} as const

/** Event header (MMC-6 6.6.3.2). With `noEventAvailable` nothing of what follows the header counts. */
const header = {
  // Drives count from behind the header, or from behind this field: the answer is short and asked for once, whole.
  eventDescriptorLength: u16(0),
  noEventAvailable: flag(2, 7).named('NEA'),
  notificationClass: choice(2, 2, 0, NOTIFICATION_CLASSES),
  supportedEventClasses: u8(3),
}

/** Event header and any event descriptor. */
export const eventStatusData = layout(
  'Event Status Data',
  { ...header, eventDescriptor: rest(4) },
  { clause: 'MMC-6 6.6.3' },
)

/** Operational change events (MMC-6 6.6.3.3). */
export const operationalChangeEvent = layout(
  'Operational Change Event',
  {
    ...header,
    operationalEvent: choice(4, 3, 0, { 0: 'no-change', 1: 'change-requested', 2: 'changed' }),
    persistentPrevented: flag(5, 7),
    operationalStatus: bits(5, 3, 0),
    operationalChange: u16(6),
  },
  { clause: 'MMC-6 6.6.3.3' },
)

/** Power management events (MMC-6 6.6.3.4). */
export const powerManagementEvent = layout(
  'Power Management Event',
  {
    ...header,
    powerEvent: choice(4, 3, 0, { 0: 'no-change', 1: 'successful', 2: 'failed' }),
    powerStatus: u8(5).means({ 1: 'active', 2: 'idle', 3: 'standby', 4: 'sleep' }),
  },
  { length: 8, clause: 'MMC-6 6.6.3.4' },
)

/** External request events (MMC-6 6.6.3.5): a button of the drive. */
export const externalRequestEvent = layout(
  'External Request Event',
  {
    ...header,
    externalRequestEvent: choice(4, 3, 0, { 0: 'no-change', 1: 'key-down', 2: 'key-up', 3: 'request-notification' }),
    persistentPrevented: flag(5, 7),
    externalRequestStatus: choice(5, 3, 0, { 0: 'ready', 1: 'other-prevent' }),
    externalRequest: u16(6),
  },
  { clause: 'MMC-6 6.6.3.5' },
)

/** Media events (MMC-6 6.6.3.6): what became of the medium since the last such question. */
export const mediaEvent = layout(
  'Media Event',
  {
    ...header,
    mediaEvent: choice(4, 3, 0, {
      0: 'no-change',
      1: 'eject-request',
      2: 'new-media',
      3: 'media-removal',
      4: 'media-changed',
      5: 'background-format-completed',
      6: 'background-format-restarted',
    }),
    mediaPresent: flag(5, 1),
    doorOrTrayOpen: flag(5, 0),
    startSlot: u8(6),
    endSlot: u8(7),
  },
  { clause: 'MMC-6 6.6.3.6' },
)

/** Multi-host events (MMC-6 6.6.3.7). */
export const multiHostEvent = layout(
  'Multi-host Event',
  {
    ...header,
    multiHostEvent: choice(4, 3, 0, { 0: 'no-change', 1: 'control-request', 2: 'control-grant', 3: 'control-release' }),
    persistentPrevented: flag(5, 7),
    multiHostStatus: choice(5, 3, 0, { 0: 'ready', 1: 'other-prevent' }),
    multiHostPriority: u16(6),
  },
  { clause: 'MMC-6 6.6.3.7' },
)

/** Device busy events (MMC-6 6.6.3.8); `time` is in units of 100 ms. */
export const deviceBusyEvent = layout(
  'Device Busy Event',
  {
    ...header,
    deviceBusyEvent: choice(4, 3, 0, { 0: 'no-change', 1: 'change-occurred' }),
    deviceBusyStatus: u8(5).means({ 0: 'not busy', 1: 'power', 2: 'immediate', 3: 'deferred' }),
    time: u16(6),
  },
  { clause: 'MMC-6 6.6.3.8' },
)

const getEventStatusNotificationCommand = {
  name: 'GET EVENT STATUS NOTIFICATION',
  opcode: 0x4a,
  clause: 'MMC-6 6.6',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    polled: flag(1, 0),
    notificationClassRequest: u8(4),
    allocationLength: u16(7),
  },
  firstLength: 8,
} as const

/** GET EVENT STATUS NOTIFICATION (4Ah): what happened, of any class. Drives must be polled: they never wait. */
export const getEventStatusNotification = command({
  ...getEventStatusNotificationCommand,
  variant: { polled: true },
  reply: eventStatusData,
})

/** GET EVENT STATUS NOTIFICATION (4Ah), media class alone. */
export const getMediaEvent = command({
  ...getEventStatusNotificationCommand,
  variant: { polled: true, notificationClassRequest: EVENT_CLASS.media },
  reply: mediaEvent,
})

/** GET EVENT STATUS NOTIFICATION (4Ah), operational change class alone. */
export const getOperationalChangeEvent = command({
  ...getEventStatusNotificationCommand,
  variant: { polled: true, notificationClassRequest: EVENT_CLASS.operationalChange },
  reply: operationalChangeEvent,
})

/** GET EVENT STATUS NOTIFICATION (4Ah), power management class alone. */
export const getPowerManagementEvent = command({
  ...getEventStatusNotificationCommand,
  variant: { polled: true, notificationClassRequest: EVENT_CLASS.powerManagement },
  reply: powerManagementEvent,
})

/** GET EVENT STATUS NOTIFICATION (4Ah), external request class alone. */
export const getExternalRequestEvent = command({
  ...getEventStatusNotificationCommand,
  variant: { polled: true, notificationClassRequest: EVENT_CLASS.externalRequest },
  reply: externalRequestEvent,
})

/** GET EVENT STATUS NOTIFICATION (4Ah), multi-host class alone. */
export const getMultiHostEvent = command({
  ...getEventStatusNotificationCommand,
  variant: { polled: true, notificationClassRequest: EVENT_CLASS.multiHost },
  reply: multiHostEvent,
})

/** GET EVENT STATUS NOTIFICATION (4Ah), device busy class alone. */
export const getDeviceBusyEvent = command({
  ...getEventStatusNotificationCommand,
  variant: { polled: true, notificationClassRequest: EVENT_CLASS.deviceBusy },
  reply: deviceBusyEvent,
})

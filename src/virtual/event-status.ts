import {
  deviceBusyEvent,
  EVENT_CLASS,
  eventStatusData,
  externalRequestEvent,
  mediaEvent,
  multiHostEvent,
  operationalChangeEvent,
  powerManagementEvent,
} from '../mmc/commands/get-event-status-notification'
import { featureCurrency } from './features'
import type { LogicalUnit } from './logical-unit'
import { POWER_STATUS, type PowerCondition } from './power-conditions'

/** Media events of GET EVENT STATUS NOTIFICATION. */
export type MediaEvent =
  | 'eject-request'
  | 'new-media'
  | 'media-removal'
  | 'background-format-completed'
  | 'background-format-restarted'

const SUPPORTED = Object.values(EVENT_CLASS).reduce((all, bit) => all | bit, 0)
/** An event descriptor with its header, without its own length field's two bytes (MMC-6 6.6.3.2). */
const EVENT_LENGTH = 6
/** Media events that are kept for a host that does not ask: of more the oldest are dropped. */
const MOST_MEDIA_EVENTS = 8
/** Operational changes: features have become current, or have ceased to be; the drive was reset. */
const FEATURE_CHANGE = 1
const RESET = 3
/** Device busy: an operation goes on whose command has ended. */
const BUSY_IMMEDIATE = 2
const MS_OF_TIME_UNIT = 100

/** What the descriptors of all classes have in common. */
const HEADER = { eventDescriptorLength: EVENT_LENGTH, supportedEventClasses: SUPPORTED }

/** An event descriptor, and whether it tells of anything. */
interface Told {
  readonly news: boolean
  encode(): Uint8Array
}

/** What GET EVENT STATUS NOTIFICATION (MMC-6 6.6) tells: news by class, each told once, but that the drive is busy. */
export class EventStatus {
  private readonly media: MediaEvent[] = []
  private currencyTold: string | undefined
  private conditionTold: PowerCondition = 'active'
  private busyTold = false
  private resetHappened = false

  /** Features that are current from the start are no news. */
  begin(unit: LogicalUnit): void {
    this.currencyTold = featureCurrency(unit)
  }

  happened(event: MediaEvent): void {
    this.media.push(event)
    if (this.media.length > MOST_MEDIA_EVENTS) this.media.shift()
  }

  reset(): void {
    this.resetHappened = true
  }

  /**
   * The event of the first class that has any, of those asked for; where none has, the first class says so.
   *
   * @param requested  bits of {@link EVENT_CLASS}
   */
  take(unit: LogicalUnit, requested: number): Uint8Array {
    const wanted = this.classes(unit).filter(([bit]) => requested & bit)
    if (wanted.length === 0) {
      return eventStatusData.encode({
        noEventAvailable: true,
        supportedEventClasses: SUPPORTED,
        eventDescriptorLength: 2,
      })
    }
    // The classes stand in the order of their urgency (MMC-6 table 276).
    const told = wanted.map(([, look]) => look())
    return (told.find(({ news }) => news) ?? told[0]!).encode()
  }

  private classes(unit: LogicalUnit): readonly (readonly [bit: number, look: () => Told])[] {
    const persistentPrevented = unit.persistentlyPrevented
    const quiet = (encode: Told['encode']): Told => ({ news: false, encode })
    return [
      [EVENT_CLASS.operationalChange, () => this.operationalChange(unit)],
      [EVENT_CLASS.powerManagement, () => this.powerManagement(unit)],
      [
        EVENT_CLASS.externalRequest,
        // The drive has one button, to eject: that is a media event.
        () =>
          quiet(() =>
            externalRequestEvent.encode({ ...HEADER, notificationClass: 'external-request', persistentPrevented }),
          ),
      ],
      [EVENT_CLASS.media, () => this.mediaStatus(unit)],
      [
        EVENT_CLASS.multiHost,
        () => quiet(() => multiHostEvent.encode({ ...HEADER, notificationClass: 'multi-host', persistentPrevented })),
      ],
      [EVENT_CLASS.deviceBusy, () => this.deviceBusy(unit)],
    ]
  }

  private operationalChange(unit: LogicalUnit): Told {
    const currency = featureCurrency(unit)
    const change = this.resetHappened ? RESET : currency === this.currencyTold ? 0 : FEATURE_CHANGE
    return {
      news: change !== 0,
      encode: () => {
        // A change of features behind a reset is told next.
        if (this.resetHappened) this.resetHappened = false
        else this.currencyTold = currency
        return operationalChangeEvent.encode({
          ...HEADER,
          notificationClass: 'operational-change',
          persistentPrevented: unit.persistentlyPrevented,
          operationalEvent: change === 0 ? 'no-change' : 'changed',
          operationalChange: change,
        })
      },
    }
  }

  private powerManagement(unit: LogicalUnit): Told {
    const condition = unit.powerCondition
    const news = condition !== this.conditionTold
    return {
      news,
      encode: () => {
        this.conditionTold = condition
        return powerManagementEvent.encode({
          ...HEADER,
          notificationClass: 'power-management',
          powerEvent: news ? 'successful' : 'no-change',
          powerStatus: POWER_STATUS[condition],
        })
      },
    }
  }

  private mediaStatus(unit: LogicalUnit): Told {
    return {
      news: this.media.length > 0,
      encode: () =>
        mediaEvent.encode({
          ...HEADER,
          notificationClass: 'media',
          mediaEvent: this.media.shift() ?? 'no-change',
          mediaPresent: unit.medium !== undefined,
          doorOrTrayOpen: unit.trayOpen,
        }),
    }
  }

  private deviceBusy(unit: LogicalUnit): Told {
    const operation = unit.operation?.background ? undefined : unit.operation
    const busy = operation !== undefined
    const news = busy || this.busyTold
    return {
      news,
      encode: () => {
        this.busyTold = busy
        return deviceBusyEvent.encode({
          ...HEADER,
          notificationClass: 'device-busy',
          deviceBusyEvent: news ? 'change-occurred' : 'no-change',
          deviceBusyStatus: busy ? BUSY_IMMEDIATE : 0,
          time: Math.min(0xffff, Math.ceil((operation?.remainingMs ?? 0) / MS_OF_TIME_UNIT)),
        })
      },
    }
  }
}

import type { ElementFault } from './element'

type Values = Readonly<Record<string, unknown>>

/**
 * What an element says that its drive's medium contradicts. An element that says of itself that it is not supported
 * cannot do harm, and is not held to the rest.
 *
 * @param values  what the element said
 * @param now  the library's own element of the same kind, for the medium as it is
 */
export function againstTheMedium(values: Values, now: Values): ElementFault | undefined {
  if (values['isSupportedOnCurrentMediaState'] !== true) return undefined
  if (now['isSupportedOnCurrentMediaState'] !== true) {
    return {
      property: 'isSupportedOnCurrentMediaState',
      problem: 'is true, but the medium in the drive says otherwise',
    }
  }
  return differing(values, now) ?? beyond(values, now) ?? misaligned(values, now)
}

function differing(values: Values, now: Values): ElementFault | undefined {
  for (const property of ['isFirstDataSession', 'startAddressOfPreviousSession', 'nextWritableAddress']) {
    if (values[property] === now[property]) continue
    return { property, problem: `is ${String(values[property])}, on the medium it is ${String(now[property])}` }
  }
  const property = 'lastWrittenAddressOfPreviousSession'
  const [last, lastNow] = [values[property], now[property]] as (number | undefined)[]
  if (last === undefined || lastNow === undefined || last < 0 || lastNow < 0 || last === lastNow) return undefined
  return { property, problem: `is ${last}, on the medium it is ${lastNow}` }
}

function beyond(values: Values, now: Values): ElementFault | undefined {
  for (const property of ['freeSectorsOnMedia', 'totalSectorsOnMedia']) {
    const [count, most] = [values[property], now[property]] as (number | undefined)[]
    if (count === undefined || most === undefined || most < 0 || count <= most) continue
    return { property, problem: `is ${count}, the medium has ${most}` }
  }
  return undefined
}

function misaligned(values: Values, now: Values): ElementFault | undefined {
  const property = 'writeUnitSize'
  const [unit, unitNow] = [values[property], now[property]] as (number | undefined)[]
  if (unit === undefined || unitNow === undefined || unitNow < 1 || unit % unitNow === 0) return undefined
  return { property, problem: `is ${unit}, the medium is written in units of ${unitNow}` }
}

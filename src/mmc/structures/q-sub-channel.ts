import { bits } from '../../layout'

/** The Q sub-channel's control nibble (MMC-6 4.2.3.3): what kind of track it is. */
export const controlNibble = (offset: number, high: number, low: number) =>
  bits(offset, high, low).means(value => {
    const kind = value & 4 ? (value & 1 ? 'data, recorded incrementally' : 'data') : 'audio'
    const channels = value & 8 ? ', four channels' : ''
    const emphasis = !(value & 4) && value & 1 ? ', pre-emphasis' : ''
    return `${kind}${channels}${emphasis}, copy ${value & 2 ? 'permitted' : 'prohibited'}`
  })

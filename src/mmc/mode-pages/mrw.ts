import { flag } from '../../layout'
import { modePage } from './mode-page'

/** MRW (03h): which address space of a Mount Rainier medium is used; `generalApplicationArea` is the GAA. */
export const mrwPage = modePage(0x03, 'MRW', 'MMC-6 7.4', 8, { generalApplicationArea: flag(3, 0).named('LBA Space') })

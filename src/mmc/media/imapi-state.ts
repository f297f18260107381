import {
  type ImapiMediaState,
  type ImapiMediumState,
  type ImapiPhysicalMediaType,
  isReadOnlyKind,
  type Medium,
  type MediumFamilyName,
} from '../medium-state'
import type { Conclusion } from './family'

const PHYSICAL_TYPES: Readonly<Record<MediumFamilyName, ImapiPhysicalMediaType>> = {
  'cd-rom': 'CDROM',
  'cd-r': 'CDR',
  'cd-rw': 'CDRW',
  'dvd-rom': 'DVDROM',
  'dvd-r': 'DVDDASHR',
  'dvd-r-dl': 'DVDDASHR_DUALLAYER',
  'dvd-rw': 'DVDDASHRW',
  'dvd-rw-ro': 'DVDDASHRW',
  'dvd+r': 'DVDPLUSR',
  'dvd+r-dl': 'DVDPLUSR_DUALLAYER',
  'dvd+rw': 'DVDPLUSRW',
  'dvd-ram': 'DVDRAM',
  'bd-rom': 'BDROM',
  'bd-r': 'BDR',
  'bd-r-pow': 'BDR',
  'bd-re': 'BDRE',
  'hd-dvd-rom': 'HDDVDROM',
  'hd-dvd-r': 'HDDVDR',
  'hd-dvd-ram': 'HDDVDRAM',
  'hd-dvd-rw': 'UNKNOWN',
  unknown: 'UNKNOWN',
}
const DVD_PLUS_RW_DUAL_LAYER = 0x2a
const DVD_MINUS_R_DUAL_LAYER_SEQUENTIAL = 0x15

/** A medium's state in the words of IMAPI 2 (IMAPI_MEDIA_PHYSICAL_TYPE, IMAPI_FORMAT2_DATA_MEDIA_STATE). */
export function imapiState(family: MediumFamilyName, profile: Medium['profile'], medium: Conclusion): ImapiMediumState {
  const isDualLayerPlusRw = profile?.code === DVD_PLUS_RW_DUAL_LAYER
  return {
    physicalMediaType: isDualLayerPlusRw ? 'DVDPLUSRW_DUALLAYER' : PHYSICAL_TYPES[family],
    mediaState: mediaState(family, profile, medium),
  }
}

function mediaState(family: MediumFamilyName, profile: Medium['profile'], medium: Conclusion): ImapiMediaState[] {
  switch (medium.state) {
    case 'blank':
      return ['BLANK', 'APPENDABLE', ...(takesOneSession(profile) ? (['FINAL_SESSION'] as const) : [])]
    case 'appendable':
      return ['APPENDABLE', ...(medium.lastSessionState === 'incomplete' ? (['NON_EMPTY_SESSION'] as const) : [])]
    case 'overwritable':
    case 'unformatted':
      return ['OVERWRITE_ONLY', ...(medium.isBlank ? (['BLANK'] as const) : [])]
    case 'complete':
      if (isReadOnlyKind(family)) return ['WRITE_PROTECTED', 'FINALIZED', 'UNSUPPORTED_MEDIA']
      return medium.isErasable ? ['ERASE_REQUIRED'] : ['FINALIZED']
    case 'damaged':
      return ['DAMAGED']
    default:
      return ['UNKNOWN']
  }
}

/** DVD-R DL in sequential recording: what closes its session closes the disc. */
function takesOneSession(profile: Medium['profile']): boolean {
  return profile?.code === DVD_MINUS_R_DUAL_LAYER_SEQUENTIAL
}

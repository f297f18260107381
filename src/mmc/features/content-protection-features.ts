import { bits, flag, u8 } from '../../layout'
import { feature } from './feature'

/** DVD CSS (0106h). */
export const dvdCssFeature = feature(0x0106, 'DVD CSS', 0, '5.3.49', { cssVersion: u8(7).named('CSS Version') })

/** DVD CPRM (010Bh). */
export const dvdCprmFeature = feature(0x010b, 'DVD CPRM', 0, '5.3.54', { cprmVersion: u8(7).named('CPRM Version') })

/** AACS (010Dh). */
export const aacsFeature = feature(0x010d, 'AACS', 2, '5.3.56', {
  readDriveCertificate: flag(4, 4).named('RDC'),
  readMediaKeyBlock: flag(4, 3).named('RMC'),
  writeBusEncryption: flag(4, 2).named('WBE'),
  busEncryptionCapable: flag(4, 1).named('BEC'),
  bindingNonceGeneration: flag(4, 0).named('BNG'),
  blockCountForBindingNonce: u8(5),
  numberOfAgids: bits(6, 3, 0).named('Number of AGIDs'),
  aacsVersion: u8(7).named('AACS Version'),
})

/** DVD CSS Managed Recording (010Eh). */
export const dvdCssManagedRecordingFeature = feature(
  0x010e,
  'DVD CSS Managed Recording',
  0,
  '5.3.57',
  { maximumNumberOfScrambleExtentInformationEntries: u8(4) },
  8,
)

/** VCPS (0110h). */
export const vcpsFeature = feature(0x0110, 'VCPS', 0, '5.3.59', {}, 8)

/** SecurDisc (0113h). */
export const securDiscFeature = feature(0x0113, 'SecurDisc', 0, '5.3.60', {}, 8)

/** BD CPS (0120h). */
export const bdCpsFeature = feature(
  0x0120,
  'BD CPS',
  0,
  '5.3.61',
  {
    bdCpsMajorVersion: bits(4, 7, 4).named('BD CPS Major Version Number'),
    bdCpsMinorVersion: bits(4, 3, 0).named('BD CPS Minor Version Number'),
    maximumNumberOfOpenSacs: u8(5).named('Maximum Number of Open SACs'),
  },
  8,
)

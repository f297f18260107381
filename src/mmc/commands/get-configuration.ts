import { bits, choice, flag, layout, list, rest, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'
import { profileName } from '../features/profiles'

/** One feature of the feature list, its own data undecoded (MMC-6 5.2.2); `decodeFeature` knows more. */
export const featureDescriptor = layout(
  'Feature Descriptor',
  {
    featureCode: u16(0),
    version: bits(2, 5, 2),
    persistent: flag(2, 1),
    current: flag(2, 0),
    additionalLength: u8(3),
    featureDependentData: rest(4),
  },
  { announced: { field: 'additionalLength', excludes: 4 }, clause: 'MMC-6 5.2.2' },
)

/** Feature header and feature descriptors (MMC-6 5.2.2, 6.5.3). */
export const configurationData = layout(
  'GET CONFIGURATION Response Data',
  {
    dataLength: u32(0),
    currentProfile: u16(6).means(profileName),
    featureDescriptors: list(8, featureDescriptor, { stride: from => (from[3] ?? 0) + 4 }),
  },
  { announced: { field: 'dataLength', excludes: 4 }, clause: 'MMC-6 6.5.3' },
)

/** GET CONFIGURATION (46h): the current profile, and which features the drive has, now or at all. */
export const getConfiguration = command({
  name: 'GET CONFIGURATION',
  opcode: 0x46,
  clause: 'MMC-6 6.5',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    requestedType: choice(1, 1, 0, ['all', 'current', 'one', 'reserved']),
    startingFeatureNumber: u16(2),
    allocationLength: u16(7),
  },
  reply: configurationData,
  firstLength: 8,
})

import { configurationData, featureDescriptor, getConfiguration } from '../../mmc/commands/get-configuration'
import { invalidFieldInCdb } from '../check-condition'
import { always, type CommandRule } from '../command-rule'
import { currentProfile, featureDescriptors } from '../features'

/** GET CONFIGURATION (MMC-6 6.5). */
export const GET_CONFIGURATION_RULES: readonly CommandRule[] = [
  always(getConfiguration, ({ unit, cdb }) => {
    const { requestedType, startingFeatureNumber } = getConfiguration.cdbLayout.decode(cdb)
    if (requestedType === undefined || requestedType === 'reserved') throw invalidFieldInCdb(1, 1)
    const descriptors = featureDescriptors(unit, requestedType, startingFeatureNumber ?? 0)
    return configurationData.encode({
      currentProfile: currentProfile(unit),
      featureDescriptors: descriptors.map(bytes => {
        const { featureCode, version, persistent, current, featureDependentData } = featureDescriptor.decode(bytes)
        return { featureCode, version, persistent, current, featureDependentData }
      }),
    })
  }),
]

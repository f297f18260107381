import { profileName } from '../features/profiles'
import { isReadOnlyKind, type Medium, type MediumFamilyName } from '../medium-state'
import type { Claims } from './claims'
import type { MediumFamily } from './family'
import { familyOf } from './index'
import {
  answered,
  currentProfile,
  isFeatureCurrent,
  type MediumObservations,
  type Question,
  readableBlocks,
  refused,
} from './observations'
import { type PhysicalFormat, physicalFormat } from './physical-format'
import { concludeReadOnly, readOnlyQuestions } from './read-only'

const PROFILE_LIST = 0x0000
const PSEUDO_OVERWRITE = 0x0038
const NO_CURRENT_PROFILE = 0x0000
const NON_CONFORMING = 0xffff
/** More than fits on a CD of 100 minutes. */
const MOST_CD_BLOCKS = 450_000

const FAMILY_OF_PROFILE: Readonly<Record<number, MediumFamilyName>> = {
  8: 'cd-rom',
  9: 'cd-r',
  10: 'cd-rw',
  16: 'dvd-rom',
  17: 'dvd-r',
  18: 'dvd-ram',
  19: 'dvd-rw-ro',
  20: 'dvd-rw',
  21: 'dvd-r-dl',
  22: 'dvd-r-dl',
  23: 'dvd-rw',
  24: 'dvd-r',
  26: 'dvd+rw',
  27: 'dvd+r',
  42: 'dvd+rw',
  43: 'dvd+r-dl',
  64: 'bd-rom',
  65: 'bd-r',
  66: 'bd-r',
  67: 'bd-re',
  80: 'hd-dvd-rom',
  81: 'hd-dvd-r',
  82: 'hd-dvd-ram',
  83: 'hd-dvd-rw',
  88: 'hd-dvd-r',
  90: 'hd-dvd-rw',
}
const ERASABLE = new Set<MediumFamilyName>([
  'cd-rw',
  'dvd-rw',
  'dvd-rw-ro',
  'dvd+rw',
  'dvd-ram',
  'bd-re',
  'hd-dvd-rw',
  'hd-dvd-ram',
])
const OVERWRITABLE = new Set<MediumFamilyName>(['dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re', 'hd-dvd-rw', 'hd-dvd-ram'])

/** What a medium is taken for. */
export interface Recognised {
  readonly name: MediumFamilyName
  readonly family: MediumFamily
  /** Why this family is not simply the profile's. */
  readonly because?: { readonly reply: object; readonly field: string; readonly says: string }
  readonly warning?: string
}

/** The profile that counts: the current one, or, where the drive gives none, the first that its list calls current. */
export function profileThatCounts(observed: MediumObservations): number | undefined {
  const profile = currentProfile(observed)
  if (profile !== NO_CURRENT_PROFILE) return profile
  return currentProfilesListed(observed)[0] ?? profile
}

function currentProfilesListed(observed: MediumObservations): number[] {
  const list = answered(observed.configuration)?.featureDescriptors?.find(each => each.featureCode === PROFILE_LIST)
  const data = list?.featureDependentData ?? new Uint8Array()
  const current: number[] = []
  for (let at = 0; at + 4 <= data.length; at += 4) {
    if (data[at + 2]! & 1) current.push(data[at]! * 256 + data[at + 1]!)
  }
  return current
}

/** What must be asked before a medium can be told: its own description where the profile may not be the whole truth. */
export function recognitionQuestions(observed: MediumObservations): Question[] {
  const profile = profileThatCounts(observed)
  if (profile === 0x10) return ['discStructureDvd']
  if (profile === 0x40) return ['discStructureBd']
  if (profile !== undefined && FAMILY_OF_PROFILE[profile]) return []
  if (profile !== undefined && profile !== NO_CURRENT_PROFILE && profile !== NON_CONFORMING) return []
  return ['discInformation', 'capacity', ...(profile === undefined ? [] : (['discStructureDvd'] as const))]
}

/** Tells the family of a medium from the profile, and from the medium's own description where that says more. */
export function recognise(observed: MediumObservations): Recognised {
  const profile = profileThatCounts(observed)
  const byProfile = profile === undefined ? undefined : FAMILY_OF_PROFILE[profile]
  if (!byProfile) return recogniseWithoutProfile(observed, profile)
  if (byProfile === 'bd-r' && isFeatureCurrent(observed, PSEUDO_OVERWRITE)) {
    return { name: 'bd-r-pow', family: familyOf('bd-r-pow') }
  }
  const format = physicalFormat(observed)
  const structure = answered(observed.discStructure)
  if (isReadOnlyKind(byProfile) && structure && format?.family && !isReadOnlyKind(format.family)) {
    return {
      name: format.family,
      family: readByThisDrive(format.family),
      because: { reply: structure, field: 'structureData', says: saysOf(format) },
      warning: `The drive reports profile ${profileName(profile!)}, the medium itself is ${format.family} (${format.says}): taken as a ${format.family} that is complete.`,
    }
  }
  const listed = currentProfilesListed(observed)
  const others = listed.filter(each => each !== profile)
  return {
    name: byProfile,
    family: familyOf(byProfile),
    ...(others.length > 0
      ? { warning: `The drive lists ${listed.length} current profiles; ${profileName(profile!)} is the one it is in.` }
      : {}),
  }
}

const saysOf = (format: PhysicalFormat) => `The medium describes itself as ${format.family} (${format.says}).`

function recogniseWithoutProfile(observed: MediumObservations, profile: number | undefined): Recognised {
  const format = physicalFormat(observed)
  const structure = answered(observed.discStructure)
  if (profile !== undefined && profile !== NO_CURRENT_PROFILE && profile !== NON_CONFORMING) {
    return { name: 'unknown', family: familyOf('unknown') }
  }
  const warning =
    profile === undefined
      ? 'The drive has no GET CONFIGURATION: the kind of medium is inferred from its other answers.'
      : 'The drive reports no current profile though there is a medium: its kind is inferred from other answers.'
  if (structure && format?.family) {
    const family = isReadOnlyKind(format.family) ? familyOf(format.family) : readByThisDrive(format.family)
    return {
      name: format.family,
      family,
      because: { reply: structure, field: 'structureData', says: saysOf(format) },
      warning,
    }
  }
  const disc = answered(observed.discInformation)
  const blocks = readableBlocks(observed) ?? 0
  const name = guess(disc, blocks)
  const reply = disc ?? answered(observed.capacity) ?? refused(observed.discInformation)
  const field = disc ? 'discStatus' : 'logicalBlockAddress'
  return {
    name,
    family: familyOf(name),
    ...(reply
      ? { because: { reply, field, says: `Without a profile, these answers are those of a ${name} medium.` } }
      : {}),
    warning,
  }
}

function guess(
  disc: { discStatus?: string | undefined; erasable?: boolean | undefined } | undefined,
  blocks: number,
): MediumFamilyName {
  if (blocks > MOST_CD_BLOCKS) return 'dvd-rom'
  if (disc?.erasable) return 'cd-rw'
  if (disc?.discStatus === 'blank' || disc?.discStatus === 'appendable') return 'cd-r'
  if (disc?.discStatus === 'complete' || blocks > 0) return 'cd-rom'
  return 'unknown'
}

/** A recordable medium in the hands of a drive that only reads it, or that no longer tells it from a pressed one. */
function readByThisDrive(name: MediumFamilyName): MediumFamily {
  const traits = {
    writeUnitSize: name.startsWith('bd') ? 32 : 16,
    isErasable: ERASABLE.has(name),
    isOverwritable: OVERWRITABLE.has(name),
  }
  return {
    names: [name],
    questions: observed => readOnlyQuestions(observed, traits),
    conclude: claims => concludeReadOnly(claims, traits),
  }
}

/** Rests the claims on profile and family. */
export function restRecognition(claims: Claims, recognised: Recognised): Medium['profile'] {
  const { observed } = claims
  const configuration = answered(observed.configuration)
  const refusal = refused(observed.configuration)
  const profile = currentProfile(observed)
  const name = profile === undefined ? undefined : (profileName(profile) ?? 'reserved')
  if (configuration) claims.rest('profile', configuration, 'currentProfile', `The current profile is ${name}.`)
  if (refusal) claims.rest('profile', refusal, '', 'The drive knows of no profiles.')
  const { because, warning } = recognised
  if (because) claims.rest('family', because.reply, because.field, because.says)
  else if (configuration)
    claims.rest('family', configuration, 'currentProfile', `A medium of this profile is ${recognised.name}.`)
  if (recognised.name === 'bd-r-pow') claims.restOnFeature(['family'], PSEUDO_OVERWRITE, 'Pseudo-overwrite is current.')
  if (warning) claims.warn(warning)
  return profile === undefined ? null : { code: profile, name: name ?? '' }
}

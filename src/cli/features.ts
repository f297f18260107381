import { type CliCommand, type CommonOptions, openCliDrive } from './invocation'
import { driveJson, driveLine } from './print/drive'
import { printable } from './print/printable'
import { style } from './print/style'
import { table } from './print/table'

/** `features`: GET CONFIGURATION in full. */
export const features: CliCommand = (program, invocation) => {
  program
    .command('features')
    .description('GET CONFIGURATION in full: profiles and features, current or not')
    .argument('<drive>', 'drive address')
    .action(async (address: string, options: CommonOptions) => {
      const { decodeFeatures, findFeature, getConfiguration, profileListFeature, profileName } = await import('../mmc')
      await using drive = await openCliDrive(address, options)
      const identity = await driveJson(drive)
      const reply = await drive.send(getConfiguration, { requestedType: 'all' }, { signal: invocation.signal })
      const currentProfile = { code: reply.currentProfile ?? 0, name: profileName(reply.currentProfile ?? 0) }
      const profiles = (findFeature(reply, profileListFeature)?.profileDescriptors ?? []).map(
        ({ profileNumber, currentProfile }) => ({
          code: profileNumber,
          name: profileName(profileNumber ?? 0),
          current: currentProfile,
        }),
      )
      const decoded = decodeFeatures(reply)
      if (options.json) {
        return invocation.printJson({ drive: identity, currentProfile, profiles, features: decoded })
      }
      const paint = style(invocation.stdout)
      const hex = (code: number | undefined) => `${(code ?? 0).toString(16).toUpperCase().padStart(4, '0')}h`
      invocation.print(`${driveLine(identity, paint)}\n`)
      invocation.print(paint('bold', 'Profiles'))
      invocation.print(
        table(
          ['code', 'profile', ''],
          profiles.map(({ code, name, current }) => [hex(code), name ?? '', current ? 'current' : '']),
        ),
      )
      invocation.print(`\n${paint('bold', 'Features')}`)
      invocation.print(
        table(
          ['code', 'feature', 'version', '', 'contents'],
          decoded.map(({ code, name, version, current, persistent, value }) => [
            hex(code),
            name,
            version ?? null,
            persistent ? 'always' : current ? 'current' : '',
            contents(value.toJSON()),
          ]),
        ),
      )
    })
}

const HEADER = new Set(['featureCode', 'version', 'persistent', 'current', 'additionalLength', 'profileDescriptors'])

function contents(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .filter(([name, value]) => !HEADER.has(name) && value !== false)
    .map(([name, value]) => (value === true ? name : `${name} ${printable(JSON.stringify(value) ?? '')}`))
    .join(', ')
}

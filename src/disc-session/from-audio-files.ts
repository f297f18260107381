import { openAudioFile } from '../audio'
import type { CueSheetFile, CueSheetTrack } from '../cue-sheet'
import { placeTracks } from '../cue-sheet'
import type { DiscSessionSource } from './from-cue-sheet'
import { sessionContent } from './session-content'
import { type MeasureOptions, measured } from './source-file'

/** Two seconds of silence before each track, as discs that are recorded track by track have. */
const USUAL_PREGAP = 150

/**
 * A session of one track for each file of sound.
 *
 * @param options.gaps  two seconds of silence between tracks; without them, each follows the one before at once
 * @throws {UsageError} `USAGE_FILE`, `USAGE_AUDIO_FORMAT`
 * @throws {FormatError} `FORMAT_AUDIO`
 */
export async function sessionFromAudioFiles(
  paths: readonly string[],
  options: MeasureOptions & { readonly gaps?: boolean } = {},
): Promise<DiscSessionSource> {
  const files = paths.map(path => ({ path, open: () => openAudioFile(path) }))
  const lengths = await measured(files, options)
  const tracks = paths.map(
    (_, index): CueSheetTrack => ({
      number: index + 1,
      mode: 'AUDIO',
      session: 1,
      copyPermitted: false,
      fourChannel: false,
      preEmphasis: false,
      serialCopyManagement: false,
      isrc: undefined,
      pregap: options.gaps && index > 0 ? USUAL_PREGAP : 0,
      postgap: 0,
      texts: {},
      indexes: [{ number: 1, file: index, position: 0 }],
      remarks: [],
    }),
  )
  const sheet: CueSheetFile = {
    catalog: undefined,
    cdTextFile: undefined,
    texts: {},
    remarks: [],
    files: paths.map(name => ({ name, type: 'WAVE' })),
    tracks,
  }
  const placement = placeTracks(sheet, lengths)
  const forms = tracks.map(() => 'audio' as const)
  return {
    session: {
      tracks: placement.tracks.map(({ track, pregap, sectors, indexes }) => ({
        number: track.number,
        form: 'audio',
        copyPermitted: false,
        preEmphasis: false,
        fourChannel: false,
        alternateCopy: false,
        isrc: undefined,
        pregap,
        sectors,
        indexes,
      })),
      mediaCatalogNumber: undefined,
      discType: 'cd-da-or-cd-rom',
      cdText: [],
      content: () => sessionContent(files, placement.tracks, forms),
    },
    warnings: placement.warnings,
  }
}

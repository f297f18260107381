import { UsageError } from '../errors'
import {
  type AcceptedMultisession,
  acceptMultisession,
  MULTISESSION_KINDS,
  type MultisessionInterface,
  type MultisessionKind,
} from './multisession'

/** What a {@link FileSystemImage} is made with. */
export interface FileSystemImageOptions {
  /** The kinds of multisession interfaces that the image supports; both unless given, IMAPI as first released had one. */
  readonly supportedMultisession?: readonly MultisessionKind[]
}

/** A file-system image that grows session after session (IMAPI's IFileSystemImage). */
export class FileSystemImage {
  private readonly supportedMultisession: readonly MultisessionKind[]
  private interfaces: readonly MultisessionInterface[] = []
  private accepted: AcceptedMultisession | undefined

  constructor(options: FileSystemImageOptions = {}) {
    const kinds = options.supportedMultisession ?? MULTISESSION_KINDS
    const unknown = kinds.find(kind => !MULTISESSION_KINDS.includes(kind))
    if (unknown !== undefined) {
      throw new UsageError('USAGE_MULTISESSION_KIND', `"${unknown}" is no kind of multisession interface.`, {
        hint: `There are: ${MULTISESSION_KINDS.join(', ')}.`,
      })
    }
    this.supportedMultisession = [...kinds]
  }

  /**
   * Sets the multisession interfaces that the next session is made with (put_MultisessionInterfaces): what
   * `drive.multisessionInterfaces()` gives, or elements of the caller's own. Each property is read once; a call that
   * fails changes nothing.
   *
   * @throws {ImapiError} with the row of the decision table in `rule`
   */
  async putMultisessionInterfaces(list: Iterable<MultisessionInterface> | null | undefined): Promise<void> {
    const accepted = await acceptMultisession(list, this.supportedMultisession)
    this.interfaces = accepted.list
    this.accepted = accepted
  }

  /** The multisession interfaces as they were set (get_MultisessionInterfaces); empty before. */
  get multisessionInterfaces(): readonly MultisessionInterface[] {
    return this.interfaces
  }

  /** The one of them that the next session is made with; `undefined` before they are set. */
  get acceptedMultisession(): AcceptedMultisession | undefined {
    return this.accepted
  }
}

import { truncateCharacters } from '../descriptors/character-set'

/** Text as a d-string of `bytes` bytes holds it: without what OSTA CS0 lacks, cut between characters. */
export function identifierText(text: string, bytes: number): string {
  return truncateCharacters(text.replace(/[\0\uFEFF\uFFFE]/g, ''), bytes - 1)
}

const TEXTS: Readonly<Record<number, string>> = {
  0: 'NO ADDITIONAL SENSE INFORMATION',
}

/** The standard's wording of an ASC and ASCQ (SPC-4 table 49 and annex F). */
export function additionalSenseText(asc: number, ascq: number): string {
  const code = (number: number) => `${number.toString(16).toUpperCase().padStart(2, '0')}h`
  return TEXTS[asc * 256 + ascq] ?? `ASC ${code(asc)}, ASCQ ${code(ascq)}`
}

/** What a user can do about it, for those that matter to optical drives. */
export function additionalSenseAdvice(_key: number, _asc: number, _ascq: number): string | undefined {
  return undefined
}

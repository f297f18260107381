/** Whole numbers with blanks between thousands: `2 295 104`. */
export function grouped(cell: string | number): string {
  if (typeof cell === 'string') return cell
  return Math.abs(cell) < 10_000 ? `${cell}` : `${cell}`.replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** Blocks of 2048 bytes as people measure discs: `4.38 GiB`. */
export function size(blocks: number): string {
  const bytes = blocks * 2048
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= factor) return `${(bytes / factor).toFixed(bytes >= 100 * factor ? 0 : 2)} ${unit}`
  }
  return `${bytes} bytes`
}

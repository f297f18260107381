/** Block ranges in rising order that neither overlap nor touch: `[first, one past the last]`. */
export type Extents = [start: number, end: number][]

/** Adds `[start, end)`, in place. */
export function addExtent(extents: Extents, start: number, end: number): void {
  if (end <= start) return
  const last = extents.at(-1)
  // Recording goes forward: the usual case must not search.
  if (!last || start > last[1]) {
    extents.push([start, end])
    return
  }
  if (start >= last[0]) {
    last[1] = Math.max(last[1], end)
    return
  }
  const first = firstReaching(extents, start)
  let behind = first
  let from = start
  let to = end
  while (behind < extents.length && extents[behind]![0] <= to) {
    from = Math.min(from, extents[behind]![0])
    to = Math.max(to, extents[behind]![1])
    behind++
  }
  extents.splice(first, behind - first, [from, to])
}

/** True where all of `[start, end)` is covered. */
export function covers(extents: Extents, start: number, end: number): boolean {
  const found = extents[firstReaching(extents, start)]
  return end <= start || (found !== undefined && found[0] <= start && found[1] >= end)
}

/** True where any of `[start, end)` is covered. */
export function touches(extents: Extents, start: number, end: number): boolean {
  const found = extents[firstReaching(extents, start + 1)]
  return end > start && found !== undefined && found[0] < end
}

/** Index of the first extent that ends at or behind `address`. */
function firstReaching(extents: Extents, address: number): number {
  let low = 0
  let high = extents.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (extents[middle]![1] < address) low = middle + 1
    else high = middle
  }
  return low
}

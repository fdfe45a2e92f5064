// Which rows of a long list are seen: those around the chosen one.

/** At most `count` rows, with the chosen one among them and, where there is choice, in the middle. */
export function listWindow<T>(
  rows: readonly T[],
  selected: number,
  count: number,
): { readonly first: number; readonly rows: readonly T[] } {
  const last = Math.max(0, rows.length - count);
  const first = Math.max(0, Math.min(selected - Math.floor(count / 2), last));
  return { first, rows: rows.slice(first, first + count) };
}

/** The same for rows that take several lines each: first and last of those that are seen whole, the chosen one among them. */
export function tallWindow(
  lines: readonly number[],
  selected: number,
  count: number,
): { readonly first: number; readonly last: number } {
  let [first, last] = [selected, selected];
  let room = count - (lines[selected] ?? 1);
  // One row above, one below, and so on, as long as there is room: the chosen one stands in the middle where it can.
  for (;;) {
    const above = lines[first - 1];
    const below = lines[last + 1];
    const isAbove = above !== undefined && above <= room;
    const isBelow = below !== undefined && below <= room;
    if (!isAbove && !isBelow) return { first, last };
    if (isAbove && (!isBelow || selected - first <= last - selected)) {
      first--;
      room -= above;
    } else {
      last++;
      room -= below ?? 0;
    }
  }
}

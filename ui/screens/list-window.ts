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

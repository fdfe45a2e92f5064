// Numbers typed for the rows of a list, where one may be the beginning of another.

/** After this long a typed number that could go on is complete, in ms. */
export const numberMs = 1500;

/** A row that was found by its number. */
export interface NumberTyped {
  readonly selected: number;
  /** What was typed so far, if a further digit could follow. */
  readonly goesOnWith: string | undefined;
}

/** The row whose number is what was typed `before` with this digit, or the digit alone; undefined: there is none. */
export function numberTyped(
  rows: readonly { readonly number: string }[],
  before: string,
  digit: string,
): NumberTyped | undefined {
  for (const number of before === "" ? [digit] : [before + digit, digit]) {
    const selected = rows.findIndex((row) => row.number === number);
    if (selected < 0) continue;
    const goesOn = rows.some((other) => other.number.startsWith(number) && other.number !== number);
    return { selected, goesOnWith: goesOn ? number : undefined };
  }
  return undefined;
}

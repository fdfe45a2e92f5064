// Typing with a telephone keypad: digits, or letters by pressing a key repeatedly (reference rows ENT-005 to ENT-008).
import type { DigitKey } from "#hal/contract/panel.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { FieldType } from "#ui/screens/form-field.ts";
import type { ServiceTaking } from "#ui/screens/service-view.ts";
import type { Typing } from "#ui/screens/ui-state.ts";

/** After this long without a press the letter is taken, in ms. */
const tapMs = 1500;

/** Most characters one entry takes. */
const longestEntry = 128;

/** What a key gives in letter mode, in turn. `#` shifts case and gives nothing. */
const letters: Readonly<Record<DigitKey, string>> = {
  "1": ".,1-'",
  "2": "abc2",
  "3": "def3",
  "4": "ghi4",
  "5": "jkl5",
  "6": "mno6",
  "7": "pqrs7",
  "8": "tuv8",
  "9": "wxyz9",
  "0": " 0",
  "*": "*@/:_",
  "#": "",
};

/** For calculations (reference row XML-014): digits as they are, signs in turn. */
const signs = { "*": "*+-/().,", "#": "=<>#" } as const;

/** What is typed into: a field of a form, or of an input page of XML services. */
export type TypedInto = FieldType["kind"] | ServiceTaking;

/** A digit key typed into an entry. */
export function typed<Entry extends Typing>(
  entry: Entry,
  key: DigitKey,
  type: TypedInto | undefined,
  now: MonoMs,
): Entry {
  if (entry.mode === "digits") return withText(entry, entry.text + digitText(key, type));
  const isEquation = type === "equation";
  const isOneCase = type === "upper" || type === "lower";
  if (key === "#" && !isEquation)
    return isOneCase ? accepted(entry) : { ...accepted(entry), isShifted: !entry.isShifted };
  const set = isEquation ? (key === "*" || key === "#" ? signs[key] : key) : letters[key];
  const isSame = entry.tap?.key === key && set.length > 1;
  const turn = isSame && entry.tap !== undefined ? (entry.tap.turn + 1) % set.length : 0;
  const letter = set.charAt(turn);
  const before = isSame ? [...entry.text].slice(0, -1).join("") : entry.text;
  const isUpper = isOneCase ? type === "upper" : entry.isShifted;
  const next = withText(entry, before + (isUpper ? letter.toUpperCase() : letter));
  return set.length === 1 ? next : { ...next, tap: { key, turn, until: later(now, tapMs) } };
}

/** Deletes the last character. */
export function backspaced<Entry extends Typing>(entry: Entry): Entry {
  return { ...entry, text: [...entry.text].slice(0, -1).join(""), tap: undefined };
}

/** Takes the letter that was being chosen. */
export function accepted<Entry extends Typing>(entry: Entry): Entry {
  return entry.tap === undefined ? entry : { ...entry, tap: undefined };
}

/** Changes between digits and letters. */
export function otherMode<Entry extends Typing>(entry: Entry): Entry {
  return { ...accepted(entry), mode: entry.mode === "digits" ? "letters" : "digits" };
}

function digitText(key: DigitKey, type: TypedInto | undefined): string {
  if (type === "address") return key === "*" ? "." : key === "#" ? "" : key;
  if (type === "number" || type === "digits") return key === "*" || key === "#" ? "" : key;
  return key;
}

function withText<Entry extends Typing>(entry: Entry, text: string): Entry {
  return { ...entry, text: [...text].slice(0, longestEntry).join(""), tap: undefined };
}

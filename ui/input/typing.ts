// Typing with a telephone keypad: digits, or letters by pressing a key repeatedly (reference rows ENT-005 to ENT-008).
import type { DigitKey } from "#hal/contract/panel.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { FieldType } from "#ui/screens/form-field.ts";
import type { EntryState } from "#ui/screens/ui-state.ts";

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

/** A digit key typed into an entry. */
export function typed(
  entry: EntryState,
  key: DigitKey,
  type: FieldType["kind"] | undefined,
  now: MonoMs,
): EntryState {
  if (entry.mode === "digits") return withText(entry, entry.text + digitText(key, type));
  if (key === "#") return { ...accepted(entry), isShifted: !entry.isShifted };
  const set = letters[key];
  const isSame = entry.tap?.key === key;
  const turn = isSame && entry.tap !== undefined ? (entry.tap.turn + 1) % set.length : 0;
  const letter = set.charAt(turn);
  const before = isSame ? [...entry.text].slice(0, -1).join("") : entry.text;
  const next = withText(entry, before + (entry.isShifted ? letter.toUpperCase() : letter));
  return { ...next, tap: { key, turn, until: later(now, tapMs) } };
}

/** Deletes the last character. */
export function backspaced(entry: EntryState): EntryState {
  return { ...entry, text: [...entry.text].slice(0, -1).join(""), tap: undefined };
}

/** Takes the letter that was being chosen. */
export function accepted(entry: EntryState): EntryState {
  return entry.tap === undefined ? entry : { ...entry, tap: undefined };
}

/** Changes between digits and letters. */
export function otherMode(entry: EntryState): EntryState {
  return { ...accepted(entry), mode: entry.mode === "digits" ? "letters" : "digits" };
}

function digitText(key: DigitKey, type: FieldType["kind"] | undefined): string {
  if (type === "address") return key === "*" ? "." : key === "#" ? "" : key;
  if (type === "number") return key === "*" || key === "#" ? "" : key;
  return key;
}

function withText(entry: EntryState, text: string): EntryState {
  return { ...entry, text: [...text].slice(0, longestEntry).join(""), tap: undefined };
}

// A person in the menus of a handset: opens, scrolls, types letters by repeated presses, saves. Through the keys alone.
import type { Rig } from "./rig.ts";

/** Characters by their key, in the order of its presses (reference 6.5; the table is the reference's, not the phone's). */
const taps: readonly (readonly [key: string, characters: string])[] = [
  ["1", ".,1"],
  ["2", "abc2"],
  ["3", "def3"],
  ["4", "ghi4"],
  ["5", "jkl5"],
  ["6", "mno6"],
  ["7", "pqrs7"],
  ["8", "tuv8"],
  ["9", "wxyz9"],
  ["0", " 0"],
  ["*", "*@/:"],
];
/** After this long a letter is taken, in ms. */
const letterMs = 1600;

/** More rows than a panel shows at once. */
const rowsSeen = 8;

/** Opens the settings menu and the items with these numbers, one in the other. */
export async function openSettings(rig: Rig, ...numbers: readonly string[]): Promise<void> {
  await rig.button("settings");
  for (const number of numbers) {
    await rig.press(number);
    await rig.wait(letterMs);
  }
}

/** Unlocks the settings with a password, from inside the settings menu. */
export async function unlock(rig: Rig, password: string): Promise<void> {
  await rig.press("9");
  await spell(rig, password);
  await rig.softkey("Accept");
}

/** The rows below the top one. */
export async function rows(rig: Rig): Promise<readonly string[]> {
  return (await rig.show("lcd")).rows.slice(1).map((row) => row.trim());
}

/** The row with this label: what stands behind it; undefined where it is not seen. */
async function rowOf(rig: Rig, label: string): Promise<{ number: number; value: string } | undefined> {
  for (const row of await rows(rig)) {
    const [, number = "", text = ""] = /^(\d+) (.*)$/.exec(row) ?? [];
    if (text === label) return { number: Number(number), value: "" };
    if (text.startsWith(`${label} `))
      return { number: Number(number), value: text.slice(label.length).trim() };
  }
  return undefined;
}

/** Scrolls an open menu to the row with this label, from wherever it stands, and returns its value. */
export async function choose(rig: Rig, label: string): Promise<string> {
  const most = 45;
  const isAtTop = async (): Promise<boolean> => (await rows(rig)).some((row) => row.startsWith("1 "));
  for (let n = 0; n < most && !(await isAtTop()); n++) await rig.button("up");
  for (let n = 0; n < rowsSeen; n++) await rig.button("up");
  for (let at = 1; at <= most; at++) {
    const found = await rowOf(rig, label);
    if (found !== undefined) {
      for (; at < found.number; at++) await rig.button("down");
      return found.value;
    }
    await rig.button("down");
  }
  throw new Error(`no row "${label}"; there are: ${(await rows(rig)).join(" / ")}`);
}

/** Types into an open entry: digits as digits where that is the mode, else letter by letter. */
export async function spell(rig: Rig, text: string): Promise<void> {
  for (const character of text) {
    const [key, characters] = taps.find(([, some]) => some.includes(character)) ?? ["", ""];
    if (key === "") throw new Error(`"${character}" is on no key`);
    for (let n = 0; n <= characters.indexOf(character); n++) await rig.press(key);
    await rig.wait(letterMs);
  }
}

/** Edit, the old value deleted, the new one typed, Validate. Digits are typed as such where the entry has a Number key. */
export async function edit(rig: Rig, label: string, text: string): Promise<void> {
  const before = await choose(rig, label);
  await rig.softkey("Edit");
  const { softkeys } = await rig.show("lcd");
  for (let n = 0; n < before.length; n++) await rig.softkey("<<");
  if (softkeys.includes("Dot")) await rig.press(text.replaceAll(".", "*"));
  else if (/^\d+$/.test(text)) {
    if (softkeys.includes("Number")) await rig.softkey("Number");
    await rig.press(text);
  } else {
    if (softkeys.includes("Alpha")) await rig.softkey("Alpha");
    await spell(rig, text);
  }
  await rig.softkey("Validate");
}

/** Edit again and again until the choice stands so. */
export async function choice(rig: Rig, label: string, wanted: string): Promise<void> {
  for (let n = 0; n < 9; n++) {
    if ((await choose(rig, label)) === wanted) return;
    await rig.softkey("Edit");
  }
  throw new Error(`${label} is never ${wanted}`);
}

/** Yes or No at a row. */
export async function answer(rig: Rig, label: string, wanted: "Yes" | "No"): Promise<void> {
  await choose(rig, label);
  await rig.softkey(wanted);
}

/** A line of `show config`: value and source. */
export async function configured(rig: Rig, name: string): Promise<string | undefined> {
  const lines = (await rig.drive.command("show config")).split("\n");
  return lines.find((line) => line.trim().split(/[\s:=]+/)[0] === name)?.trim();
}

// Digits as tones in the sound that is sent, measured at the far end: frequencies, level, length; and when there are none.
import { expect } from "vitest";
import { levelAtDbfs, powerDbfs } from "#test/unit/media/spectrum.ts";
import { ladder, type Site, type SitePhone } from "./site.ts";

const rowsHz = [697, 770, 852, 941];
const columnsHz = [1209, 1336, 1477];
const pad = ["123", "456", "789", "*0#"];
/** Length of one measurement: 10 ms would not tell 697 from 770 Hz. */
const windowSamples = 160;
/** Level 3 of `dtmf_db_level`, each frequency (reference CFG-028 names steps of 3 dB). */
const nominalDbfs = -12.2;

const joined = (pieces: readonly Int16Array[]): Int16Array =>
  Int16Array.from(pieces.flatMap((piece) => [...piece]));

interface Tone {
  readonly digit: string;
  readonly ms: number;
  readonly rowDbfs: number;
  readonly columnDbfs: number;
}

/** The strongest of some frequencies, and how strong. */
const strongest = (sound: Int16Array, frequencies: readonly number[]): readonly [number, number] => {
  const levels = frequencies.map((hz) => levelAtDbfs(sound, hz));
  const most = Math.max(...levels);
  return [levels.indexOf(most), most];
};

/** The digits in what was heard, one after the other: where both tones fill most of a window. */
function digitsIn(heard: Int16Array, levelDbfs = nominalDbfs): readonly Tone[] {
  const found: { digit: string; begin: number; end: number }[] = [];
  for (let at = 0; at + windowSamples <= heard.length; at += windowSamples / 4) {
    const window = heard.subarray(at, at + windowSamples);
    const [[row, rowDb], [column, columnDb]] = [strongest(window, rowsHz), strongest(window, columnsHz)];
    const isDigit = Math.min(rowDb, columnDb) > levelDbfs - 3;
    const last = found.at(-1);
    if (!isDigit) continue;
    const digit = pad[row]?.[column] ?? "";
    if (last?.digit === digit && at - last.end <= 0) last.end = at + windowSamples / 4;
    else found.push({ digit, begin: at, end: at + windowSamples / 4 });
  }
  return found.map(({ digit, begin, end }) => {
    const sound = heard.subarray(begin + windowSamples / 2, end);
    const [[, rowDbfs], [, columnDbfs]] = [strongest(sound, rowsHz), strongest(sound, columnsHz)];
    return { digit, ms: (end - begin) / 8, rowDbfs, columnDbfs };
  });
}

/** Two phones talk, one presses, the other listens. */
async function hearPresses(site: Site, keys: string): Promise<{ a: SitePhone; heard: Int16Array }> {
  const [a, b] = [site.phone("A"), site.phone("B")];
  await site.connect(a, b);
  await site.wait(500);
  b.heard.length = 0;
  for (const key of keys) {
    await a.press(key);
    await site.wait(300);
  }
  return { a, heard: joined(b.heard) };
}

for (const dbLevel of [1, 3, 5])
  ladder(
    `DTM-003 DTM-006 dtmf_outofband none: every digit is heard at the other end, at level ${dbLevel}`,
    ["A", "B"],
    { configOf: { A: ['dtmf_outofband: "none"', `dtmf_db_level: "${dbLevel}"`] } },
    async (site) => {
      const keys = "1234567890*#";
      const { heard } = await hearPresses(site, keys);
      const expected = nominalDbfs + (dbLevel - 3) * 3;
      const tones = digitsIn(heard, expected);
      expect(tones.map(({ digit }) => digit).join("")).toBe(keys);
      for (const { digit, ms, rowDbfs, columnDbfs } of tones) {
        expect(Math.abs(rowDbfs - expected), `${digit}: ${rowDbfs}`).toBeLessThan(1.5);
        expect(Math.abs(columnDbfs - expected), `${digit}: ${columnDbfs}`).toBeLessThan(1.5);
        expect(ms).toBeGreaterThanOrEqual(45);
        expect(ms).toBeLessThanOrEqual(160);
      }
      expect(site.conversation.texts("A", "INVITE")[0]).not.toContain("telephone-event");
      expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
    },
  );

ladder(
  "DTM-001 avt and a far end that does not know events: the digits are in the sound",
  ["A", "B"],
  { configOf: { B: ['dtmf_outofband: "none"'] } },
  async (site) => {
    const { heard } = await hearPresses(site, "159");
    expect(site.conversation.texts("A", "INVITE")[0]).toContain("telephone-event");
    expect(digitsIn(heard).map(({ digit }) => digit)).toEqual(["1", "5", "9"]);
  },
);

for (const [what, config, far] of [
  ["DTM-001 avt and a far end that knows events", [], []],
  ["DTM-002 avt_always and a far end without events", ['dtmf_outofband: "avt_always"'], ["none"]],
  ["dtmf_inband 0 and a far end without events", ['dtmf_inband: "0"'], ["none"]],
] as const)
  ladder(
    `${what}: no digit is in the sound`,
    ["A", "B"],
    { configOf: { A: config, B: far.map((mode) => `dtmf_outofband: "${mode}"`) } },
    async (site) => {
      const { heard } = await hearPresses(site, "159");
      expect(digitsIn(heard)).toEqual([]);
      expect(powerDbfs(heard)).toBeGreaterThan(-30); // the other person's voice
    },
  );

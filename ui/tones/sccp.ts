// SCCP tone ids (reference sccp section 4.3) and what is heard for them. Frequencies and cadences do not travel in
// SCCP: they are those of progress.ts. Announcements and features of other phones have no tone here.
import type { ToneSpec } from "#hal/contract/media.ts";
import { keyTones } from "./keys.ts";
import { lineLevelDbfs } from "./level.ts";
import { type ProgressTone, progressTones } from "./progress.ts";

const progress: readonly (readonly [id: number, tone: ProgressTone])[] = [
  [0x00, "silence"],
  [0x21, "insideDial"],
  [0x22, "outsideDial"],
  [0x23, "busy"],
  [0x24, "alerting"],
  [0x25, "reorder"],
  [0x28, "alerting"], // reverting: the call that comes back rings (ours)
  [0x29, "offHookWarning"],
  [0x2a, "messageWaitingDial"],
  [0x2b, "reorder"], // no such number
  [0x2c, "busyVerify"],
  [0x2d, "callWaiting"],
  [0x2e, "confirmation"],
  [0x2f, "callWaiting"], // camp-on indication
  [0x30, "stutterDial"], // recall dial
  [0x31, "zipZip"],
  [0x32, "zip"],
  [0x33, "beepBonk"],
  [0x35, "holdReminder"],
  [0x40, "callWaiting2"], // additional call waiting
  [0x41, "callWaiting4"], // priority call waiting
  [0x42, "stutterDial"], // recall dial
  [0x43, "reminder"], // barge in
  [0x46, "reminder"], // reminder ring
  [0x7f, "silence"],
];

/** One or more sines until they are stopped, or in a cadence. */
function sines(name: string, frequenciesHz: readonly number[], dbm: number, onMs = 0, offMs = 0): ToneSpec {
  return {
    name,
    segments: [{ frequenciesHz, levelDbfs: lineLevelDbfs(dbm), onMs, offMs }],
    repeats: 0,
  };
}

/** Multi-frequency signals between exchanges (ITU-T Q.320), ids 0x50 to 0x5E in order. */
const multiFrequency: readonly (readonly [name: string, low: number, high: number])[] = [
  ["MF 1", 700, 900],
  ["MF 2", 700, 1100],
  ["MF 3", 900, 1100],
  ["MF 4", 700, 1300],
  ["MF 5", 900, 1300],
  ["MF 6", 1100, 1300],
  ["MF 7", 700, 1500],
  ["MF 8", 900, 1500],
  ["MF 9", 1100, 1500],
  ["MF 0", 1300, 1500],
  ["MF KP1", 1100, 1700],
  ["MF ST", 1500, 1700],
  ["MF KP2", 1300, 1700],
  ["MF STP", 900, 1700],
  ["MF ST3P", 700, 1700],
];

const plain: readonly (readonly [id: number, tone: ToneSpec])[] = [
  [0x26, sines("recorder warning", [1400], -13, 500, 14_500)],
  [0x36, sines("test", [1004], -13)],
  [0x47, sines("precedence ringback", [440, 480], -19, 1640, 360)],
  [0x48, sines("preemption", [440, 620], -18)],
  [0x5f, sines("milliwatt", [1004], 0)],
  [0x60, sines("milliwatt test", [1004], 0)],
  [0x61, sines("high tone", [480], -17)],
  [0x67, sines("2105 Hz", [2105], -13)],
  [0x68, sines("2600 Hz", [2600], -13)],
  [0x69, sines("440 Hz", [440], -13)],
  [0x6a, sines("300 Hz", [300], -13)],
];

/** Digits: 0x01 to 0x0A are 1 to 9 and 0, then star, pound, A to D. */
const digitIds: readonly (readonly [id: number, key: string])[] = [
  ...[..."1234567890"].map((key, i) => [0x01 + i, key] as const),
  [0x0e, "*"],
  [0x0f, "#"],
  ...[..."ABCD"].map((key, i) => [0x10 + i, key] as const),
];

const byId: ReadonlyMap<number, ToneSpec> = new Map([
  ...digitIds.flatMap(([id, key]) => {
    const tone = keyTones.get(key);
    return tone === undefined ? [] : [[id, tone] as const];
  }),
  ...progress.map(([id, tone]) => [id, progressTones[tone]] as const),
  ...multiFrequency.map(([name, low, high], i) => [0x50 + i, sines(name, [low, high], -7)] as const),
  ...plain,
]);

/** What StartTone `id` sounds like; undefined for ids without a tone here, which are played as silence. */
export function sccpTone(id: number): ToneSpec | undefined {
  return byId.get(id);
}

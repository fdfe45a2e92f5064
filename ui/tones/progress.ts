// Call-progress tones of North America (reference cisco-7960-sip section 10.4). Times in ms.
import type { ToneSegment, ToneSpec } from "#hal/contract/media.ts";
import { lineLevelDbfs } from "./level.ts";

type Cadence = readonly (readonly [onMs: number, offMs: number])[];

/** The same frequencies through a whole cadence; `onMs` 0 lasts until the tone is stopped. */
function tone(
  name: string,
  frequenciesHz: readonly number[],
  dbm: number,
  cadence: Cadence,
  more: { readonly repeats?: number; readonly repeatFrom?: number } = {},
): ToneSpec {
  const levelDbfs = lineLevelDbfs(dbm);
  const segments = cadence.map(([onMs, offMs]) => ({ frequenciesHz, levelDbfs, onMs, offMs }));
  return { name, segments, repeats: 0, ...more };
}

const dial = [350, 440];
const busy = [480, 620];
const always: Cadence = [[0, 0]];
const stutters = (count: number): Cadence => Array.from({ length: count }, () => [100, 100] as const);

/** A run of short sounds, one after the other, once. */
function melody(name: string, notes: readonly (readonly [hz: number, ms: number])[]): ToneSpec {
  const segments = notes.map(
    ([hz, ms]): ToneSegment => ({
      frequenciesHz: hz === 0 ? [] : [hz],
      levelDbfs: lineLevelDbfs(-13),
      onMs: ms,
      offMs: 0,
    }),
  );
  return { name, segments, repeats: 1 };
}

/** Three short rising notes (ours). */
const zipNotes = [
  [500, 40],
  [700, 40],
  [900, 40],
] as const;

/** Off-hook warning: four frequencies as loud as they can be together (the reference says "high"). */
const highDbm = -9.2;

/** Every tone by what it means. */
export const progressTones = {
  insideDial: tone("inside dial", dial, -13, always),
  outsideDial: tone("outside dial", dial, -13, always),
  stutterDial: tone("stutter dial", dial, -13, [...stutters(3), [0, 0]]),
  messageWaitingDial: tone("message waiting dial", dial, -13, [...stutters(10), [0, 0]]),
  busy: tone("busy", busy, -24, [[500, 500]]),
  reorder: tone("reorder", busy, -24, [[250, 250]]),
  alerting: tone("alerting", [440, 480], -19, [[2000, 4000]]),
  busyVerify: tone(
    "busy verify",
    [440],
    -13,
    [
      [2000, 8000],
      [500, 9500],
    ],
    { repeatFrom: 1 },
  ),
  callWaiting: tone("call waiting", [440], -13, [[300, 9700]]),
  callWaiting2: tone("call waiting 2", [440], -13, [
    [100, 100],
    [100, 9700],
  ]),
  callWaiting3: tone("call waiting 3", [440], -13, [
    [100, 100],
    [100, 100],
    [100, 9500],
  ]),
  callWaiting4: tone("call waiting 4", [440], -13, [
    [100, 100],
    [300, 100],
    [100, 9300],
  ]),
  confirmation: tone("confirmation", dial, -13, stutters(3), { repeats: 1 }),
  offHookWarning: tone("off-hook warning", [1400, 2060, 2450, 2600], highDbm, [[100, 100]]),
  /** A short burst that repeats; how short and how often is ours. */
  holdReminder: tone("hold reminder", [440], -13, [[200, 9800]]),
  reminder: tone("reminder", [440], -13, [[500, 0]], { repeats: 1 }),
  silence: { name: "silence", segments: [], repeats: 1 },
  zip: melody("zip", zipNotes),
  zipZip: melody("zip zip", [...zipNotes, [0, 80], ...zipNotes]),
  /** High, then low: refused (ours). */
  beepBonk: melody("beep bonk", [
    [900, 120],
    [300, 250],
  ]),
  autoAnswer: melody("auto-answer", [[1000, 150]]),
} as const satisfies Readonly<Record<string, ToneSpec>>;

export type ProgressTone = keyof typeof progressTones;

// Ring sounds and ring cadences (reference cisco-7960-sip sections 10.1 and 10.3).
import type { ToneSegment, ToneSpec } from "#hal/contract/media.ts";

/** What is heard while the cadence is on: notes that alternate, or a recording that repeats. */
export type RingSound =
  | {
      readonly kind: "warble";
      readonly name: string;
      readonly notes: readonly (readonly [hz: number, ms: number])[];
    }
  | { readonly kind: "recording"; readonly name: string; readonly samples: Int16Array };

/** The two that are built in. Their notes are ours. */
export const builtInRings = {
  chirp1: {
    kind: "warble",
    name: "Chirp1",
    notes: [
      [1050, 40],
      [1320, 40],
    ],
  },
  chirp2: {
    kind: "warble",
    name: "Chirp2",
    notes: [
      [660, 60],
      [880, 60],
      [1100, 60],
    ],
  },
} as const satisfies Readonly<Record<string, RingSound>>;

/** On and off in ms, then again; `isOnce`: a splash. */
export interface RingCadence {
  readonly steps: readonly (readonly [onMs: number, offMs: number])[];
  readonly isOnce: boolean;
}

/** Distinctive ringing of GR-506-CORE. */
export const ringCadences = {
  dr1: { steps: [[2000, 4000]], isOnce: false },
  dr2: {
    steps: [
      [800, 400],
      [800, 4000],
    ],
    isOnce: false,
  },
  dr3: {
    steps: [
      [400, 200],
      [400, 200],
      [800, 4000],
    ],
    isOnce: false,
  },
  dr4: {
    steps: [
      [300, 200],
      [1000, 200],
      [300, 4000],
    ],
    isOnce: false,
  },
  dr5: { steps: [[500, 0]], isOnce: true },
} as const satisfies Readonly<Record<string, RingCadence>>;

export type RingCadenceName = keyof typeof ringCadences;

/** How loud a warble is before the ringer's volume. */
const warbleDbfs = -6;

/** A ring sound in a cadence, until it is stopped. `isOnce`: one round only (SCCP ringer duration 2). */
export function ringTone(sound: RingSound, cadence: RingCadence, isOnce = cadence.isOnce): ToneSpec {
  const repeats = isOnce ? 1 : 0;
  switch (sound.kind) {
    case "recording": {
      const segments = cadence.steps.map(([onMs, offMs]) => ({
        frequenciesHz: [],
        levelDbfs: 0,
        onMs,
        offMs,
      }));
      return { name: sound.name, segments, repeats, recording: sound.samples };
    }
    case "warble":
      return {
        name: sound.name,
        segments: cadence.steps.flatMap((step) => warble(sound.notes, step)),
        repeats,
      };
  }
}

/** The notes in turn for `onMs`, the last one cut where the time is up. */
function warble(
  notes: readonly (readonly [hz: number, ms: number])[],
  [onMs, offMs]: readonly [number, number],
): readonly ToneSegment[] {
  const segments: ToneSegment[] = [];
  let leftMs = onMs;
  for (let i = 0; leftMs > 0; i++) {
    const [hz, ms] = notes[i % notes.length] ?? [0, leftMs];
    const noteMs = Math.min(ms, leftMs);
    leftMs -= noteMs;
    segments.push({
      frequenciesHz: [hz],
      levelDbfs: warbleDbfs,
      onMs: noteMs,
      offMs: leftMs === 0 ? offMs : 0,
    });
  }
  return segments;
}

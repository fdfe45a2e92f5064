// Rings: cadences by the clock, selection by Alert-Info, recordings.
import { describe, expect, test } from "vitest";
import { ringbackOf, ringOf } from "#firmware/call/local/incoming.ts";
import { ToneGenerator } from "#firmware/media/tone-generator.ts";
import type { ToneSpec } from "#hal/contract/media.ts";
import { cadenceMs, powerDbfs } from "#test/unit/media/spectrum.ts";
import { ringSpecOf, toneSpecOf } from "#ui/tones/call-tones.ts";
import { progressTones } from "#ui/tones/progress.ts";
import { builtInRings, type RingCadenceName, ringCadences, ringTone } from "#ui/tones/rings.ts";

function played(tone: ToneSpec, forMs: number): Int16Array {
  const samples = new Int16Array(forMs * 8);
  new ToneGenerator(tone, 8000).addTo(samples);
  return samples;
}

const near = (spans: readonly number[]): number[] => spans.map((ms) => expect.closeTo(ms, -0.8) as number);

const cadences: readonly (readonly [string, RingCadenceName, readonly number[]])[] = [
  ["RNG-017", "dr1", [2000, 4000, 2000, 4000]],
  ["RNG-018", "dr2", [800, 400, 800, 4000, 800, 400, 800, 4000]],
  ["RNG-019", "dr3", [400, 200, 400, 200, 800, 4000, 400, 200, 400, 200, 800, 4000]],
  ["RNG-020", "dr4", [300, 200, 1000, 200, 300, 4000, 300, 200, 1000, 200, 300, 4000]],
];

describe("cadences", () => {
  test.each(cadences)("%s %s, again and again", (_, name, spans) => {
    const forMs = spans.reduce((sum, ms) => sum + ms, 0);
    for (const sound of Object.values(builtInRings)) {
      expect(cadenceMs(played(ringTone(sound, ringCadences[name]), forMs))).toEqual(near(spans));
    }
  });

  test("RNG-021 dr5 is a splash: half a second, once", () => {
    const splash = played(ringTone(builtInRings.chirp1, ringCadences.dr5), 20_000);
    expect(cadenceMs(splash)).toEqual(near([500, 19_500]));
  });

  test("any ring can be told to ring once", () => {
    const once = played(ringTone(builtInRings.chirp1, ringCadences.dr1, true), 20_000);
    expect(cadenceMs(once)).toEqual(near([2000, 18_000]));
  });
});

describe("ring sounds", () => {
  test("RNG-001 Chirp1 and Chirp2 are there and differ", () => {
    const [one, two] = [builtInRings.chirp1, builtInRings.chirp2].map((sound) =>
      played(ringTone(sound, ringCadences.dr1), 500),
    );
    expect(builtInRings.chirp1.name).toBe("Chirp1");
    expect(builtInRings.chirp2.name).toBe("Chirp2");
    expect(powerDbfs(one ?? new Int16Array(0))).toBeGreaterThan(-10);
    expect(one).not.toEqual(two);
  });

  test("RNG-009 a recording is repeated while the cadence is on, from its beginning each time", () => {
    const samples = Int16Array.from({ length: 240 }, (_, i) =>
      Math.round(9000 * Math.sin((2 * Math.PI * i) / 24)),
    );
    const sound = played(ringTone({ kind: "recording", name: "Old", samples }, ringCadences.dr1), 12_000);
    expect(cadenceMs(sound)).toEqual(near([2000, 4000, 2000, 4000]));
    expect(sound.slice(480, 720)).toEqual(samples);
    expect(sound.slice(8 * 6000 + 480, 8 * 6000 + 720)).toEqual(samples);
  });
});

/** The cadence in ms that a header makes the ringer play, over one round. */
function cadenceFor(alertInfo: string | undefined): readonly number[] {
  const ring = ringSpecOf({ name: ringOf(alertInfo).ring, isOnce: false }, builtInRings.chirp1);
  return cadenceMs(played(ring, 20_000)).slice(0, 2);
}

/** The first sound and the first pause of each cadence. */
const beginnings: Readonly<Record<RingCadenceName, readonly number[]>> = {
  dr1: near([2000, 4000]),
  dr2: near([800, 400]),
  dr3: near([400, 200]),
  dr4: near([300, 200]),
  dr5: near([500, 19_500]),
};

describe("selection", () => {
  test("RNG-012 RNG-015 without Alert-Info, or with one nobody knows, dr1", () => {
    for (const header of [
      undefined,
      "",
      "<http://example.com/ring.wav>",
      "Bellcore-dr6",
      "Bellcore-dr",
      "dr2",
    ])
      expect(cadenceFor(header), header).toEqual(beginnings.dr1);
  });

  test("RNG-013 RNG-014 FEA-031 Bellcore-dr1 to dr5 in all their forms", () => {
    for (const form of [
      "Bellcore-$",
      "<Bellcore-$>",
      "<file://Bellcore-$/>",
      "<bellcore-$>;info=x",
      " BELLCORE-$ ",
    ])
      for (const [name, beginning] of Object.entries(beginnings))
        expect(cadenceFor(form.replace("$", name)), form).toEqual(beginning);
  });

  test("RNG-016 during a call dr2 to dr4 are the call waiting patterns 2 to 4", () => {
    const toneFor = (header: string | undefined): ToneSpec | undefined => toneSpecOf(ringOf(header).waiting);
    expect([undefined, "Bellcore-dr1", "Bellcore-dr5", "nonsense"].map(toneFor)).toEqual(
      Array(4).fill(progressTones.callWaiting),
    );
    expect(["dr2", "dr3", "dr4"].map((name) => toneFor(`<Bellcore-${name}>`))).toEqual([
      progressTones.callWaiting2,
      progressTones.callWaiting3,
      progressTones.callWaiting4,
    ]);
  });

  test("a tone name in a 180 replaces ringback", () => {
    expect(toneSpecOf(ringbackOf("<Bellcore-Stutter>"))).toBe(progressTones.stutterDial);
    for (const header of [undefined, "", "Bellcore-dr2"])
      expect(toneSpecOf(ringbackOf(header)), header).toBe(progressTones.alerting);
  });
});

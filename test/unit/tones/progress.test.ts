// Every tone as it is heard: levels by Goertzel, cadences by the clock, from the samples the engine makes of the table.
import { describe, expect, test } from "vitest";
import { toneNamed } from "#firmware/call/dialplan/plan.ts";
import { toneNames } from "#firmware/call/intents.ts";
import { ToneGenerator } from "#firmware/media/tone-generator.ts";
import type { ToneSpec } from "#hal/contract/media.ts";
import { cadenceMs, levelAtDbfs, powerDbfs } from "#test/unit/media/spectrum.ts";
import { toneSpecOf } from "#ui/tones/call-tones.ts";
import { keyTones } from "#ui/tones/keys.ts";
import { type ProgressTone, progressTones } from "#ui/tones/progress.ts";

function played(tone: ToneSpec, forMs: number): Int16Array {
  const samples = new Int16Array(forMs * 8);
  new ToneGenerator(tone, 8000).addTo(samples);
  return samples;
}

/** Level of each frequency over the first whole 100 ms without its edges, in dBm at the line. */
function dbmOf(tone: ToneSpec, hz: number): number {
  const onMs = tone.segments[0]?.onMs ?? 0;
  const spanMs = onMs === 0 ? 1000 : Math.min(onMs, 1000);
  return levelAtDbfs(played(tone, spanMs).slice(16, -16), hz) + 3.17;
}

/** Row, tone, its frequencies, level, and what its cadence is after so many ms. */
const table: readonly (readonly [
  string,
  ProgressTone,
  readonly number[],
  number,
  number,
  readonly number[],
])[] = [
  ["TON-001", "insideDial", [350, 440], -13, 10_000, [10_000]],
  ["TON-002", "outsideDial", [350, 440], -13, 10_000, [10_000]],
  ["TON-003", "stutterDial", [350, 440], -13, 5000, [100, 100, 100, 100, 100, 100, 4400]],
  ["TON-004", "messageWaitingDial", [350, 440], -13, 5000, [...Array(20).fill(100), 3000]],
  ["TON-005", "busy", [480, 620], -24, 2500, [500, 500, 500, 500, 500]],
  ["TON-006", "reorder", [480, 620], -24, 1250, [250, 250, 250, 250, 250]],
  ["TON-007", "alerting", [440, 480], -19, 8000, [2000, 4000, 2000]],
  ["TON-008", "busyVerify", [440], -13, 30_500, [2000, 8000, 500, 9500, 500, 9500, 500]],
  ["TON-009", "callWaiting", [440], -13, 10_300, [300, 9700, 300]],
  ["TON-010", "callWaiting2", [440], -13, 10_100, [100, 100, 100, 9700, 100]],
  ["TON-011", "callWaiting3", [440], -13, 10_100, [100, 100, 100, 100, 100, 9500, 100]],
  ["TON-012", "callWaiting4", [440], -13, 10_100, [100, 100, 300, 100, 100, 9300, 100]],
  ["TON-013", "confirmation", [350, 440], -13, 1000, [100, 100, 100, 100, 100, 500]],
  ["TON-015", "holdReminder", [440], -13, 10_200, [200, 9800, 200]],
  ["TON-016", "reminder", [440], -13, 3000, [500, 2500]],
];

describe("call progress", () => {
  test.each(table)(
    "%s %s: %j Hz, each at %i dBm, in its cadence",
    (_, name, frequencies, dbm, forMs, cadence) => {
      const tone = progressTones[name];
      for (const hz of frequencies) expect(dbmOf(tone, hz)).toBeCloseTo(dbm, 0);
      // Nothing else is in it: the power is that of its frequencies.
      const on = played(tone, 90).slice(16, -16);
      const whole = powerDbfs(on) + 3.17;
      expect(whole).toBeLessThan(dbm + 10 * Math.log10(frequencies.length) + 1.5);
      expect(cadenceMs(played(tone, forMs))).toEqual(cadence.map((ms) => expect.closeTo(ms, -0.8)));
    },
  );

  test("TON-014 the off-hook warning is loud, has four frequencies and does not clip", () => {
    const warning = played(progressTones.offHookWarning, 1000);
    const on = warning.slice(16, 784);
    for (const hz of [1400, 2060, 2450, 2600]) expect(levelAtDbfs(on, hz)).toBeGreaterThan(-13.5);
    expect(warning.every((sample) => Math.abs(sample) < 32767)).toBe(true);
    expect(cadenceMs(warning)).toEqual(Array(10).fill(expect.closeTo(100, -0.8)));
  });

  test("TON-017 silence is over before it begins", () => {
    expect(new ToneGenerator(progressTones.silence, 8000).isOver).toBe(true);
  });

  test("TON-018 zip, zip-zip and beep-bonk are short, once, and differ", () => {
    const sounds = (["zip", "zipZip", "beepBonk"] as const).map((name) => played(progressTones[name], 2000));
    const spans = sounds.map((sound) => cadenceMs(sound).slice(0, -1));
    expect(spans[0]).toHaveLength(1);
    expect(spans[1]).toHaveLength(3);
    expect(spans[2]).toHaveLength(1);
    for (const sound of sounds) {
      expect(powerDbfs(sound.slice(0, 800))).toBeGreaterThan(-30);
      expect(sound.slice(8 * 500).every((sample) => sample === 0)).toBe(true);
    }
  });

  test("TON-021 the auto-answer beep is one short sound", () => {
    expect(cadenceMs(played(progressTones.autoAnswer, 1000))).toEqual([
      expect.closeTo(150, -0.8),
      expect.closeTo(850, -0.8),
    ]);
  });

  test("no tone begins or ends with a click: no step larger than its own slope", () => {
    for (const tone of Object.values(progressTones)) {
      const samples = played(tone, 3000);
      const steepest = tone.segments
        .map(({ frequenciesHz, levelDbfs }) =>
          frequenciesHz.reduce(
            (sum, hz) => sum + 2 * Math.PI * (hz / 8000) * 32767 * 10 ** (levelDbfs / 20),
            0,
          ),
        )
        .reduce((a, b) => Math.max(a, b), 0);
      let worst = 0;
      for (let i = 1; i < samples.length; i++)
        worst = Math.max(worst, Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0)));
      expect(worst, tone.name).toBeLessThanOrEqual(steepest * 1.1 + 2);
    }
  });
});

/** From the name in a dial plan or header to what is played. */
const heardFor = (name: string): ToneSpec | undefined => {
  const tone = toneNamed(name);
  return tone === undefined ? undefined : toneSpecOf(tone);
};

describe("names", () => {
  const named: readonly (readonly [string, string, ProgressTone])[] = [
    ["DPT-001", "Bellcore-Inside", "insideDial"],
    ["DPT-002", "Bellcore-Outside", "outsideDial"],
    ["DPT-003", "Bellcore-Busy", "busy"],
    ["DPT-004", "Bellcore-Alerting", "alerting"],
    ["DPT-005", "Bellcore-BusyVerify", "busyVerify"],
    ["DPT-006", "Bellcore-Stutter", "stutterDial"],
    ["DPT-007", "Bellcore-MsgWaiting", "messageWaitingDial"],
    ["DPT-008", "Bellcore-Reorder", "reorder"],
    ["DPT-009", "Bellcore-CallWaiting", "callWaiting"],
    ["DPT-011", "Bellcore-Hold", "holdReminder"],
    ["DPT-012", "Bellcore-Confirmation", "confirmation"],
    ["DPT-013", "Bellcore-Permanent", "offHookWarning"],
    ["DPT-014", "Bellcore-Reminder", "reminder"],
  ];

  test.each(named)("%s %s is heard as %s", (_, name, tone) => {
    expect(heardFor(name)).toBe(progressTones[tone]);
    expect(heardFor(name.toUpperCase())).toBe(progressTones[tone]);
  });

  test("DPT-002 nothing after the comma is the outside dial tone", () => {
    expect(heardFor("")).toBe(progressTones.outsideDial);
  });

  test("DPT-010 Cw2, Cw3 and Cw4 are the call waiting patterns", () => {
    expect(["Bellcore-Cw2", "Bellcore-Cw3", "Bellcore-Cw4"].map(heardFor)).toEqual([
      progressTones.callWaiting2,
      progressTones.callWaiting3,
      progressTones.callWaiting4,
    ]);
  });

  test("DPT-015 None is heard as nothing", () => {
    expect(toneNamed("Bellcore-None")).toBe("none");
    expect(heardFor("Bellcore-None")).toBeUndefined();
  });

  test("DPT-016 ZipZip, Zip and BeepBonk", () => {
    expect(["Cisco-ZipZip", "Cisco-Zip", "Cisco-BeepBonk"].map(heardFor)).toEqual([
      progressTones.zipZip,
      progressTones.zip,
      progressTones.beepBonk,
    ]);
  });

  test("every tone that call control may order sounds, but the one that is silence", () => {
    const silent = toneNames.filter((name) => {
      const tone = toneSpecOf(name);
      return tone === undefined || powerDbfs(played(tone, 200)) < -40;
    });
    expect(silent).toEqual(["none"]);
  });
});

test("TON-019 TON-020 each key has its row and its column", () => {
  const rows = ["123", "456", "789", "*0#"];
  for (const [row, keys] of rows.entries()) {
    for (const [column, key] of [...keys].entries()) {
      const sound = played(keyTones.get(key) ?? progressTones.silence, 400);
      const low = [697, 770, 852, 941][row] ?? 0;
      const high = [1209, 1336, 1477][column] ?? 0;
      for (const hz of [697, 770, 852, 941, 1209, 1336, 1477]) {
        const isThere = hz === low || hz === high;
        expect(levelAtDbfs(sound, hz) > -25, `${key}: ${hz} Hz`).toBe(isThere);
      }
    }
  }
});

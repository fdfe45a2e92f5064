// A person at a phone that is a process: the same words as in the stories (test/stories/kit), by its console, in real time.
import { expect } from "vitest";
import { expectHeard, type Heard, heardOf } from "#test/stories/kit/echo.ts";
import { type Drive, Rig } from "#test/stories/kit/rig.ts";
import { type Baresip, baresipToneHz } from "./baresip.ts";
import type { PhoneProcess } from "./phone.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How such a phone is driven; closing it and power are the net's business. */
export function driveOf(phone: () => PhoneProcess): Drive {
  return {
    tier: "net",
    can: new Set(["sound", "echo", "peer"]),
    command: (line) => phone().command(line),
    wait: pause,
    now: () => performance.now(),
    lab: undefined,
    around: undefined,
    ears: undefined,
    powerCycle: () => Promise.reject(new Error("started and stopped by the test")),
    close: () => Promise.resolve(),
  };
}

/** The rig of a story on this phone. */
export function driverOf(phone: PhoneProcess): Rig {
  return new Rig(driveOf(() => phone));
}

/** The newest so many seconds that were heard. */
export function lastSeconds(samples: Int16Array, seconds: number): Int16Array {
  return samples.subarray(Math.max(0, samples.length - seconds * 8000));
}

/** What was heard is what the phone says again and again, from whatever place in it. */
export function expectSpeech(heard: Int16Array, said: Int16Array): void {
  const wholePieces = Math.floor(heard.length / 4000);
  expectHeard(heard, new Int16Array([...said, ...said]), wholePieces);
}

/** What was heard, against what the phone says again and again. */
export function speechOf(heard: Int16Array, said: Int16Array): Heard {
  return heardOf(heard, new Int16Array([...said, ...said]));
}

/** How much of all energy in the samples is at this frequency: 1 is a pure tone. */
export function toneShare(samples: Int16Array, frequencyHz: number): number {
  const step = (2 * Math.PI * frequencyHz) / 8000;
  let [re, im, energy] = [0, 0, 0];
  for (const [i, sample] of samples.entries()) {
    re += sample * Math.cos(step * i);
    im += sample * Math.sin(step * i);
    energy += sample * sample;
  }
  return energy === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * energy);
}

/** Both ways in the last so many seconds: each phone hears the other's voice. */
export function expectTalking(one: PhoneProcess, other: PhoneProcess, seconds = 3): void {
  expectSpeech(lastSeconds(one.heard(), seconds), other.said);
  expectSpeech(lastSeconds(other.heard(), seconds), one.said);
}

/** The last two seconds: our speech in baresip's file, all of it spoilt where its tone is not in our ear. */
export function bothWays(phone: PhoneProcess, baresip: Baresip): Heard {
  const speech = speechOf(lastSeconds(baresip.heard(), 2), phone.said);
  const hasTone = toneShare(lastSeconds(phone.heard(), 2), baresipToneHz) > 0.9;
  return hasTone ? speech : { ...speech, spoilt: speech.pieces };
}

/** Both ways in the last two seconds: baresip's tone in our ear, our speech in its file. */
export function expectBothWays(phone: PhoneProcess, baresip: Baresip): void {
  expect(toneShare(lastSeconds(phone.heard(), 2), baresipToneHz)).toBeGreaterThan(0.9);
  expectSpeech(lastSeconds(baresip.heard(), 3), phone.said);
}

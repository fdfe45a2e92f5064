// SCCP tone ids as they are heard: from the number on the wire to the samples.
import { expect, test } from "vitest";
import { ToneGenerator } from "#firmware/media/tone-generator.ts";
import { toneOf } from "#firmware/sccp/tones.ts";
import { powerDbfs } from "#test/unit/media/spectrum.ts";
import { toneSpecOf } from "#ui/tones/call-tones.ts";

/** What the ear gets in the first 200 ms after StartTone. */
function heardFor(id: number): Int16Array {
  const samples = new Int16Array(1600);
  const tone = toneSpecOf(toneOf(id));
  if (tone !== undefined) new ToneGenerator(tone, 8000).addTo(samples);
  return samples;
}

test("SCCP-035 the tones a 7960 must make sound, and the two silences do not", () => {
  const sounding = [0x21, 0x22, 0x23, 0x24, 0x25, 0x28, 0x29, 0x2a, 0x2d, 0x2e, 0x31, 0x32, 0x33];
  for (const id of sounding) expect(powerDbfs(heardFor(id)), id.toString(16)).toBeGreaterThan(-40);
  for (const id of [0x00, 0x7f]) expect(powerDbfs(heardFor(id))).toBe(Number.NEGATIVE_INFINITY);
});

test("digits 1 to 9, 0, star, pound and A to D have their ids", () => {
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 19];
  expect(ids.map(toneOf)).toEqual([..."1234567890*#ABCD"].map((key) => `dtmf-${key}`));
});

test("no id clips or fails", () => {
  for (let id = 0; id <= 0xff; id++) expect(Math.max(...heardFor(id)), id.toString(16)).toBeLessThan(32767);
});

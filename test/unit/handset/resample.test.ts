// The page's sound: rates, filter, meters. Plain functions, so no browser is needed.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromPcm, LowPass, loudness, pitchHz, Resampler, toPcm } from "#ui/handset/resample.ts";

function tone(hz: number, rateHz: number, seconds: number, level = 0.5): Float32Array {
  const length = Math.round(rateHz * seconds);
  return Float32Array.from({ length }, (_, at) => level * Math.sin((2 * Math.PI * hz * at) / rateHz));
}

test.each([44_100, 48_000, 16_000, 8000])("a tone keeps its pitch from 8000 to %i Hz and back", (rateHz) => {
  const up = new Resampler(8000, rateHz);
  const down = new Resampler(rateHz, 8000);
  const back: number[] = [];
  const source = tone(554, 8000, 1);
  for (let at = 0; at < source.length; at += 160)
    back.push(...down.push(up.push(source.subarray(at, at + 160))));
  expect(pitchHz(Float32Array.from(back), 8000)).toBeCloseTo(554, 0);
  expect(back.length).toBeGreaterThanOrEqual(7999);
  expect(back.length).toBeLessThanOrEqual(8001);
});

test("how the stream is cut into pieces changes no sample", () => {
  const source = tone(440, 48_000, 0.1);
  const whole = new Resampler(48_000, 8000).push(source);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const pieces = new Resampler(48_000, 8000);
      const made: number[] = [];
      let at = 0;
      for (const size of [...sizes, source.length]) {
        made.push(...pieces.push(source.subarray(at, at + size)));
        at = Math.min(source.length, at + size);
      }
      expect(made.length).toBe(whole.length);
      made.forEach((sample, index) => {
        expect(Math.abs(sample - (whole[index] ?? 0))).toBeLessThan(1e-6);
      });
    }),
  );
});

test("the low pass keeps speech and takes away what would fold back", () => {
  const through = (hz: number): number => loudness(new LowPass(48_000).push(tone(hz, 48_000, 0.2)));
  expect(through(600) - loudness(tone(600, 48_000, 0.2))).toBeGreaterThan(-1);
  expect(through(12_000) - loudness(tone(12_000, 48_000, 0.2))).toBeLessThan(-30);
});

test("16 bits and back is the same to a step, and too loud is the loudest", () => {
  const samples = tone(440, 8000, 0.02);
  fromPcm(toPcm(samples)).forEach((sample, at) => {
    expect(Math.abs(sample - (samples[at] ?? 0))).toBeLessThan(1 / 16_000);
  });
  expect([...toPcm(Float32Array.of(2, -2, Number.NaN))]).toEqual([32_767, -32_767, 0]);
});

test("the meter: silence 0, half scale of a tone near −9 dB, full scale 100; silence has no pitch", () => {
  expect(loudness(new Float32Array(160))).toBe(0);
  expect(loudness(new Float32Array(0))).toBe(0);
  expect(loudness(tone(440, 8000, 1))).toBeCloseTo(100 - (9.03 * 100) / 60, 0);
  expect(loudness(new Float32Array(160).fill(1))).toBe(100);
  expect(pitchHz(new Float32Array(800), 8000)).toBeUndefined();
});

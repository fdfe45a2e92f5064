// audioMatch and the sound it is measured with: an echo is recognised, anything else is not.
import { describe, expect, test } from "vitest";
import { audioMatch } from "#firmware/media/audio-match.ts";
import { muLaw } from "#firmware/media/g711.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { silence, sweep } from "#hal/sim/sound.ts";
import { speech } from "#hal/sim/speech.ts";
import { decodeWav, encodeWav } from "#hal/sim/wav.ts";
import { levelAtDbfs, powerDbfs } from "./spectrum.ts";

const talk = (seed: number, ms: number): Int16Array => speech({ random: createSeededRandom(seed) })(ms * 8);

/** `sound` a while later, at another level, through µ-law. */
function echoOf(sound: Int16Array, delayMs: number, gain = 1): Int16Array {
  const late = new Int16Array(sound.length);
  late.set(
    sound.subarray(0, sound.length - delayMs * 8).map((sample) => Math.round(sample * gain)),
    delayMs * 8,
  );
  return muLaw.decode(muLaw.encode(late));
}

const most = 8000;

describe("audioMatch", () => {
  test.each([
    [0, 1],
    [20, 1],
    [137, 0.25],
    [800, 1],
  ])("an echo after %i ms at a gain of %d is at least 0.98, and the delay is found", (delayMs, gain) => {
    for (const seed of [1, 2, 3]) {
      const said = talk(seed, 3000);
      const { match, delaySamples } = audioMatch(said, echoOf(said, delayMs, gain), most);
      expect(match).toBeGreaterThanOrEqual(0.98);
      expect(delaySamples).toBe(delayMs * 8);
    }
  });

  test("other speech, a sweep, a tone, and silence stay below 0.3", () => {
    const said = talk(1, 3000);
    const others = [
      ...[2, 3, 4, 5, 6, 7, 8].map((seed) => talk(seed, 3000)),
      sweep({ fromHz: 300, toHz: 3400, sweepMs: 500, levelDbfs: -10 })(24_000),
      sweep({ fromHz: 440, toHz: 440, sweepMs: 1000, levelDbfs: -10 })(24_000),
      silence(24_000),
    ];
    for (const other of others) expect(audioMatch(said, other, most).match).toBeLessThan(0.3);
  });

  test("a second of speech is enough for both", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const said = talk(seed, 1000);
      expect(audioMatch(said, echoOf(said, 60), 4000).match).toBeGreaterThanOrEqual(0.98);
      expect(audioMatch(said, talk(seed + 100, 1000), 4000).match).toBeLessThan(0.3);
    }
  });

  test("an echo with a tenth of its packets missing lies between", () => {
    const said = talk(1, 3000);
    const holes = echoOf(said, 40).map((sample, i) => (Math.floor(i / 160) % 10 === 3 ? 0 : sample));
    const { match } = audioMatch(said, holes, most);
    expect(match).toBeGreaterThan(0.88);
    expect(match).toBeLessThan(0.98);
  });

  test("an echo turned upside down is none; nothing matches nothing", () => {
    const said = talk(1, 1000);
    expect(
      audioMatch(
        said,
        said.map((sample) => -sample),
        0,
      ).match,
    ).toBe(0);
    expect(audioMatch(new Int16Array(0), said, most)).toEqual({ match: 0, delaySamples: 0 });
    expect(audioMatch(said, new Int16Array(0), most)).toEqual({ match: 0, delaySamples: 0 });
  });

  test("the numbers are those of the definition", () => {
    const played = Int16Array.of(3, -1, 2, 5);
    const heard = Int16Array.of(0, 6, -2, 4);
    // Delay 1: (3·6 + 1·2 + 2·4) / √(14 · 56) = 28/28.
    const { match, delaySamples } = audioMatch(played, heard, 3);
    expect(match).toBeCloseTo(1, 10);
    expect(delaySamples).toBe(1);
  });
});

describe("the speech-like signal", () => {
  const said = talk(1, 10_000);

  test("says the same for the same seed, in pieces of any size", () => {
    const source = speech({ random: createSeededRandom(1) });
    const pieces = [160, 1, 37, 162].map((count) => source(count));
    expect([...pieces.flatMap((piece) => [...piece])]).toEqual([...said.slice(0, 360)]);
  });

  test("is as loud as a voice, pauses, and does not clip", () => {
    expect(powerDbfs(said)).toBeGreaterThan(-30);
    expect(powerDbfs(said)).toBeLessThan(-14);
    expect(said.filter((sample) => Math.abs(sample) === 32767).length).toBe(0);
    const blocks = Array.from({ length: 500 }, (_, i) => powerDbfs(said.slice(i * 160, (i + 1) * 160)));
    const quiet = blocks.filter((level) => level < -45).length;
    expect(quiet).toBeGreaterThan(40);
    expect(quiet).toBeLessThan(300);
  });

  test("has its power where a telephone carries it", () => {
    const band = (from: number, to: number): number => {
      let power = 0;
      for (let hz = from; hz < to; hz += 25) power += 10 ** (levelAtDbfs(said, hz) / 10);
      return power;
    };
    expect(band(250, 1500)).toBeGreaterThan(3 * band(1500, 3900));
  });
});

describe("WAV files", () => {
  test("what was written is read", () => {
    const samples = Int16Array.of(0, 1, -1, 32767, -32768);
    expect(decodeWav(encodeWav({ sampleRateHz: 8000, samples }))).toEqual({ sampleRateHz: 8000, samples });
  });

  test("the header is the one every player knows", () => {
    const bytes = encodeWav({ sampleRateHz: 8000, samples: new Int16Array(2) });
    expect(Buffer.from(bytes).toString("hex")).toBe(
      "524946462800000057415645666d7420100000000100010040" +
        "1f0000803e0000020010006461746104000000" +
        "00000000",
    );
  });

  test("anything else is refused", () => {
    expect(() => decodeWav(new Uint8Array(100))).toThrow("not a WAV file");
    const stereo = encodeWav({ sampleRateHz: 8000, samples: new Int16Array(2) });
    stereo[22] = 2;
    expect(() => decodeWav(stereo)).toThrow("1,2,16");
  });
});

// Sound that behaves like speech where it matters for a telephone: syllables and pauses, a voice with formants whose
// pitch and vowels wander, hissing consonants, most power below 1 kHz. No two seconds are alike, so that an echo
// of it can be told from anything else; the same seed says the same.
import type { SampleSource } from "#hal/contract/audio.ts";
import type { Random } from "#hal/contract/random.ts";
import { bipolar } from "./sound.ts";

/** First and second formant of some vowels, Hz. */
const vowels = [
  [730, 1090],
  [530, 1840],
  [390, 1990],
  [270, 2290],
  [570, 840],
  [440, 1020],
  [300, 870],
  [490, 1350],
] as const;

/** One stretch of the signal: a vowel, a consonant, or a pause. */
interface Sound {
  readonly kind: "vowel" | "consonant" | "pause";
  readonly samples: number;
  readonly formantsHz: readonly [number, number];
  readonly fromPitchHz: number;
  readonly toPitchHz: number;
}

/** A two-pole resonator. */
class Resonator {
  #a1 = 0;
  #a2 = 0;
  #gain = 0;
  #y1 = 0;
  #y2 = 0;

  tune(hz: number, bandwidthHz: number, rateHz: number): void {
    const radius = Math.exp((-Math.PI * bandwidthHz) / rateHz);
    this.#a1 = 2 * radius * Math.cos((2 * Math.PI * hz) / rateHz);
    this.#a2 = -radius * radius;
    this.#gain = 1 - radius;
  }

  next(input: number): number {
    const y = this.#gain * input + this.#a1 * this.#y1 + this.#a2 * this.#y2;
    this.#y2 = this.#y1;
    this.#y1 = y;
    return y;
  }
}

export interface SpeechOptions {
  readonly random: Random;
  /** About the level of its loudest syllables. */
  readonly peakDbfs?: number;
  readonly sampleRateHz?: number;
}

/** An endless talker. */
export function speech(options: SpeechOptions): SampleSource {
  const { random } = options;
  const rateHz = options.sampleRateHz ?? 8000;
  const talker = new Talker(random, rateHz);
  const gain = 32767 * 10 ** ((options.peakDbfs ?? -9) / 20);
  return (count) =>
    Int16Array.from({ length: count }, () =>
      Math.max(-32768, Math.min(32767, Math.round(gain * talker.next()))),
    );
}

class Talker {
  readonly #random: Random;
  readonly #rateHz: number;
  readonly #first = new Resonator();
  readonly #second = new Resonator();
  #sound: Sound;
  #at = 0;
  #glottis = 0;
  #hiss = 0;

  constructor(random: Random, rateHz: number) {
    this.#random = random;
    this.#rateHz = rateHz;
    this.#sound = this.#choose();
  }

  next(): number {
    if (this.#at >= this.#sound.samples) {
      this.#sound = this.#choose();
      this.#at = 0;
    }
    const { kind, samples, fromPitchHz, toPitchHz } = this.#sound;
    const part = this.#at / samples;
    this.#at++;
    // Rises fast and falls slowly, as syllables do.
    const envelope = kind === "pause" ? 0 : Math.min(1, part * 8) * Math.min(1, (1 - part) * 3);
    const noise = bipolar(this.#random);
    const bright = noise - this.#hiss;
    this.#hiss = noise;
    if (kind === "consonant") return 0.12 * envelope * bright;
    this.#glottis += (fromPitchHz + (toPitchHz - fromPitchHz) * part) / this.#rateHz;
    const isPulse = this.#glottis >= 1;
    if (isPulse) this.#glottis -= 1;
    const source = envelope * ((isPulse ? 6 : 0) + 0.12 * noise);
    return 0.9 * this.#first.next(source) + 0.5 * this.#second.next(source);
  }

  #choose(): Sound {
    const chance = this.#between(0, 1);
    const kind = chance < 0.62 ? "vowel" : chance < 0.85 ? "consonant" : "pause";
    const ms = kind === "vowel" ? this.#between(70, 220) : this.#between(40, 130);
    const [first, second] = vowels[Math.floor(this.#between(0, vowels.length))] ?? vowels[0];
    this.#first.tune(first * this.#between(0.9, 1.1), 80, this.#rateHz);
    this.#second.tune(second * this.#between(0.9, 1.1), 120, this.#rateHz);
    return {
      kind,
      samples: Math.round((ms * this.#rateHz) / 1000),
      formantsHz: [first, second],
      fromPitchHz: this.#between(90, 220),
      toPitchHz: this.#between(90, 220),
    };
  }

  #between(low: number, high: number): number {
    return low + (this.#random.u32() / 0x1_0000_0000) * (high - low);
  }
}

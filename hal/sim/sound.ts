// Simulated sound: what a microphone hears and where speaker and ringer go. Sources are functions of the sample
// count, 8 kHz unless told, so that the same test hears the same thing.
import type { SampleSink, SampleSource } from "#hal/contract/audio.ts";
import type { Random } from "#hal/contract/random.ts";

/** Nobody speaks. */
export const silence: SampleSource = (count) => new Int16Array(count);

/** Nobody listens. */
export const noSink: SampleSink = () => {};

/** The given samples, again and again. */
export function looped(samples: Int16Array): SampleSource {
  let at = 0;
  return (count) => {
    const out = new Int16Array(count);
    for (let i = 0; i < count; i++, at = (at + 1) % samples.length) out[i] = samples[at] as number; // inside by the modulo
    return out;
  };
}

export interface SweepOptions {
  readonly fromHz: number;
  readonly toHz: number;
  readonly sweepMs: number;
  readonly levelDbfs: number;
  readonly sampleRateHz?: number;
}

/** A sine whose frequency rises evenly, then starts over. */
export function sweep(options: SweepOptions): SampleSource {
  const rateHz = options.sampleRateHz ?? 8000;
  const length = Math.round((options.sweepMs * rateHz) / 1000);
  const amplitude = 32767 * 10 ** (options.levelDbfs / 20);
  let phase = 0;
  let at = 0;
  return (count) =>
    Int16Array.from({ length: count }, () => {
      const hz = options.fromHz + ((options.toHz - options.fromHz) * at) / length;
      at = (at + 1) % length;
      phase = (phase + (2 * Math.PI * hz) / rateHz) % (2 * Math.PI);
      return Math.round(amplitude * Math.sin(phase));
    });
}

/** Sound that comes from outside (a browser, a file), in pieces of any size. Empty: silence. */
export class FedMicrophone {
  readonly #most: number;
  readonly #pieces: Int16Array[] = [];
  #waiting = 0;

  /** Holds `mostSamples` at most; the oldest are dropped, so that a burst does not become a delay. */
  constructor(mostSamples: number) {
    this.#most = mostSamples;
  }

  feed(samples: Int16Array): void {
    this.#pieces.push(samples);
    this.#waiting += samples.length;
    if (this.#waiting > this.#most) this.#drop(this.#waiting - this.#most);
  }

  readonly source: SampleSource = (count) => {
    const out = new Int16Array(count);
    for (let filled = 0; filled < count; ) {
      const piece = this.#pieces[0];
      if (piece === undefined) break;
      const part = piece.subarray(0, count - filled);
      out.set(part, filled);
      filled += part.length;
      this.#drop(part.length);
    }
    return out;
  };

  #drop(count: number): void {
    this.#waiting -= count;
    for (let left = count; left > 0; ) {
      const piece = this.#pieces.shift();
      if (piece === undefined) return;
      if (piece.length > left) this.#pieces.unshift(piece.subarray(left));
      left -= piece.length;
    }
  }
}

/** Keeps what was heard, up to a limit. */
export class Recorder {
  readonly #most: number;
  readonly #pieces: Int16Array[] = [];
  #length = 0;

  constructor(mostSamples: number) {
    this.#most = mostSamples;
  }

  get length(): number {
    return this.#length;
  }

  readonly sink: SampleSink = (samples) => {
    const part = samples.slice(0, this.#most - this.#length);
    if (part.length === 0) return;
    this.#pieces.push(part);
    this.#length += part.length;
  };

  /** Everything since the beginning, in one piece. */
  samples(): Int16Array {
    const whole = new Int16Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

/** A source that also keeps what it gave: the other half of an echo measurement. */
export function recorded(source: SampleSource, recorder: Recorder): SampleSource {
  return (count) => {
    const samples = source(count);
    recorder.sink(samples);
    return samples;
  };
}

/** Uniform in ±1. */
export const bipolar = (random: Random): number => random.u32() / 0x8000_0000 - 1;

// Between the phone's 8000 samples a second and the browser's own rate, in both directions.

/** Turns a stream of one rate into another by straight lines between samples; keeps its place between calls. */
export class Resampler {
  readonly #step: number;
  #position = 0;
  #last = 0;

  /** `fromHz` and `toHz` of the streams. */
  constructor(fromHz: number, toHz: number) {
    this.#step = fromHz / toHz;
  }

  /** The samples of the other rate that these make complete. */
  push(samples: Float32Array): Float32Array {
    const made: number[] = [];
    // Position counts input samples from the last one of the call before, which stands at −1.
    while (this.#position < samples.length) {
      const index = Math.floor(this.#position);
      const before = index === 0 ? this.#last : (samples[index - 1] ?? 0);
      const after = samples[index] ?? 0;
      made.push(before + (after - before) * (this.#position - index));
      this.#position += this.#step;
    }
    this.#position -= samples.length;
    this.#last = samples.at(-1) ?? this.#last;
    return Float32Array.from(made);
  }
}

/** Takes away what the phone's rate cannot carry: two one-pole low passes at about 3400 Hz. */
export class LowPass {
  readonly #share: number;
  #first = 0;
  #second = 0;

  constructor(rateHz: number, cutoffHz = 3400) {
    this.#share = 1 - Math.exp((-2 * Math.PI * cutoffHz) / rateHz);
  }

  push(samples: Float32Array): Float32Array {
    return samples.map((sample) => {
      this.#first += this.#share * (sample - this.#first);
      this.#second += this.#share * (this.#first - this.#second);
      return this.#second;
    });
  }
}

/** −1 … 1 to 16 bits. */
export function toPcm(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767));
}

/** 16 bits to −1 … 1. */
export function fromPcm(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32_768);
}

/** The pitch of a plain tone, by counting where it rises through zero; undefined for silence or noise below 50 Hz. */
export function pitchHz(samples: Float32Array, rateHz: number): number | undefined {
  const rises: number[] = [];
  for (let at = 1; at < samples.length; at++) {
    const [before = 0, after = 0] = [samples[at - 1], samples[at]];
    if (before < 0 && after >= 0) rises.push(at - after / (after - before));
  }
  const [first, last] = [rises[0], rises.at(-1)];
  if (loudness(samples) < 20 || first === undefined || last === undefined || rises.length < 5)
    return undefined;
  return ((rises.length - 1) * rateHz) / (last - first);
}

/** Loudness for a meter: 0 for silence or −60 dB, 100 for full scale. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const level = Math.sqrt(sum / Math.max(1, samples.length));
  return level < 0.001 ? 0 : Math.min(100, 100 + (20 * Math.log10(level) * 100) / 60);
}

// What is heard where a packet is missing: the last pitch period again and again, fading out
// (the idea of ITU-T G.711 Appendix I, in its simplest form).

const historyMs = 50;
/** Pitch of a voice, 66 to 200 Hz at least; a multiple of a shorter period does as well. */
const shortestPitchMs = 5;
const longestPitchMs = 15;
const comparedMs = 20;
/** Full level first, then down to silence: a longer repetition sounds like a robot. */
const fullMs = 10;
const silentAfterMs = 60;
const blendMs = 5;

/** Fills gaps in one stream of sound. Samples are at the rate it was made for. */
export class Concealer {
  readonly #perMs: number;
  readonly #history: Int16Array;
  #hasHistory = false;
  /** The pitch period that is being repeated; undefined while real sound plays. */
  #period: Int16Array | undefined;
  #played = 0;

  constructor(sampleRateHz: number) {
    this.#perMs = sampleRateHz / 1000;
    this.#history = new Int16Array(historyMs * this.#perMs);
  }

  /** Real sound was played: `block` is remembered, and blended in (changed in place) after a gap. */
  real(block: Int16Array): void {
    if (this.#period !== undefined) {
      const blend = Math.min(blendMs * this.#perMs, block.length);
      const before = this.gap(blend);
      for (let i = 0; i < blend; i++) {
        const share = (i + 1) / (blend + 1);
        block[i] = Math.round((block[i] as number) * share + (before[i] as number) * (1 - share)); // i < both lengths
      }
      this.#period = undefined;
    }
    this.#remember(block);
  }

  /** `count` samples for a gap, going on where the last ones ended. */
  gap(count: number): Int16Array {
    const out = new Int16Array(count);
    if (!this.#hasHistory) return out;
    if (this.#period === undefined) {
      this.#period = this.#history.slice(this.#history.length - this.#pitchSamples());
      this.#played = 0;
    }
    const full = fullMs * this.#perMs;
    const silent = silentAfterMs * this.#perMs;
    for (let i = 0; i < count; i++, this.#played++) {
      if (this.#played >= silent) break;
      const gain = this.#played < full ? 1 : (silent - this.#played) / (silent - full);
      const sample = this.#period[this.#played % this.#period.length] as number; // inside by the modulo
      out[i] = Math.round(sample * gain);
    }
    return out;
  }

  #remember(block: Int16Array): void {
    const size = this.#history.length;
    if (block.length >= size) this.#history.set(block.subarray(block.length - size));
    else {
      this.#history.copyWithin(0, block.length);
      this.#history.set(block, size - block.length);
    }
    this.#hasHistory = true;
  }

  /** The lag at which the newest 20 ms look most like what came before them. */
  #pitchSamples(): number {
    const history = this.#history;
    const compared = comparedMs * this.#perMs;
    const start = history.length - compared;
    let best = longestPitchMs * this.#perMs;
    let bestScore = 0;
    for (let lag = shortestPitchMs * this.#perMs; lag <= longestPitchMs * this.#perMs; lag++) {
      let product = 0;
      let energy = 1;
      // Every second sample is enough to find the period, and half the work.
      for (let i = start; i < history.length; i += 2) {
        const earlier = history[i - lag] as number; // start − lag ≥ 15 ms
        product += (history[i] as number) * earlier;
        energy += earlier * earlier;
      }
      const score = product > 0 ? (product * product) / energy : 0;
      if (score > bestScore) {
        bestScore = score;
        best = lag;
      }
    }
    return best;
  }
}

// Comfort noise (RFC 3389): the payload, and the noise it describes.
import { rest } from "#firmware/wire/bytes.ts";
import type { Field, Of } from "#firmware/wire/field.ts";
import { mapped, u8 } from "#firmware/wire/numbers.ts";
import { struct } from "#firmware/wire/structures.ts";
import type { Random } from "#hal/contract/random.ts";
import { saturated } from "./mixing.ts";

/** 8 kHz, registered (RFC 3551 §6). */
export const comfortNoiseType = 13;
/** Reserved because early drafts and old gateways used it; accepted, never sent. */
export const oldComfortNoiseType = 19;

/** "k_i(N_i) = 258*(N_i-127) / 32768 for N_i = 0...254; -1 < k_i < 1" */
const reflections = mapped(
  rest,
  (indices): readonly number[] =>
    Array.from(indices, (index) => {
      if (index === 255) throw new RangeError("reflection index 255 is reserved");
      return (258 * (index - 127)) / 32768;
    }),
  (values) => Uint8Array.from(values, (value) => Math.round((value * 32768) / 258) + 127),
);

/** The payload (§3.3). */
export const comfortNoise: Field<ComfortNoise> = struct({
  /** 0 to −127 dB relative to the overload point (a full-scale square wave); the unused bit is ignored. */
  levelDbov: mapped(
    u8,
    (wire) => 0 - (wire & 0x7f),
    (level) => -level,
  ),
  /** Reflection coefficients of the all-pole model; none: white noise. */
  reflections,
});
export type ComfortNoise = {
  readonly levelDbov: number;
  readonly reflections: Of<typeof reflections>;
};

/** Coefficients beyond the tenth shape nothing a telephone ear would miss, and cost time. */
const highestOrder = 10;

/** Makes noise of a given level and spectrum, sample by sample. */
export class NoiseGenerator {
  readonly #random: Random;
  #gain = 0;
  #reflections: readonly number[] = [];
  #state: Float64Array = new Float64Array(0);

  constructor(random: Random) {
    this.#random = random;
  }

  /** Takes over a description; the filter keeps ringing where the order stays. */
  describe(noise: ComfortNoise): void {
    const coefficients = noise.reflections.slice(0, highestOrder);
    if (coefficients.length !== this.#state.length) this.#state = new Float64Array(coefficients.length);
    this.#reflections = coefficients;
    // White noise uniform in ±1 has a power of 1/3, and the lattice raises power by Π 1/(1−k²).
    const filterPower = coefficients.reduce((power, k) => power / (1 - k * k), 1);
    this.#gain = 32767 * 10 ** (noise.levelDbov / 20) * Math.sqrt(3 / filterPower);
  }

  /** Overwrites `into` with the next samples. */
  fill(into: Int16Array): void {
    const order = this.#reflections.length;
    const state = this.#state;
    for (let i = 0; i < into.length; i++) {
      let forward = (this.#random.u32() / 0x8000_0000 - 1) * this.#gain;
      // All-pole lattice, from the last stage down; state[n] is the backward error of stage n one sample ago.
      for (let n = order - 1; n >= 0; n--) {
        const k = this.#reflections[n] as number; // n < order
        const backward = state[n] as number; // as long as the order
        forward -= k * backward;
        if (n + 1 < order) state[n + 1] = backward + k * forward;
      }
      if (order > 0) state[0] = forward;
      into[i] = saturated(forward);
    }
  }
}

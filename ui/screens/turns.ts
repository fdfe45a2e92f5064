// Texts that are longer than their place are shown in turns; this says whose turn it is and when it changes.
import type { MonoMs } from "#hal/contract/time.ts";

/** How long one part of a long text is shown, in ms. */
export const turnMs = 3000;

/** Collects when the picture will look different although nothing happened. */
export class Turns {
  readonly #now: MonoMs;
  #again: MonoMs | undefined;

  constructor(now: MonoMs) {
    this.#now = now;
  }

  /** Which of `count` parts is shown now. */
  pick(count: number): number {
    if (count <= 1) return 0;
    const turn = Math.floor(this.#now / turnMs);
    this.changesAt(((turn + 1) * turnMs) as MonoMs);
    return turn % count;
  }

  /** The picture changes at `at`; the soonest counts, the past does not. */
  changesAt(at: MonoMs): void {
    if (at > this.#now && (this.#again === undefined || at < this.#again)) this.#again = at;
  }

  /** The next change, if there is one. */
  get again(): MonoMs | undefined {
    return this.#again;
  }
}

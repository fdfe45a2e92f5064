// How early packets come before their sound is needed, over the last seconds: what the playout delay adapts to.

const bucketMs = 2500;
const buckets = 4;

/** The least slack of the last 10 s, in ms of the present playout delay. */
export class SlackWindow {
  #least: number[] = [Number.POSITIVE_INFINITY];
  #bucketEndsAt: number | undefined;

  /** Takes one packet in. Returns true once per 2.5 s, when it is time to think about the delay. */
  add(slackMs: number, atMs: number): boolean {
    this.#bucketEndsAt ??= atMs + bucketMs;
    const isOver = atMs >= this.#bucketEndsAt;
    if (isOver) {
      this.#bucketEndsAt = atMs + bucketMs;
      this.#least.unshift(Number.POSITIVE_INFINITY);
      this.#least.length = Math.min(this.#least.length, buckets);
    }
    this.#least[0] = Math.min(this.#least[0] ?? slackMs, slackMs);
    return isOver;
  }

  /** Infinite while nothing was measured. */
  leastMs(): number {
    return Math.min(...this.#least);
  }

  /** The playout delay changed by so much (positive: more delay), and every slack with it. */
  shift(ms: number): void {
    this.#least = this.#least.map((least) => least + ms);
  }

  /** What was measured says nothing about what comes now. */
  restart(): void {
    this.#least = [Number.POSITIVE_INFINITY];
    this.#bucketEndsAt = undefined;
  }
}

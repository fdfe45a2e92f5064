// Which packets of a source count, and how many were expected (RFC 3550 A.1, A.3).

const cycle = 0x1_0000;
/** "a maximum dropout of 1 minute" at 50 packets a second. */
const maxDropout = 3000;
/** "a maximum misordering time of 2 seconds at 50 packets/second" */
const maxMisorder = 100;

/** What happened to a packet's number. */
export type SequenceVerdict =
  /** `extended` counts on over wraps. `isRestart`: the source began anew, the counts too. */
  | { readonly kind: "valid"; readonly extended: number; readonly isRestart: boolean }
  /** Came before. */
  | { readonly kind: "duplicate" }
  /** A large jump: counted only when its successor follows. */
  | { readonly kind: "jump" };

/** Sequence numbers of one source; begins with the first packet (the caller decides whether to believe it). */
export class SequenceTracker {
  #base: number;
  #highest: number;
  #jumpedTo: number | undefined;
  #received = 0;
  #distinct = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  /** Extended numbers seen lately, by their place modulo the window. */
  readonly #seen = new Float64Array(2 * maxMisorder).fill(Number.NaN);

  constructor(first: number) {
    this.#base = first;
    this.#highest = first - 1;
  }

  /** Extended highest number, as in report blocks. */
  get highest(): number {
    return this.#highest;
  }

  /** "The number of packets received is simply the count of packets as they arrive, including any late or duplicate packets." */
  get received(): number {
    return this.#received;
  }

  get expected(): number {
    return this.#highest - this.#base + 1;
  }

  /** Numbers that never came; duplicates do not make up for them. */
  get missing(): number {
    return this.expected - this.#distinct;
  }

  /** Judges the next packet's 16-bit number. */
  update(sequence: number): SequenceVerdict {
    const ahead = (sequence - this.#highest) & (cycle - 1);
    if (ahead > 0 && ahead < maxDropout) {
      this.#highest += ahead;
      return this.#count(this.#highest, false);
    }
    const behind = (this.#highest - sequence) & (cycle - 1);
    if (behind < maxMisorder) return this.#count(this.#highest - behind, false);
    if (sequence !== this.#jumpedTo) {
      this.#jumpedTo = (sequence + 1) & (cycle - 1);
      return { kind: "jump" };
    }
    // "Two sequential packets -- assume that the other side restarted without telling us so just re-sync"
    this.#restart(sequence);
    return this.#count(sequence, true);
  }

  /** Share lost since the previous call (A.3), 0 … 255/256. */
  takeFractionLost(): number {
    const expected = this.expected - this.#expectedBefore;
    const received = this.#received - this.#receivedBefore;
    this.#expectedBefore = this.expected;
    this.#receivedBefore = this.#received;
    const lost = expected - received;
    return expected === 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected)) / 256;
  }

  #restart(sequence: number): void {
    this.#base = sequence;
    this.#highest = sequence;
    this.#jumpedTo = undefined;
    this.#received = 0;
    this.#distinct = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#seen.fill(Number.NaN);
  }

  #count(extended: number, isRestart: boolean): SequenceVerdict {
    this.#jumpedTo = undefined;
    this.#received++;
    // A packet sent before the first one that arrived: reordering at the very start, not a loss.
    if (extended < this.#base) this.#base = extended;
    const place = ((extended % this.#seen.length) + this.#seen.length) % this.#seen.length;
    if (this.#seen[place] === extended) return { kind: "duplicate" };
    this.#seen[place] = extended;
    this.#distinct++;
    return { kind: "valid", extended, isRestart };
  }
}

/** Follows a 32-bit counter over its wraps: the nearest value to the one before. */
export class Unwrapper {
  #last: number | undefined;

  next(wire: number): number {
    const last = this.#last;
    const value = last === undefined ? wire : last + ((wire - last) | 0);
    this.#last = value;
    return value;
  }
}

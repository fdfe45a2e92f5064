// Interarrival jitter (RFC 3550 §6.4.1, A.8).

/** "an estimate of the statistical variance of the RTP data packet interarrival time", in timestamp units. */
export class JitterEstimate {
  #transit: number | undefined;
  #jitter = 0;

  /** Whole units, as in report blocks and call statistics. */
  get units(): number {
    return Math.floor(this.#jitter);
  }

  /** `arrivalUnits`: arrival on our clock in timestamp units; `timestamp`: the packet's, 32 bit. */
  add(arrivalUnits: number, timestamp: number): void {
    // Differences modulo 2³²: the timestamp wraps, and starts anywhere.
    const transit = (Math.floor(arrivalUnits) - timestamp) | 0;
    const before = this.#transit;
    this.#transit = transit;
    if (before === undefined) return;
    const difference = Math.abs((transit - before) | 0);
    // "s->jitter += (1./16.) * ((double)d - s->jitter);"
    this.#jitter += (difference - this.#jitter) / 16;
  }

  /** The source's timestamps began anew: no difference across that, the estimate stays. */
  restart(): void {
    this.#transit = undefined;
  }
}

// The retransmission timer (RFC 6298) with Linux's bounds, and the other spans TCP waits.

/** RFC 6298 §2.1; Linux: TCP_TIMEOUT_INIT, TCP_RTO_MIN, TCP_RTO_MAX. */
const initialRtoMs = 1000;
const leastRtoMs = 200;
const mostRtoMs = 120_000;

/** Linux: tcp_syn_retries, tcp_synack_retries, tcp_retries2. */
export const synRetries = 6;
export const synAckRetries = 5;
export const dataRetries = 15;
/** Linux: TCP_TIMEWAIT_LEN (2 MSL). */
export const timeWaitMs = 60_000;
/** As long as a peer may go on repeating a segment (Linux: 924.6 s for tcp_retries2 = 15). */
export const finWait2Ms = 925_000;

/** Round-trip estimate and the timeout that follows from it. */
export class RoundTrip {
  #smoothedMs: number | undefined;
  #variationMs = 0;
  #backoff = 0;

  /** What to wait for an answer now. */
  get rtoMs(): number {
    const base =
      this.#smoothedMs === undefined
        ? initialRtoMs
        : this.#smoothedMs + Math.max(leastRtoMs, 4 * this.#variationMs);
    return Math.min(mostRtoMs, base * 2 ** this.#backoff);
  }

  /** RFC 6298 §2.2, 2.3. Only of segments that were sent once (Karn, §3). */
  sample(roundTripMs: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = roundTripMs;
      this.#variationMs = roundTripMs / 2;
    } else {
      this.#variationMs = 0.75 * this.#variationMs + 0.25 * Math.abs(this.#smoothedMs - roundTripMs);
      this.#smoothedMs = 0.875 * this.#smoothedMs + 0.125 * roundTripMs;
    }
  }

  /** §5.5: "back off the timer". */
  backOff(): void {
    this.#backoff++;
  }

  /** Something new was acknowledged. */
  recover(): void {
    this.#backoff = 0;
  }
}

// NTP time and the arithmetic of an exchange: RFC 4330 §3 and §5, RFC 5905 §6 and §8.
import type { UnixMs } from "#hal/contract/time.ts";

/** Seconds from 1900 to 1970. */
const unixSec = 2_208_988_800n;

/** Seconds of one era. */
const eraSec = 0x1_0000_0000n;

/**
 * Unix time of a timestamp. RFC 4330 §3: "If bit 0 is set, the UTC time is in the range 1968–2036 ... If bit 0 is not
 * set, the time is in the range 2036–2104".
 */
export function unixMsOf(timestamp: bigint): UnixMs {
  const seconds = timestamp >> 32n;
  const since1900 = seconds >= 0x8000_0000n ? seconds : seconds + eraSec;
  const fraction = Number(timestamp & 0xffff_ffffn) / 0x1_0000_0000;
  return (Number(since1900 - unixSec) * 1000 + fraction * 1000) as UnixMs; // seconds since 1970 by definition
}

/** The timestamp of a Unix time between 1968 and 2104; the era is lost, as on the wire. */
export function timestampOf(unixMs: number): bigint {
  const wholeSec = Math.floor(unixMs / 1000);
  const fraction = Math.floor(((unixMs - wholeSec * 1000) / 1000) * 0x1_0000_0000);
  return BigInt.asUintN(64, ((BigInt(wholeSec) + unixSec) << 32n) | BigInt(fraction));
}

/** The four timestamps of one exchange, in the order they were taken. */
export interface Exchange {
  /** Client sent. */
  readonly originate: bigint;
  /** Server received. */
  readonly receive: bigint;
  /** Server sent. */
  readonly transmit: bigint;
  /** Client received. */
  readonly arrival: bigint;
}

/** a − b in 2⁻³² s, signed, wrapping: right for clocks up to 68 years apart. */
function difference(a: bigint, b: bigint): bigint {
  return BigInt.asIntN(64, a - b);
}

function milliseconds(units: bigint): number {
  return (Number(units) * 1000) / 0x1_0000_0000;
}

/**
 * How far the client's clock is behind (positive) and how long the way there and back took.
 * Each difference wraps in 64 bits; the sum is wider, else 68 years become 34 (RFC 4330 §3).
 */
export function measure({ originate, receive, transmit, arrival }: Exchange): {
  readonly offsetMs: number;
  readonly delayMs: number;
} {
  const sum = difference(receive, originate) + difference(transmit, arrival);
  const delay = difference(arrival, originate) - difference(transmit, receive);
  // A slightly negative delay is drift between the two clocks (RFC 5905 §8).
  return { offsetMs: milliseconds(sum) / 2, delayMs: Math.max(0, milliseconds(delay)) };
}

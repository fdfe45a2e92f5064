// Keepalives as pure functions (sccp reference 5.4): sent on time, three without an answer end it.
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { Keepalive } from "./state.ts";
import { lastKeepaliveMs, leastKeepaliveSec, mostMissedKeepalives } from "./timing.ts";

/** The interval a server names, in milliseconds; `usualSec` when it names none. */
export function keepaliveInterval(namedSec: number, usualSec: number): number {
  return Math.max(leastKeepaliveSec, namedSec === 0 ? usualSec : namedSec) * 1000;
}

/** Begins at `now`; the first one goes out after a whole interval. */
export function beginKeepalive(intervalMs: number, now: MonoMs): Keepalive {
  return { intervalMs, sendAt: later(now, intervalMs), unanswered: 0, lostAt: undefined };
}

/** One was sent. The next is due an interval after this one was due, so that a late timer does not add up. */
export function sentKeepalive(keepalive: Keepalive, now: MonoMs): Keepalive {
  const unanswered = keepalive.unanswered + 1;
  return {
    intervalMs: keepalive.intervalMs,
    sendAt: later(keepalive.sendAt, keepalive.intervalMs),
    unanswered,
    lostAt: unanswered >= mostMissedKeepalives ? later(now, lastKeepaliveMs) : undefined,
  };
}

/** An answer came: whatever was unanswered is forgotten. */
export function answeredKeepalive(keepalive: Keepalive): Keepalive {
  return { ...keepalive, unanswered: 0, lostAt: undefined };
}

// The timers of RFC 3261 §17 (Table 4) and RFC 6026, and what the phone's two counters do to them.
import type { MonoMs } from "#hal/contract/time.ts";
import { later } from "#hal/contract/time.ts";

export interface SipTiming {
  /** First retransmission interval (`timer_t1`). */
  readonly t1Ms: number;
  /** Ceiling of the intervals of everything but INVITE requests (`timer_t2`). */
  readonly t2Ms: number;
  /** How many times an INVITE is sent again (`sip_invite_retx`). */
  readonly inviteRetransmissions: number;
  /** How many times any other request is sent again (`sip_retx`). */
  readonly retransmissions: number;
}

/** RFC 3261 values; the counters are what fits into 64·T1 with them. */
export const defaultTiming: SipTiming = {
  t1Ms: 500,
  t2Ms: 4000,
  inviteRetransmissions: 6,
  retransmissions: 10,
};

/** T4: longest time a message stays in the network. Does not scale with T1. */
export const t4Ms = 5000;

/** Timer D over UDP: at least 32 s, however small T1 is. */
export const leastTimerDMs = 32_000;

/** The TU has this long to answer an INVITE before the transaction sends 100 itself (§17.2.1). */
export const tryingAfterMs = 200;

/** Timers B, F, H, L, M and J over UDP. */
export function wholeTransactionMs(timing: SipTiming): number {
  return 64 * timing.t1Ms;
}

/** Timer D. "…a value of at least 32 seconds for unreliable transports, and a value of zero … for reliable". */
export function timerDMs(timing: SipTiming, isReliable: boolean): number {
  return isReliable ? 0 : Math.max(leastTimerDMs, wholeTransactionMs(timing));
}

/** Timers I and K: T4, or nothing where nothing is sent twice. */
export function absorbMs(isReliable: boolean): number {
  return isReliable ? 0 : t4Ms;
}

/** Timer J. */
export function timerJMs(timing: SipTiming, isReliable: boolean): number {
  return isReliable ? 0 : wholeTransactionMs(timing);
}

/** When a request is sent again, how far that is from the last time, and how many times it still may be. */
export interface Repeat {
  readonly at: MonoMs;
  readonly intervalMs: number;
  readonly left: number;
}

/** Timer A: "…doubles" without ceiling (§17.1.1.2). Undefined over a reliable transport. */
export function firstRepeat(
  now: MonoMs,
  timing: SipTiming,
  left: number,
  isReliable: boolean,
): Repeat | undefined {
  return isReliable ? undefined : { at: later(now, timing.t1Ms), intervalMs: timing.t1Ms, left };
}

/** The repeat after one that just happened; `ceilingMs` is T2 for all but INVITE requests. */
export function nextRepeat(now: MonoMs, repeat: Repeat, ceilingMs: number): Repeat {
  const intervalMs = Math.min(repeat.intervalMs * 2, ceilingMs);
  return { at: later(now, intervalMs), intervalMs, left: repeat.left - 1 };
}

/** "If timer E fires while in the Proceeding state … timer E is reset with a value of T2" (§17.1.2.2). */
export function proceedingRepeat(now: MonoMs, repeat: Repeat, timing: SipTiming): Repeat {
  return { at: later(now, timing.t2Ms), intervalMs: timing.t2Ms, left: repeat.left - 1 };
}

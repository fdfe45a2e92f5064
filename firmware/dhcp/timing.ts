// When a DHCP client waits, how long, and why: each rule with its sentence of the RFC. Milliseconds unless named otherwise.
import { between, type RetryPlan, retryPause } from "#firmware/runtime/chance.ts";
import type { Random } from "#hal/contract/random.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";

/** RFC 2131 §4.1: "4 seconds … 8 seconds … The retransmission delay SHOULD be doubled … up to a maximum of 64 seconds". */
const retransmitSec = [4, 8, 16, 32, 64] as const;

/** RFC 2131 §4.1: "randomized by the value of a uniform random number chosen from the range −1 to +1". */
const retransmitSpreadMs = 1000;

/** The wait after transmission number `tries` (1, 2, …). */
export function retransmitWaitMs(tries: number, random: Random): number {
  const nominalSec = retransmitSec[Math.min(tries, retransmitSec.length) - 1] ?? 64;
  return nominalSec * 1000 + between(random, -retransmitSpreadMs, retransmitSpreadMs);
}

/** RFC 2131 §3.1 step 5: "might retransmit the DHCPREQUEST message four times, for a total delay of 60 seconds". */
export const requestTries = 4;

/** REQUESTs of a kept lease before a new search (decision; RFC 2131 §3.2 step 3 names 4 as an example). */
export const rebootTries = 2;

/** How long further OFFERs are collected after the first (decision; RFC 2131 §4.4.1 leaves it open). */
export const collectOffersMs = 1000;

/** After a probe the boot goes on (architecture, "Fast boot decisions"; RFC 5227 §2.1.1 asks for 4 to 7 s). */
export const probeWaitMs = 20;

/** RFC 5227 §1.1 ANNOUNCE_INTERVAL, between the two announcements. */
export const announceIntervalMs = 2000;

/** RFC 5227 §1.1 DEFEND_INTERVAL: a second conflict within it means giving the address up. */
export const defendIntervalMs = 10_000;

/** RFC 2131 §3.1 step 5: after DECLINE "SHOULD wait a minimum of ten seconds". */
const declineWaitMs = 10_000;

/** RFC 5227 §1.1 MAX_CONFLICTS and RATE_LIMIT_INTERVAL. */
const mostConflicts = 10;
const rateLimitMs = 60_000;

/** The wait after conflict number `conflicts` (1, 2, …). */
export function conflictWaitMs(conflicts: number): number {
  return conflicts >= mostConflicts ? rateLimitMs : declineWaitMs;
}

/** Pauses when a server goes on refusing what it offered: none the first time, then growing (decision). */
const refusedPlan: RetryPlan = { firstMs: 1000, factor: 2, maxMs: 64_000, jitter: 0.25 };

/** The wait before a new search after refusal number `refusals` (1, 2, …). */
export function refusedWaitMs(refusals: number, random: Random): number {
  return refusals <= 1 ? 0 : retryPause(refusedPlan, refusals - 1, random);
}

/** RFC 2131 §4.4.5: "T1 defaults to (0.5 * duration_of_lease). T2 defaults to (0.875 * duration_of_lease)." */
const defaultT1 = 0.5;
const defaultT2 = 0.875;

/** RFC 2131 §4.4.5: T1 and T2 "SHOULD be chosen with some random fuzz": up to this share earlier, both alike. */
const fuzzShare = 0.02;

/** When a lease must be renewed, by whom, and when it ends, in seconds after the REQUEST; Infinity for ever. */
export interface LeaseTimes {
  readonly t1Sec: number;
  readonly t2Sec: number;
  readonly leaseSec: number;
}

/** T1 and T2 as the server said, where T1 < T2 < lease holds, else the defaults (decision). */
export function leaseTimes(leaseSec: number, t1Sec?: number, t2Sec?: number): LeaseTimes {
  const t1 = t1Sec ?? leaseSec * defaultT1;
  const t2 = t2Sec ?? leaseSec * defaultT2;
  if (t1 > 0 && t1 < t2 && t2 < leaseSec) return { t1Sec: t1, t2Sec: t2, leaseSec };
  return { t1Sec: leaseSec * defaultT1, t2Sec: leaseSec * defaultT2, leaseSec };
}

/** T1 and T2 a little earlier, so that phones that booted together do not renew together. */
export function fuzzed(times: LeaseTimes, random: Random): LeaseTimes {
  const factor = 1 - between(random, 0, fuzzShare);
  return { ...times, t1Sec: times.t1Sec * factor, t2Sec: times.t2Sec * factor };
}

/** A shorter lease is no lease (decision: it would only be a way to keep the phone busy; dnsmasq gives 120 s at least). */
export const shortestLeaseSec = 10;

/** The same address is written to the store so often at most (decision: flash wears out). */
export const keepAgainMs = 3_600_000;

/** RFC 2131 §4.4.5: wait "one-half of the remaining time … down to a minimum of 60 seconds, before retransmitting". */
const leastRenewWaitMs = 60_000;

/** When to ask again, or undefined where `limit` (T2 in RENEWING, expiry in REBINDING) comes first. */
export function renewRetryAt(now: MonoMs, limit: MonoMs): MonoMs | undefined {
  const at = later(now, Math.max((limit - now) / 2, leastRenewWaitMs));
  return at < limit ? at : undefined;
}

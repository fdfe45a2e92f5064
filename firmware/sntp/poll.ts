// How often a server is asked (RFC 4330 §10, RFC 5905 §7.4; reference boot-and-provisioning 8.3).

import { between } from "#firmware/runtime/chance.ts";
import type { Random } from "#hal/contract/random.ts";

/** RFC 4330 §10 (1): "A client MUST NOT under any conditions use a poll interval less than 15 seconds". */
export const leastPollSec = 15;

/** The shortest in use; RFC 4330 §5 wants at least a minute. */
const firstPollSec = 64;

/** The longest. §10: "never make it less than 15 minutes". */
export const lastPollSec = 3600;

/** An answer that takes longer does not come. */
export const answerWithinMs = 5000;

/** What decides the next interval. */
export interface PollHistory {
  /** Good answers in a row. */
  readonly good: number;
  /** Questions without an answer in a row. */
  readonly silent: number;
  /** A server said RATE: never more often than this, 0 where none did. */
  readonly floorSec: number;
}

/** 64 s, after three good answers 1024 s, after six 3600 s; doubled for each silence after the first. */
export function pollSec({ good, silent, floorSec }: PollHistory): number {
  const steady = good >= 6 ? lastPollSec : good >= 3 ? 1024 : firstPollSec;
  const backedOff = Math.min(lastPollSec, steady * 2 ** Math.min(Math.max(0, silent - 1), 10));
  return Math.max(backedOff, Math.min(floorSec, 8 * lastPollSec));
}

/**
 * RFC 5905 §7.4: "the client MUST immediately reduce its polling" — at least halve it, and again at each further RATE.
 * The new floor for `server`.
 */
export function slowedPollSec(history: PollHistory): number {
  return Math.max(2 * pollSec(history), 2 * history.floorSec);
}

/** First question: at once with a clock that was never set, else after up to a minute (reference 8.3). */
export function firstPauseMs(isClockSet: boolean, random: Random): number {
  return isClockSet ? between(random, 0, 60_000) : 0;
}

// Session timers (RFC 4028): who refreshes, when, and when a silent session is ended. Pure rules.
import { later, type MonoMs } from "#hal/contract/time.ts";

/** "The minimum … MUST NOT be less than 90 seconds" (§4). */
export const leastSessionSec = 90;

/** A session interval that both sides keep. */
export interface SessionTimer {
  readonly intervalSec: number;
  readonly isRefresherUs: boolean;
  /** What is due at `at`: our refresh, or BYE for want of one. */
  readonly due: "refresh" | "bye";
  readonly at: MonoMs;
}

/** What an INVITE asked for. */
export interface TimerAsked {
  /** Session-Expires; undefined: none. */
  readonly intervalSec: number | undefined;
  readonly refresher: "uac" | "uas" | undefined;
  /** Min-SE of the request, at least 90. */
  readonly leastSec: number;
  /** The other side supports timers. */
  readonly isSupported: boolean;
}

export const noTimerAsked: TimerAsked = {
  intervalSec: undefined,
  refresher: undefined,
  leastSec: leastSessionSec,
  isSupported: false,
};

/**
 * "It is RECOMMENDED that this refresh be sent once half the session interval has elapsed"; the other side "SHOULD send a
 * BYE … before the session expiration … the minimum of 32 seconds and one third of the session interval" (§10).
 */
export function armed(intervalSec: number, isRefresherUs: boolean, now: MonoMs): SessionTimer {
  const waitSec = isRefresherUs ? intervalSec / 2 : endsAfterSec(intervalSec);
  return {
    intervalSec,
    isRefresherUs,
    due: isRefresherUs ? "refresh" : "bye",
    at: later(now, waitSec * 1000),
  };
}

const endsAfterSec = (intervalSec: number): number => intervalSec - Math.min(32, intervalSec / 3);

/** The refresh went out halfway: should it fail, the session still ends before its time. */
export function refreshSent(timer: SessionTimer, now: MonoMs): SessionTimer {
  const restSec = endsAfterSec(timer.intervalSec) - timer.intervalSec / 2;
  return { ...timer, due: "bye", at: later(now, restSec * 1000) };
}

/** The session was refreshed, by whichever side. */
export function refreshed(timer: SessionTimer | undefined, now: MonoMs): SessionTimer | undefined {
  return timer === undefined ? undefined : armed(timer.intervalSec, timer.isRefresherUs, now);
}

/** What the 2xx to a request with these wishes says; undefined: no timer. The UAC's choice of refresher stands (§9). */
export function answeredTimer(
  asked: TimerAsked,
  wantedSec: number,
): { intervalSec: number; refresher: "uac" | "uas" } | undefined {
  const { intervalSec, refresher, isSupported } = asked;
  if (intervalSec === undefined && wantedSec === 0) return undefined;
  const granted = Math.max(intervalSec ?? wantedSec, asked.leastSec, leastSessionSec);
  // "…if the UAC does not support timers, the refresher is the UAS" (§9, Table 2).
  if (!isSupported) return { intervalSec: granted, refresher: "uas" };
  return { intervalSec: granted, refresher: refresher ?? "uac" };
}

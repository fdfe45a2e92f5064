// The subscription to one mailbox (RFC 6665 §4.1, RFC 3842) as a pure machine: asked for, refreshed before it ends, made
// anew where the server says so, left alone where it says no.
import { go, ignore, type Machine, type Moment, type Step, type Timer } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { pauseMs, refreshAfterSec } from "./registration.ts";

/** What is agreed with the server. */
interface Agreed {
  /** When the first NOTIFY came. */
  readonly since: MonoMs;
  readonly refreshAt: MonoMs;
}

export type SubscriptionState =
  | { readonly kind: "idle" }
  /** SUBSCRIBE is on its way, or accepted; it counts once a NOTIFY has come, by `giveUpAt` at the latest. */
  | {
      readonly kind: "notify-wait";
      readonly expiresSec: number;
      readonly failures: number;
      readonly giveUpAt: MonoMs | undefined;
    }
  | ({ readonly kind: "active"; readonly expiresSec: number; readonly failures: number } & Agreed)
  | ({ readonly kind: "refreshing"; readonly expiresSec: number; readonly failures: number } & Agreed)
  | { readonly kind: "waiting"; readonly retryAt: MonoMs; readonly failures: number }
  /** The server will not: until it is asked for anew. */
  | { readonly kind: "refused" }
  | { readonly kind: "ending" }
  | { readonly kind: "stopped" };

export type SubscriptionEvent =
  | { readonly kind: "start" }
  /** Another server serves the line now. */
  | { readonly kind: "restart" }
  | { readonly kind: "accepted"; readonly grantedSec: number }
  | { readonly kind: "failed"; readonly status: number; readonly retryAfterSec: number }
  /** 423. */
  | { readonly kind: "too-brief"; readonly leastSec: number }
  /** Subscription-State of a NOTIFY. */
  | { readonly kind: "told"; readonly told: Told }
  | { readonly kind: "stop" };

/** What a NOTIFY says of its subscription. */
export interface Told {
  readonly isTerminated: boolean;
  readonly expiresSec: number | undefined;
  readonly reason: string;
  readonly retryAfterSec: number | undefined;
}

export type SubscriptionEffect =
  | { readonly kind: "subscribe"; readonly isNew: boolean; readonly expiresSec: number }
  | { readonly kind: "unsubscribe" };

export interface SubscriptionOptions {
  readonly name: string;
  readonly expiresSec: number;
  readonly deltaSec: number;
  /** Timer N: 64·T1 (RFC 6665 §4.1.2.4). */
  readonly notifyWithinMs: number;
}

/** A subscription that lived shorter is not made anew at once: two programs would else talk in circles. */
const shortLifeMs = 60_000;
/** Longest that is asked for, whatever a 423 says. */
const mostExpiresSec = 3_932_100;
/** The method, the package, or both are not known there. */
const never: readonly number[] = [405, 489, 501];
/** "the client … MUST NOT" or has no reason to subscribe again (RFC 6665 §4.1.3). */
const finalReasons: readonly string[] = ["rejected", "noresource", "invariant"];

type SubscriptionStep = Step<SubscriptionState, SubscriptionEffect>;

/** The machine of one mailbox. */
export function subscription(
  options: SubscriptionOptions,
): Machine<SubscriptionState, SubscriptionEvent, SubscriptionEffect> {
  const begin = (failures: number, why: string, expiresSec = options.expiresSec): SubscriptionStep =>
    go({ kind: "notify-wait", expiresSec, failures, giveUpAt: undefined }, why, [
      { kind: "subscribe", isNew: true, expiresSec },
    ]);

  const pause = (failures: number, retryAfterSec: number, moment: Moment, why: string): SubscriptionStep => {
    const retryAt = later(moment.now, pauseMs(failures, retryAfterSec, moment));
    return go({ kind: "waiting", retryAt, failures }, why);
  };

  const agreed = (since: MonoMs, grantedSec: number, { now }: Moment): Agreed => ({
    since,
    refreshAt: later(now, refreshAfterSec(grantedSec, options.deltaSec) * 1000),
  });

  /** Anew, at once where the last one lived for a while. */
  const again = (state: SubscriptionState, moment: Moment, why: string): SubscriptionStep => {
    const failures = "failures" in state ? state.failures : 0;
    const hasLived = "since" in state && moment.now - state.since >= shortLifeMs;
    return hasLived ? begin(0, why) : pause(failures + 1, 0, moment, why);
  };

  const accepted = (state: SubscriptionState, grantedSec: number, moment: Moment): SubscriptionStep => {
    switch (state.kind) {
      case "notify-wait": {
        const giveUpAt = later(moment.now, options.notifyWithinMs);
        return go({ ...state, expiresSec: grantedSec, giveUpAt }, `${grantedSec} s`);
      }
      case "active": // the NOTIFY was faster
      case "refreshing":
        return go(
          { ...state, kind: "active", failures: 0, ...agreed(state.since, grantedSec, moment) },
          `${grantedSec} s`,
        );
      case "ending":
        return go({ kind: "stopped" }, "ended");
      default:
        return ignore(state, "late 2xx");
    }
  };

  const failed = (
    state: SubscriptionState,
    event: Extract<SubscriptionEvent, { kind: "failed" }>,
    moment: Moment,
  ): SubscriptionStep => {
    const { status, retryAfterSec } = event;
    if (state.kind === "ending") return go({ kind: "stopped" }, "no answer to the end");
    if (state.kind !== "notify-wait" && state.kind !== "refreshing") return ignore(state, "late failure");
    if (never.includes(status)) return go({ kind: "refused" }, String(status));
    if (state.kind === "refreshing" && status === 481) return again(state, moment, "the server has lost it");
    return pause(state.failures + 1, retryAfterSec, moment, String(status));
  };

  const told = (
    state: SubscriptionState,
    { isTerminated, expiresSec, reason, retryAfterSec }: Told,
    moment: Moment,
  ): SubscriptionStep => {
    if (state.kind === "ending")
      return isTerminated ? go({ kind: "stopped" }, "ended") : ignore(state, "last news");
    if (state.kind !== "notify-wait" && state.kind !== "active" && state.kind !== "refreshing")
      return ignore(state, "late NOTIFY");
    if (isTerminated) {
      const why = reason === "" ? "terminated" : reason;
      if (finalReasons.includes(reason)) return go({ kind: "refused" }, why);
      if (retryAfterSec !== undefined) return pause(0, retryAfterSec, moment, why);
      return again(state, moment, why);
    }
    if (state.kind === "refreshing") return ignore(state, "news");
    const since = state.kind === "active" ? state.since : moment.now;
    if (state.kind === "active" && expiresSec === undefined) return ignore(state, "news");
    const grantedSec = Math.min(expiresSec ?? state.expiresSec, state.expiresSec);
    const next: SubscriptionState = {
      kind: "active",
      expiresSec: state.expiresSec,
      failures: state.failures,
      ...agreed(since, grantedSec, moment),
    };
    return go(next, `NOTIFY, ${grantedSec} s`);
  };

  const rang = (state: SubscriptionState, name: string, moment: Moment): SubscriptionStep => {
    switch (state.kind) {
      case "waiting":
        return begin(state.failures, "again");
      case "notify-wait":
        return pause(state.failures + 1, 0, moment, "no NOTIFY");
      case "active": {
        const { expiresSec } = options;
        return go({ ...state, kind: "refreshing" }, "refresh", [
          { kind: "subscribe", isNew: false, expiresSec },
        ]);
      }
      default:
        return ignore(state, `timer ${name}`);
    }
  };

  return {
    name: options.name,
    initial: { kind: "idle" },
    timers,
    step(state, event, moment) {
      switch (event.kind) {
        case "start":
          return state.kind === "idle" || state.kind === "stopped" || state.kind === "refused"
            ? begin(0, "start")
            : ignore(state, "started");
        case "restart":
          return state.kind === "idle" || state.kind === "stopped" || state.kind === "ending"
            ? ignore(state, "not started")
            : begin(0, "another server");
        case "accepted":
          return accepted(state, event.grantedSec, moment);
        case "failed":
          return failed(state, event, moment);
        case "too-brief":
          return state.kind === "notify-wait" &&
            event.leastSec > state.expiresSec &&
            event.leastSec <= mostExpiresSec
            ? begin(state.failures, `at least ${event.leastSec} s`, event.leastSec)
            : failed(state, { kind: "failed", status: 423, retryAfterSec: 0 }, moment);
        case "told":
          return told(state, event.told, moment);
        case "stop":
          return state.kind === "active" || state.kind === "refreshing"
            ? go({ kind: "ending" }, "asked to", [{ kind: "unsubscribe" }])
            : go({ kind: "stopped" }, "asked to");
        case "timer":
          return rang(state, event.name, moment);
        default:
          return unreachable(event);
      }
    },
  };
}

function timers(state: SubscriptionState): readonly Timer[] {
  switch (state.kind) {
    case "notify-wait":
      return state.giveUpAt === undefined ? [] : [{ name: "notify", at: state.giveUpAt }];
    case "active":
      return [{ name: "refresh", at: state.refreshAt }];
    case "waiting":
      return [{ name: "retry", at: state.retryAt }];
    default:
      return [];
  }
}

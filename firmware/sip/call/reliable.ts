// Reliable provisional responses (RFC 3262), the callee's side: repeated until PRACK, and the call refused if none comes.
// A pure machine; it runs only for callers that require it.
import { go, ignore, type Machine, stay, type TimerEvent } from "#firmware/runtime/machine.ts";
import {
  nextRepeat,
  type Repeat,
  type SipTiming,
  wholeTransactionMs,
} from "#firmware/sip/transaction/timing.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";

export type ReliableState =
  | { readonly kind: "idle" }
  /** Sent, not acknowledged by PRACK. */
  | { readonly kind: "unacknowledged"; readonly repeat: Repeat; readonly giveUpAt: MonoMs }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "failed" };

export type ReliableEvent =
  | { readonly kind: "send" }
  | { readonly kind: "prack" }
  /** A final response went out. */
  | { readonly kind: "stop" };

export type ReliableEffect =
  | { readonly kind: "send" }
  /** "…it SHOULD reject the original request with a 5xx response" (§3). */
  | { readonly kind: "reject" };

export function reliableMachine(
  name: string,
  timing: SipTiming,
): Machine<ReliableState, ReliableEvent, ReliableEffect> {
  return {
    name,
    initial: { kind: "idle" },
    timers: (state) =>
      state.kind === "unacknowledged"
        ? [
            { name: "repeat", at: state.repeat.at },
            { name: "give up", at: state.giveUpAt },
          ]
        : [],
    step(state, event: ReliableEvent | TimerEvent, { now }) {
      switch (event.kind) {
        case "send": {
          const left = Number.POSITIVE_INFINITY;
          const repeat: Repeat = { at: later(now, timing.t1Ms), intervalMs: timing.t1Ms, left };
          return go(
            { kind: "unacknowledged", repeat, giveUpAt: later(now, wholeTransactionMs(timing)) },
            "reliable 1xx",
            [{ kind: "send" }],
          );
        }
        case "prack":
          return state.kind === "unacknowledged"
            ? go({ kind: "acknowledged" }, "PRACK")
            : ignore(state, "PRACK");
        case "stop":
          return go({ kind: "acknowledged" }, "final response");
        case "timer":
          if (state.kind !== "unacknowledged") return ignore(state, "timer");
          if (event.name === "give up") return go({ kind: "failed" }, "no PRACK", [{ kind: "reject" }]);
          // "…T1 seconds, and doubles"; T2 is no ceiling here (§3).
          return stay({ ...state, repeat: nextRepeat(now, state.repeat, Number.POSITIVE_INFINITY) }, [
            { kind: "send" },
          ]);
        default:
          return unreachable(event);
      }
    },
  };
}

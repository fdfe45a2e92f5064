// The two server transactions of RFC 3261 §17.2, with the accepted state of RFC 6026 §7.1.

import {
  go,
  ignore,
  type Machine,
  type Step,
  stay,
  type Timer,
  type TimerEvent,
} from "#firmware/runtime/machine.ts";
import type { SipResponse } from "#firmware/sip/message/message.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import {
  absorbMs,
  firstRepeat,
  nextRepeat,
  type Repeat,
  type SipTiming,
  timerJMs,
  tryingAfterMs,
  wholeTransactionMs,
} from "./timing.ts";

export type ServerState =
  | { readonly kind: "idle" }
  /** Request other than INVITE, not answered yet. */
  | { readonly kind: "trying" }
  /** INVITE not finally answered; `tryingAt`: when the 100 goes out unless the phone has said something. */
  | {
      readonly kind: "proceeding";
      readonly last: SipResponse | undefined;
      readonly tryingAt: MonoMs | undefined;
    }
  /** Finally answered; INVITE: waiting for the ACK of a non-2xx. Timers G and H, or J. */
  | {
      readonly kind: "completed";
      readonly final: SipResponse;
      readonly repeat: Repeat | undefined;
      readonly endAt: MonoMs;
    }
  /** The ACK of a non-2xx came; more of them are absorbed until I. */
  | { readonly kind: "confirmed"; readonly endAt: MonoMs }
  /** INVITE answered 2xx: its repeats are absorbed, ACKs go up, until L (RFC 6026). */
  | { readonly kind: "accepted"; readonly endAt: MonoMs }
  | { readonly kind: "terminated" };

export type ServerEvent =
  /** The request, and each repeat of it. */
  | { readonly kind: "request" }
  | { readonly kind: "ack" }
  | { readonly kind: "respond"; readonly response: SipResponse };

export type ServerEffect =
  | { readonly kind: "send"; readonly response: SipResponse }
  /** The transaction's own 100. */
  | { readonly kind: "send-trying" }
  /** An ACK that belongs to the dialog: its INVITE was answered 2xx. */
  | { readonly kind: "pass-ack" }
  /** No ACK for a non-2xx (Timer H). */
  | { readonly kind: "ack-missing" };

export interface ServerOptions {
  readonly timing: SipTiming;
  readonly isReliable: boolean;
}

const terminated: ServerState = { kind: "terminated" };

function timers(state: ServerState): readonly Timer[] {
  switch (state.kind) {
    case "proceeding":
      return state.tryingAt === undefined ? [] : [{ name: "trying", at: state.tryingAt }];
    case "completed": {
      const end: Timer = { name: "end", at: state.endAt };
      return state.repeat === undefined ? [end] : [{ name: "repeat", at: state.repeat.at }, end];
    }
    case "confirmed":
    case "accepted":
      return [{ name: "end", at: state.endAt }];
    case "idle":
    case "trying":
    case "terminated":
      return [];
    default:
      return unreachable(state);
  }
}

/** INVITE server transaction: proceeding, completed, confirmed, accepted, terminated. */
export function inviteServer(
  name: string,
  options: ServerOptions,
): Machine<ServerState, ServerEvent, ServerEffect> {
  const { timing, isReliable } = options;

  const requested = (state: ServerState, now: MonoMs): Step<ServerState, ServerEffect> => {
    switch (state.kind) {
      case "idle":
        return go({ kind: "proceeding", last: undefined, tryingAt: later(now, tryingAfterMs) }, "INVITE");
      case "proceeding":
        if (state.last !== undefined) return stay(state, [{ kind: "send", response: state.last }]);
        return stay({ ...state, tryingAt: undefined }, [{ kind: "send-trying" }]);
      case "completed":
        return stay(state, [{ kind: "send", response: state.final }]);
      default:
        return ignore(state, "INVITE again");
    }
  };

  const responded = (
    state: ServerState,
    response: SipResponse,
    now: MonoMs,
  ): Step<ServerState, ServerEffect> => {
    const { status } = response;
    const send: ServerEffect = { kind: "send", response };
    if (state.kind === "accepted" && status >= 200 && status < 300) return stay(state, [send]);
    if (state.kind !== "proceeding") return ignore(state, `${status} after a final response`);
    if (status < 200) return stay({ kind: "proceeding", last: response, tryingAt: undefined }, [send]);
    const endAt = later(now, wholeTransactionMs(timing));
    if (status < 300) return go({ kind: "accepted", endAt }, String(status), [send]);
    const repeat = firstRepeat(now, timing, Number.POSITIVE_INFINITY, isReliable);
    return go({ kind: "completed", final: response, repeat, endAt }, String(status), [send]);
  };

  const acknowledged = (state: ServerState, now: MonoMs): Step<ServerState, ServerEffect> => {
    if (state.kind === "completed")
      return go({ kind: "confirmed", endAt: later(now, absorbMs(isReliable)) }, "ACK");
    if (state.kind === "accepted") return stay(state, [{ kind: "pass-ack" }]);
    return ignore(state, "ACK");
  };

  return {
    name,
    initial: { kind: "idle" },
    timers,
    step(state, event: ServerEvent | TimerEvent, { now }) {
      switch (event.kind) {
        case "request":
          return requested(state, now);
        case "respond":
          return responded(state, event.response, now);
        case "ack":
          return acknowledged(state, now);
        case "timer":
          if (state.kind === "proceeding")
            return stay({ ...state, tryingAt: undefined }, [{ kind: "send-trying" }]);
          if (state.kind === "completed" && event.name === "repeat" && state.repeat !== undefined)
            return stay({ ...state, repeat: nextRepeat(now, state.repeat, timing.t2Ms) }, [
              { kind: "send", response: state.final },
            ]);
          if (state.kind === "completed") return go(terminated, "no ACK", [{ kind: "ack-missing" }]);
          return go(terminated, "over");
        default:
          return unreachable(event);
      }
    },
  };
}

/** Non-INVITE server transaction: trying, completed, terminated. It sends no 1xx (RFC 4320 §4.1). */
export function nonInviteServer(
  name: string,
  options: ServerOptions,
): Machine<ServerState, ServerEvent, ServerEffect> {
  const { timing, isReliable } = options;
  return {
    name,
    initial: { kind: "idle" },
    timers,
    step(state, event: ServerEvent | TimerEvent, { now }) {
      switch (event.kind) {
        case "request":
          if (state.kind === "idle") return go({ kind: "trying" }, "request");
          if (state.kind === "completed") return stay(state, [{ kind: "send", response: state.final }]);
          return ignore(state, "request again");
        case "respond": {
          if (state.kind !== "trying" || event.response.status < 200)
            return ignore(state, `${event.response.status} has no place`);
          const endAt = later(now, timerJMs(timing, isReliable));
          return go({ kind: "completed", final: event.response, repeat: undefined, endAt }, "answered", [
            { kind: "send", response: event.response },
          ]);
        }
        case "ack":
          return ignore(state, "ACK");
        case "timer":
          return go(terminated, "over");
        default:
          return unreachable(event);
      }
    },
  };
}

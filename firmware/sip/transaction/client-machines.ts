// The two client transactions of RFC 3261 §17.1, with the accepted state of RFC 6026 §7.2.

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
  proceedingRepeat,
  type Repeat,
  type SipTiming,
  timerDMs,
  wholeTransactionMs,
} from "./timing.ts";

export type ClientState =
  | { readonly kind: "idle" }
  /** INVITE sent, nothing heard. Timers A and B. */
  | { readonly kind: "calling"; readonly repeat: Repeat | undefined; readonly giveUpAt: MonoMs }
  /** Other request sent, nothing heard. Timers E and F. */
  | { readonly kind: "trying"; readonly repeat: Repeat | undefined; readonly giveUpAt: MonoMs }
  /** A 1xx came. An INVITE waits without a timer of its own; others go on with E at T2, and F. */
  | {
      readonly kind: "proceeding";
      readonly repeat: Repeat | undefined;
      readonly giveUpAt: MonoMs | undefined;
    }
  /** A final response came; repeats of it are absorbed (INVITE: acknowledged) until D or K. */
  | { readonly kind: "completed"; readonly endAt: MonoMs }
  /** A 2xx to an INVITE: more of them go up until M (RFC 6026). */
  | { readonly kind: "accepted"; readonly endAt: MonoMs }
  | { readonly kind: "terminated" };

export type ClientEvent =
  | { readonly kind: "start" }
  | { readonly kind: "response"; readonly response: SipResponse }
  /** ICMP, RST or no connection. */
  | { readonly kind: "unreachable" };

export type ClientEffect =
  | { readonly kind: "send" }
  /** ACK of a non-2xx, the transaction's own (§17.1.1.3). */
  | { readonly kind: "acknowledge"; readonly response: SipResponse }
  | { readonly kind: "pass"; readonly response: SipResponse }
  | { readonly kind: "timed-out" }
  | { readonly kind: "unreachable" };

export interface ClientOptions {
  readonly timing: SipTiming;
  readonly isReliable: boolean;
}

type ClientStep = Step<ClientState, ClientEffect>;

const terminated: ClientState = { kind: "terminated" };

function timers(state: ClientState): readonly Timer[] {
  switch (state.kind) {
    case "calling":
    case "trying":
    case "proceeding": {
      const list: Timer[] = state.repeat === undefined ? [] : [{ name: "repeat", at: state.repeat.at }];
      if (state.giveUpAt !== undefined) list.push({ name: "give up", at: state.giveUpAt });
      return list;
    }
    case "completed":
    case "accepted":
      return [{ name: "end", at: state.endAt }];
    case "idle":
    case "terminated":
      return [];
    default:
      return unreachable(state);
  }
}

/** Timer A or E fired: send again, or give up when the counter of the settings is used up. */
function repeated(state: ClientState & { repeat: Repeat | undefined }, next: Repeat): ClientStep {
  if (next.left < 0) return go(terminated, "sent as often as allowed", [{ kind: "timed-out" }]);
  return stay({ ...state, repeat: next }, [{ kind: "send" }]);
}

function lost(state: ClientState): ClientStep {
  return state.kind === "calling" || state.kind === "trying"
    ? go(terminated, "unreachable", [{ kind: "unreachable" }])
    : ignore(state, "unreachable after a response");
}

/** INVITE client transaction: calling, proceeding, completed, accepted, terminated. */
export function inviteClient(
  name: string,
  options: ClientOptions,
): Machine<ClientState, ClientEvent, ClientEffect> {
  const { timing, isReliable } = options;

  const answered = (state: ClientState, response: SipResponse, now: MonoMs): ClientStep => {
    const pass: ClientEffect = { kind: "pass", response };
    const { status } = response;
    switch (state.kind) {
      case "calling":
      case "proceeding":
        if (status < 200)
          return go({ kind: "proceeding", repeat: undefined, giveUpAt: undefined }, String(status), [pass]);
        if (status < 300)
          return go({ kind: "accepted", endAt: later(now, wholeTransactionMs(timing)) }, String(status), [
            pass,
          ]);
        return go({ kind: "completed", endAt: later(now, timerDMs(timing, isReliable)) }, String(status), [
          { kind: "acknowledge", response },
          pass,
        ]);
      case "accepted":
        return status >= 200 && status < 300 ? stay(state, [pass]) : ignore(state, `${status} after 2xx`);
      case "completed":
        return status >= 300
          ? stay(state, [{ kind: "acknowledge", response }])
          : ignore(state, `${status} after the final response`);
      case "idle":
      case "trying":
      case "terminated":
        return ignore(state, `${status} too late`);
      default:
        return unreachable(state);
    }
  };

  return {
    name,
    initial: { kind: "idle" },
    timers,
    step(state, event: ClientEvent | TimerEvent, { now }) {
      switch (event.kind) {
        case "start": {
          const repeat = firstRepeat(now, timing, timing.inviteRetransmissions, isReliable);
          const giveUpAt = later(now, wholeTransactionMs(timing));
          return go({ kind: "calling", repeat, giveUpAt }, "sent", [{ kind: "send" }]);
        }
        case "response":
          return answered(state, event.response, now);
        case "unreachable":
          return lost(state);
        case "timer":
          if (state.kind === "calling" && event.name === "repeat" && state.repeat !== undefined)
            return repeated(state, nextRepeat(now, state.repeat, Number.POSITIVE_INFINITY));
          if (event.name === "give up") return go(terminated, "no response", [{ kind: "timed-out" }]);
          return go(terminated, "over");
        default:
          return unreachable(event);
      }
    },
  };
}

/** Non-INVITE client transaction: trying, proceeding, completed, terminated. */
export function nonInviteClient(
  name: string,
  options: ClientOptions,
): Machine<ClientState, ClientEvent, ClientEffect> {
  const { timing, isReliable } = options;

  const answered = (state: ClientState, response: SipResponse, now: MonoMs): ClientStep => {
    const pass: ClientEffect = { kind: "pass", response };
    if (state.kind !== "trying" && state.kind !== "proceeding")
      return ignore(state, `${response.status} again`);
    if (response.status < 200) return go({ ...state, kind: "proceeding" }, String(response.status), [pass]);
    const endAt = later(now, absorbMs(isReliable));
    return go({ kind: "completed", endAt }, String(response.status), [pass]);
  };

  return {
    name,
    initial: { kind: "idle" },
    timers,
    step(state, event: ClientEvent | TimerEvent, { now }) {
      switch (event.kind) {
        case "start": {
          const repeat = firstRepeat(now, timing, timing.retransmissions, isReliable);
          const giveUpAt = later(now, wholeTransactionMs(timing));
          return go({ kind: "trying", repeat, giveUpAt }, "sent", [{ kind: "send" }]);
        }
        case "response":
          return answered(state, event.response, now);
        case "unreachable":
          return lost(state);
        case "timer": {
          if (event.name === "repeat" && state.kind === "trying" && state.repeat !== undefined)
            return repeated(state, nextRepeat(now, state.repeat, timing.t2Ms));
          if (event.name === "repeat" && state.kind === "proceeding" && state.repeat !== undefined)
            return repeated(state, proceedingRepeat(now, state.repeat, timing));
          if (event.name === "give up") return go(terminated, "no final response", [{ kind: "timed-out" }]);
          return go(terminated, "over");
        }
        default:
          return unreachable(event);
      }
    },
  };
}

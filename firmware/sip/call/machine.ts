// The call machine: one call from INVITE to BYE, either way round.
import { go, ignore, type Machine, type Timer } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { type ConfirmedOptions, caughtUp, confirmed, confirmedTimers } from "./confirmed.ts";
import { accepting, invited, undecided } from "./incoming.ts";
import { accepted, type CallStep, cancelling, hungUp, place, progressed, rejected } from "./outgoing.ts";
import type { CallEffect, CallEvent, CallState } from "./state.ts";

export interface CallOptions extends ConfirmedOptions {
  /** For the log. */
  readonly name: string;
}

function timers(state: CallState): readonly Timer[] {
  switch (state.kind) {
    case "calling":
    case "proceeding":
      return [{ name: "give up", at: state.giveUpAt }];
    case "offered":
    case "ringing":
      return state.expiresAt === undefined ? [] : [{ name: "expires", at: state.expiresAt }];
    case "confirmed":
      return confirmedTimers(state);
    default:
      return [];
  }
}

/** The machine of one call. */
export function callMachine(options: CallOptions): Machine<CallState, CallEvent, CallEffect> {
  const outgoing = (
    state: Extract<CallState, { kind: "calling" | "proceeding" }>,
    event: CallEvent,
  ): CallStep => {
    switch (event.kind) {
      case "progress":
        return progressed(state, event, options);
      case "accepted":
        return accepted(state, event, options);
      case "rejected":
        return rejected(state, event);
      case "hang-up":
      case "replaced":
        return hungUp("us");
      default:
        return ignore(state, event.kind);
    }
  };
  return {
    name: options.name,
    initial: { kind: "idle" },
    timers,
    step(state, event, moment) {
      switch (state.kind) {
        case "idle":
          if (event.kind === "place") return place(event, options, moment);
          return event.kind === "invited" ? invited(event, moment) : ignore(state, event.kind);
        case "calling":
        case "proceeding":
          return event.kind === "timer" ? hungUp("network", 408) : outgoing(state, event);
        case "cancelling":
          return event.kind === "timer" ? ignore(state, "timer") : cancelling(event);
        case "offered":
        case "ringing":
          return undecided(state, event, options, moment);
        case "accepting":
          return event.kind === "timer"
            ? ignore(state, "timer")
            : caughtUp(accepting(state, event, options), options);
        case "confirmed":
          return confirmed(state, event, options, moment);
        case "ended":
          if (event.kind === "accepted")
            return go(state, "2xx too late", [{ kind: "end-extra", dialog: event.dialog }]);
          return ignore(state, event.kind);
        default:
          return unreachable(state);
      }
    },
  };
}

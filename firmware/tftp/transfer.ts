// Reading one file: the pure machine. RFC 1350, 2347–2349, 7440; RFC 1123 §4.2.3.1 (never answer a duplicate ACK;
// the reader answers duplicate DATA, which is the other half of that rule).

import { go, ignore, type Machine, stay } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { receive } from "./receiving.ts";
import {
  ack,
  ask,
  type Effect,
  type Event,
  end,
  type Request,
  type State,
  type TransferStep,
} from "./state.ts";
import { blockNumber, waitAfter } from "./timing.ts";

/** The machine that reads `request`. */
export function createTransfer(request: Request): Machine<State, Event, Effect> {
  return {
    name: "tftp",
    initial: { kind: "idle" },
    timers(state) {
      switch (state.kind) {
        case "requesting":
        case "receiving":
          return [{ name: `retry ${request.fileName}`, at: state.retryAt }];
        case "lingering":
          return [{ name: `linger ${request.fileName}`, at: state.until }];
        case "idle":
        case "ended":
          return [];
        default:
          return unreachable(state);
      }
    },
    step(state, event, { now }) {
      switch (event.kind) {
        case "start":
          return state.kind === "idle"
            ? ask(request, request.offer, 1, now)
            : ignore(state, "already started");
        case "refused":
          return state.kind === "requesting"
            ? end({ kind: "unreachable" }, `${request.server} refuses the port`)
            : ignore(state, "late ICMP error");
        case "timer":
          return timeOut(request, state, now);
        case "message":
          return receive(request, state, event.message, event.from, now);
        default:
          return unreachable(event);
      }
    },
  };
}

function timeOut(request: Request, state: State, now: MonoMs): TransferStep {
  switch (state.kind) {
    case "requesting": {
      if (waitAfter(state.sendings + 1, undefined) === undefined)
        return end(
          { kind: "timeout", phase: "request" },
          `${request.fileName}: no answer from ${request.server}`,
        );
      return ask(request, state.offer, state.sendings + 1, now);
    }
    case "receiving": {
      const wait = waitAfter(state.sendings + 1, state.terms.timeoutMs);
      if (wait === undefined)
        return end(
          { kind: "timeout", phase: "transfer" },
          `${request.fileName}: silence after ${state.blocks} blocks`,
        );
      return stay(
        {
          ...state,
          sendings: state.sendings + 1,
          retryAt: later(now, wait),
          unacknowledged: 0,
          isGapAnswered: false,
        },
        [ack(blockNumber(state.blocks, state.wrap), state.peer)],
      );
    }
    case "lingering":
      return go({ kind: "ended", outcome: state.outcome }, `${request.fileName} is done`, [
        { kind: "close" },
      ]);
    case "idle":
    case "ended":
      return ignore(state, "late timer");
    default:
      return unreachable(state);
  }
}

// The SCCP machine: which server the phone belongs to, from the first connection to the last keepalive. It decides only;
// client.ts opens the connections and turns bytes into its events.
import {
  go,
  ignore,
  type Machine,
  type Moment,
  type Step,
  stay,
  type Timer,
  type TimerEvent,
} from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { later } from "#hal/contract/time.ts";
import { readText } from "./label.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import * as neighbours from "./neighbours.ts";
import { ordersOf } from "./orders.ts";
import { accepted, lost, moveToBetter, registeredTimer, serverSpoke } from "./registered.ts";
import { restartCauses, type SccpSettings } from "./settings.ts";
import type { Held, Registered, Registering, SccpEffect, SccpEvent, SccpState } from "./state.ts";
import { stationMessage } from "./station.ts";
import { unregisterMs } from "./timing.ts";
import { beginWalk, connectFailed, giveUp, register, tellServer } from "./walking.ts";

type SccpStep = Step<SccpState, SccpEffect>;
type SccpMachine = Machine<SccpState, SccpEvent, SccpEffect>;

/** The machine for one set of settings; a list without servers never leaves `stopped`. */
export function sccpMachine(settings: SccpSettings): SccpMachine {
  return {
    name: "sccp",
    initial: { kind: "stopped" },
    timers: timersOf,
    step: (state, event, moment) => step(settings, state, event, moment),
  };
}

function step(
  settings: SccpSettings,
  state: SccpState,
  event: SccpEvent | TimerEvent,
  moment: Moment,
): SccpStep {
  switch (event.kind) {
    case "start":
      return started(settings, state, moment);
    case "stop":
      return stopped(state, moment);
    case "calls":
      return callsChanged(state, event.count, moment);
    case "connected":
      return connected(settings, state, event, moment);
    case "connect-failed":
      return failedToConnect(settings, state, event, moment);
    case "message":
      return spoke(settings, state, event, moment);
    case "closed":
      return closed(settings, state, event, moment);
    case "bad-stream":
      return badStream(settings, state, event, moment);
    case "station":
      return station(state, event);
    case "timer":
      return timer(settings, state, event.name, moment);
    default:
      return unreachable(event);
  }
}

function started(settings: SccpSettings, state: SccpState, moment: Moment): SccpStep {
  if (state.kind !== "stopped") return ignore(state, "started already");
  if (settings.servers.length === 0) return ignore(state, "no server is configured");
  const held: Held = { calls: 0, cause: settings.cause, rounds: 0 };
  return beginWalk(settings, held, `${settings.servers.length} servers`, moment);
}

const closeAll: readonly SccpEffect[] = [
  { kind: "close", link: "better" },
  { kind: "close", link: "standby" },
  { kind: "close", link: "active" },
];

/** Leaves in order where there is something to leave. */
function stopped(state: SccpState, moment: Moment): SccpStep {
  if (state.kind === "stopped" || state.kind === "unregistering") return ignore(state, "stopped already");
  if (state.kind !== "registered") {
    return go({ kind: "stopped" }, "told to stop", [...closeAll, tellServer({ kind: "unregistered" })]);
  }
  return go({ kind: "unregistering", by: later(moment.now, unregisterMs) }, "told to stop", [
    { kind: "close", link: "better" },
    { kind: "close", link: "standby" },
    { kind: "send", link: "active", version: state.version, message: { kind: "unregisterReq" } },
  ]);
}

function gone(why: string): SccpStep {
  return go({ kind: "stopped" }, why, [...closeAll, tellServer({ kind: "unregistered" })]);
}

function callsChanged(state: SccpState, calls: number, moment: Moment): SccpStep {
  switch (state.kind) {
    case "stopped":
    case "unregistering":
      return ignore(state, "not registered");
    case "registered": {
      const next: Registered = { ...state, held: { ...state.held, calls } };
      if (calls > 0 || state.better.phase !== "granted") return stay(next);
      const granted = neighbours.tokenGranted(next, moment);
      return stay({ ...next, better: granted.next }, granted.effects);
    }
    default:
      return stay({ ...state, held: { ...state.held, calls } });
  }
}

function connected(
  settings: SccpSettings,
  state: SccpState,
  event: Extract<SccpEvent, { readonly kind: "connected" }>,
  moment: Moment,
): SccpStep {
  if (state.kind === "connecting" && event.link === "active") {
    return register(settings, state.held, state.walk, state.server, event.address, "connected", [], moment);
  }
  if (state.kind !== "registered" || event.link === "active") return ignore(state, `${event.link} connected`);
  if (event.link === "standby") return stay({ ...state, standby: neighbours.standbyOpened(state, moment) });
  const opened = neighbours.betterOpened(settings, state, event.address, moment);
  return stay({ ...state, better: opened.next }, opened.effects);
}

function failedToConnect(
  settings: SccpSettings,
  state: SccpState,
  event: Extract<SccpEvent, { readonly kind: "connect-failed" }>,
  moment: Moment,
): SccpStep {
  if (state.kind === "connecting" && event.link === "active") {
    return connectFailed(settings, state, event.failure, moment);
  }
  return state.kind === "registered"
    ? neighbourGone(state, event.link, moment)
    : ignore(state, "late failure");
}

function neighbourGone(state: Registered, link: "active" | "standby" | "better", moment: Moment): SccpStep {
  switch (link) {
    case "standby":
      return stay({ ...state, standby: neighbours.standbyLost(state.standby, moment) });
    case "better": {
      const next = neighbours.betterLost(state, moment);
      return stay({ ...state, better: next.next }, next.effects);
    }
    case "active":
      return ignore(state, "the active connection did not fail to open");
  }
}

function spoke(
  settings: SccpSettings,
  state: SccpState,
  event: Extract<SccpEvent, { readonly kind: "message" }>,
  moment: Moment,
): SccpStep {
  const { link, message } = event;
  switch (state.kind) {
    case "registering":
      return link === "active"
        ? registeringSpoke(settings, state, message, moment)
        : ignore(state, message.kind);
    case "registered":
      if (link === "active") return serverSpoke(settings, state, message, moment);
      if (link === "standby")
        return stay({ ...state, standby: neighbours.standbyMessage(state.standby, message) });
      return betterSpoke(state, message, moment);
    case "unregistering":
      return message.kind === "unregisterAck" ? gone("unregistered") : ignore(state, message.kind);
    case "stopped":
    case "connecting":
    case "pausing":
      return ignore(state, message.kind);
  }
}

/** Orders may come before the ack: chan_skinny sends the message lamps first (reference 5.3). */
function registeringSpoke(
  settings: SccpSettings,
  state: Registering,
  message: ServerMessage,
  moment: Moment,
): SccpStep {
  switch (message.kind) {
    case "registerAck":
      return accepted(settings, state, message, moment);
    case "registerReject": {
      const text = readText(message.text, settings.protocolVersion);
      const held = { ...state.held, cause: restartCauses.rejected };
      return giveUp(
        settings,
        { ...state, held },
        "rejected",
        text,
        [{ kind: "close", link: "active" }],
        moment,
      );
    }
    default: {
      const orders = ordersOf(message, { version: 3, encodings: settings.encodings });
      return stay(
        state,
        orders.map((order): SccpEffect => ({ kind: "notify", notice: { kind: "order", order } })),
      );
    }
  }
}

function betterSpoke(state: Registered, message: ServerMessage, moment: Moment): SccpStep {
  switch (message.kind) {
    case "registerTokenAck": {
      const granted = neighbours.tokenGranted(state, moment);
      return stay({ ...state, better: granted.next }, granted.effects);
    }
    case "registerTokenReject": {
      const rejected = neighbours.tokenRejected(state.better, message.waitSec, moment);
      return stay({ ...state, better: rejected.next }, rejected.effects);
    }
    default:
      return ignore(state, message.kind);
  }
}

function closed(
  settings: SccpSettings,
  state: SccpState,
  event: Extract<SccpEvent, { readonly kind: "closed" }>,
  moment: Moment,
): SccpStep {
  const cause = event.wasReset ? restartCauses.resetTcp : restartCauses.closedByServer;
  switch (state.kind) {
    case "registering":
      if (event.link !== "active") return ignore(state, `${event.link} closed`);
      return giveUp(settings, { ...state, held: { ...state.held, cause } }, "closed", "", [], moment);
    case "registered":
      if (event.link !== "active") return neighbourGone(state, event.link, moment);
      // Leaving for a better server: chan_skinny answers an Unregister by closing.
      if (state.better.phase === "leaving") return moveToBetter(settings, state, moment);
      return lost(settings, state, "closed", cause, moment);
    case "unregistering":
      return event.link === "active" ? gone("the server closed") : ignore(state, `${event.link} closed`);
    case "stopped":
    case "connecting":
    case "pausing":
      return ignore(state, `${event.link} closed`);
  }
}

/** Nonsense on a stream: that connection is of no use any more (SCCP-004). */
function badStream(
  settings: SccpSettings,
  state: SccpState,
  event: Extract<SccpEvent, { readonly kind: "bad-stream" }>,
  moment: Moment,
): SccpStep {
  const close: SccpEffect = { kind: "close", link: event.link };
  if (state.kind === "registering" && event.link === "active") {
    const held = { ...state.held, cause: restartCauses.badStream };
    return giveUp(settings, { ...state, held }, "closed", "", [close], moment);
  }
  if (state.kind !== "registered")
    return { ...ignore<SccpState, SccpEffect>(state, event.detail), effects: [close] };
  if (event.link === "active") return lost(settings, state, "closed", restartCauses.badStream, moment);
  const next = neighbourGone(state, event.link, moment);
  return { ...next, effects: [close, ...next.effects] };
}

function station(state: SccpState, event: Extract<SccpEvent, { readonly kind: "station" }>): SccpStep {
  if (state.kind !== "registered") return ignore(state, `${event.intent.kind} without a server`);
  const message = stationMessage(event.intent, state.address, state.version);
  if (message === undefined) return ignore(state, `${event.intent.kind} at version ${state.version}`);
  return stay(state, [{ kind: "send", link: "active", version: state.version, message }]);
}

function timer(settings: SccpSettings, state: SccpState, name: string, moment: Moment): SccpStep {
  switch (state.kind) {
    case "registering": {
      const held = { ...state.held, cause: restartCauses.tcpTimeout };
      return giveUp(
        settings,
        { ...state, held },
        "no-answer",
        "",
        [{ kind: "close", link: "active" }],
        moment,
      );
    }
    case "registered":
      return registeredTimer(settings, state, name, moment);
    case "pausing":
      return beginWalk(settings, state.held, "pause is over", moment);
    case "unregistering":
      return gone("no answer to the unregister request");
    case "connecting": {
      const failed = connectFailed(settings, state, "no-answer", moment);
      return { ...failed, effects: [{ kind: "close", link: "active" }, ...failed.effects] };
    }
    case "stopped":
      return ignore(state, `timer ${name}`);
  }
}

/** Everything that can change what the phone does by itself. */
function timersOf(state: SccpState): readonly Timer[] {
  switch (state.kind) {
    case "stopped":
      return [];
    case "connecting":
      return [{ name: "connect", at: state.giveUpAt }];
    case "registering":
      return [{ name: "register-answer", at: state.answerBy }];
    case "pausing":
      return [{ name: "list-pause", at: state.until }];
    case "unregistering":
      return [{ name: "unregister-answer", at: state.by }];
    case "registered":
      return registeredTimers(state);
  }
}

function registeredTimers({ keepalive, setup, standby, better }: Registered): readonly Timer[] {
  const timers: Timer[] = [];
  if (keepalive.lostAt === undefined) timers.push({ name: "keepalive", at: keepalive.sendAt });
  else timers.push({ name: "keepalive-lost", at: keepalive.lostAt });
  if (setup.phase !== "done") timers.push({ name: "setup", at: setup.by });
  if (standby.phase === "waiting") timers.push({ name: "standby-retry", at: standby.retryAt });
  if (standby.phase === "open") {
    const { lostAt, sendAt } = standby.keepalive;
    timers.push(
      lostAt === undefined ? { name: "standby-keepalive", at: sendAt } : { name: "standby-lost", at: lostAt },
    );
  }
  if (better.phase === "waiting") timers.push({ name: "better-look", at: better.retryAt });
  if (better.phase === "monitoring") timers.push({ name: "better-monitor", at: better.until });
  if (better.phase === "asking") timers.push({ name: "better-token", at: better.answerBy });
  if (better.phase === "leaving") timers.push({ name: "better-leave", at: better.by });
  return timers;
}

// Registered: orders are passed up, keepalives kept, neighbours looked after, and the server given up when it is gone.
import { go, type Moment, type Step, stay } from "#firmware/runtime/machine.ts";
import { answeredKeepalive, beginKeepalive, keepaliveInterval, sentKeepalive } from "./keepalive.ts";
import { readText } from "./label.ts";
import { oldestVersion } from "./messages/codec.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import * as neighbours from "./neighbours.ts";
import type { ServerOrder } from "./notices.ts";
import { ordersOf } from "./orders.ts";
import { freshWalk } from "./server-list.ts";
import { type RestartCause, restartCauses, type SccpSettings } from "./settings.ts";
import { beginSetup, sendAll, setupMessage, setupTimeout } from "./setup.ts";
import type { Registered, Registering, SccpEffect, SccpState, ServerFailure } from "./state.ts";
import { noTemplates, takeTemplate, templateOrders } from "./templates.ts";
import { usualKeepaliveSec, usualStandbyKeepaliveSec } from "./timing.ts";
import { takeUserData, userDataAnswer } from "./user-data.ts";
import { connectTo, endpointOf, giveUp, register, serverAt, tellServer } from "./walking.ts";

type SccpStep = Step<SccpState, SccpEffect>;

/**
 * min(own, given), and never below the oldest layouts there are: 0 means that none was given (CallManager 2.x), and
 * chan_skinny's 0x30 is above anything (reference 1.3).
 */
export function negotiateVersion(own: number, given: number): number {
  return Math.max(oldestVersion, Math.min(own, given));
}

/** RegisterAck: the phone is in. */
export function accepted(
  settings: SccpSettings,
  state: Registering,
  ack: Extract<ServerMessage, { readonly kind: "registerAck" }>,
  moment: Moment,
): SccpStep {
  const server = serverAt(settings, state.server);
  const version = negotiateVersion(settings.protocolVersion, ack.protocolVersion);
  const intervalMs = keepaliveInterval(ack.keepAliveSec, usualKeepaliveSec);
  const standbyIntervalMs = keepaliveInterval(ack.standbyKeepAliveSec, usualStandbyKeepaliveSec);
  const { standby, better, effects } = neighbours.beginNeighbours(settings, state.server, moment);
  const next: Registered = {
    kind: "registered",
    held: { ...state.held, rounds: 0, cause: restartCauses.initialised },
    server: state.server,
    address: state.address,
    version,
    keepalive: beginKeepalive(intervalMs, moment.now),
    standbyIntervalMs,
    setup: beginSetup(moment.now),
    templates: noTemplates,
    standby,
    better,
    pieces: new Map(),
  };
  return go(next, `${server.host} accepted, version ${version}, keepalive ${intervalMs / 1000} s`, [
    tellServer({
      kind: "registered",
      server: endpointOf(server),
      isBackup: state.server > 0,
      keepaliveSec: intervalMs / 1000,
    }),
    order({ kind: "date-template", template: readText(ack.dateTemplate, version) }),
    ...effects,
  ]);
}

/** A message of the server the phone is registered with. */
export function serverSpoke(
  settings: SccpSettings,
  state: Registered,
  message: ServerMessage,
  moment: Moment,
): SccpStep {
  switch (message.kind) {
    case "keepAliveAck":
      return stay({ ...state, keepalive: answeredKeepalive(state.keepalive) });
    case "reset":
      return stay(state, [{ kind: "notify", notice: { kind: "reset", how: resetKind(message.type) } }]);
    case "unregisterAck":
      return leaveAnswered(settings, state, message.status, moment);
    case "versionRes": {
      const name = readText(message.load, state.version);
      return stay(state, [{ kind: "notify", notice: { kind: "wanted-load", name } }]);
    }
    case "userToDeviceData":
    case "userToDeviceDataV1": {
      const { pieces, notices } = takeUserData(state.pieces, message);
      const answers = notices.length === 0 ? [] : [userDataAnswer(message)];
      return stay({ ...state, pieces }, [
        ...notices.map((notice): SccpEffect => ({ kind: "notify", notice })),
        ...sendAll(answers, state.version),
      ]);
    }
    default:
      return terminalSpoke(settings, state, message, moment);
  }
}

function terminalSpoke(
  settings: SccpSettings,
  state: Registered,
  message: ServerMessage,
  moment: Moment,
): SccpStep {
  const templates = takeTemplate(state.templates, message, state.version);
  const orders =
    templates === undefined
      ? ordersOf(message, { version: state.version, encodings: settings.encodings })
      : templateOrders(templates, message);
  const next: Registered = { ...state, templates: templates ?? state.templates };
  const asked = setupMessage(state.setup, message, next.templates, settings.encodings, moment.now);
  return stay({ ...next, setup: asked.setup }, [
    ...orders.map(order),
    ...sendAll(asked.messages, state.version),
    ...(asked.isDone && state.setup.phase !== "done" ? [configured] : []),
  ]);
}

const configured: SccpEffect = { kind: "notify", notice: { kind: "configured" } };

const order = (value: ServerOrder): SccpEffect => ({
  kind: "notify",
  notice: { kind: "order", order: value },
});

/** A timer of the registered state. */
export function registeredTimer(
  settings: SccpSettings,
  state: Registered,
  name: string,
  moment: Moment,
): SccpStep {
  switch (name) {
    case "keepalive":
      return stay({ ...state, keepalive: sentKeepalive(state.keepalive, moment.now) }, [
        keepaliveOn("active", state),
      ]);
    case "keepalive-lost":
      return lost(settings, state, "no-answer", restartCauses.keepaliveTimeout, moment);
    case "setup": {
      const asked = setupTimeout(state.setup, state.templates, moment.now);
      return stay({ ...state, setup: asked.setup }, [
        ...sendAll(asked.messages, state.version),
        ...(asked.isDone ? [configured] : []),
      ]);
    }
    default:
      return name.startsWith("standby")
        ? standbyTimer(settings, state, name, moment)
        : betterTimer(settings, state, moment);
  }
}

const keepaliveOn = (link: "active" | "standby", state: Registered): SccpEffect => ({
  kind: "send",
  link,
  version: state.version,
  message: { kind: "keepAliveReq" },
});

function standbyTimer(settings: SccpSettings, state: Registered, name: string, moment: Moment): SccpStep {
  const { standby } = state;
  if (standby.phase === "waiting") {
    return stay({ ...state, standby: { phase: "connecting", server: standby.server } }, [
      { kind: "connect", link: "standby", server: serverAt(settings, standby.server) },
    ]);
  }
  if (standby.phase !== "open") return stay(state);
  if (name === "standby-lost") {
    return stay({ ...state, standby: neighbours.standbyLost(standby, moment) }, [
      { kind: "close", link: "standby" },
    ]);
  }
  const keepalive = sentKeepalive(standby.keepalive, moment.now);
  return stay({ ...state, standby: { ...standby, keepalive } }, [keepaliveOn("standby", state)]);
}

function betterTimer(settings: SccpSettings, state: Registered, moment: Moment): SccpStep {
  const { better } = state;
  switch (better.phase) {
    case "waiting":
      return stay({ ...state, better: { phase: "connecting", server: better.server } }, [
        { kind: "connect", link: "better", server: serverAt(settings, better.server) },
      ]);
    case "monitoring": {
      const asked = neighbours.askToken(settings, state, better.server, state.address, moment);
      return stay({ ...state, better: asked.next }, asked.effects);
    }
    case "asking": {
      // No answer to the token request: a server without tokens, whose open door has to do.
      const granted = neighbours.tokenGranted(state, moment);
      return stay({ ...state, better: granted.next }, granted.effects);
    }
    case "leaving":
      return moveToBetter(settings, state, moment);
    default:
      return stay(state);
  }
}

/** The present server let the phone go, or would not. */
function leaveAnswered(settings: SccpSettings, state: Registered, status: number, moment: Moment): SccpStep {
  if (state.better.phase !== "leaving") return stay(state);
  if (status !== 2) return moveToBetter(settings, state, moment);
  const rejected = neighbours.betterLost(state, moment);
  return stay({ ...state, better: rejected.next }, [{ kind: "close", link: "better" }]);
}

/** Registers at the better server on the connection that is open already. */
export function moveToBetter(settings: SccpSettings, state: Registered, moment: Moment): SccpStep {
  if (state.better.phase !== "leaving") return stay(state);
  const server = state.better.server;
  const held = { ...state.held, cause: restartCauses.failback };
  const why = `back to ${serverAt(settings, server).host}`;
  const effects: readonly SccpEffect[] = [
    { kind: "close", link: "standby" },
    { kind: "promote", link: "better" },
  ];
  return register(settings, held, freshWalk, server, state.address, why, effects, moment);
}

/** The server is gone: the one that stands by takes over at once, calls keep their sound. */
export function lost(
  settings: SccpSettings,
  state: Registered,
  failure: ServerFailure,
  cause: RestartCause,
  moment: Moment,
): SccpStep {
  const held = { ...state.held, cause };
  const walk = { ...freshWalk, tried: [state.server] };
  const told = tellServer({
    kind: "failed",
    server: endpointOf(serverAt(settings, state.server)),
    failure,
    text: "",
    retryInMs: 0,
  });
  const name = serverAt(settings, state.server).host;
  if (state.standby.phase === "open") {
    const effects: readonly SccpEffect[] = [
      told,
      { kind: "close", link: "better" },
      { kind: "promote", link: "standby" },
    ];
    const why = `${name} lost (${failure}), standby takes over`;
    return register(settings, held, walk, state.standby.server, state.address, why, effects, moment);
  }
  const closeAll: readonly SccpEffect[] = [
    { kind: "close", link: "active" },
    { kind: "close", link: "standby" },
    { kind: "close", link: "better" },
  ];
  if (settings.servers.length === 1) {
    // One server only: it may have restarted, so it is tried again at once before any pause.
    const why = `${name} lost (${failure})`;
    return connectTo(settings, held, freshWalk, state.server, why, [...closeAll, told], moment);
  }
  return giveUp(settings, { held, walk: freshWalk, server: state.server }, failure, "", closeAll, moment);
}

function resetKind(type: number): "reset" | "restart" | "apply-configuration" {
  return type === 2 ? "restart" : type === 3 ? "apply-configuration" : "reset";
}

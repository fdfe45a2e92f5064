// The two other connections of a registered phone (sccp reference 5.5): the next server, kept alive and ready, and the
// way back to a better one. Neither moves the phone while a call is up.
import type { Moment } from "#firmware/runtime/machine.ts";
import { later } from "#hal/contract/time.ts";
import { answeredKeepalive, beginKeepalive } from "./keepalive.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import { standbyFor } from "./server-list.ts";
import type { SccpSettings } from "./settings.ts";
import type { Better, Registered, SccpEffect, Standby } from "./state.ts";
import { leastTokenWaitSec, lookAgainMs, tokenAnswerMs, unregisterMs } from "./timing.ts";
import { serverAt } from "./walking.ts";

/** A changed neighbour and what has to be done for it. */
export interface NeighbourStep<N> {
  readonly next: N;
  readonly effects: readonly SccpEffect[];
}

/** Registered at `server`: open a standby connection, and look for a better server if there is one. */
export function beginNeighbours(
  settings: SccpSettings,
  server: number,
  moment: Moment,
): { readonly standby: Standby; readonly better: Better; readonly effects: readonly SccpEffect[] } {
  const standbyServer = standbyFor(settings.servers, server);
  const effects: SccpEffect[] = [];
  let standby: Standby = { phase: "none" };
  if (standbyServer !== undefined) {
    standby = { phase: "connecting", server: standbyServer };
    effects.push({ kind: "connect", link: "standby", server: serverAt(settings, standbyServer) });
  }
  const better: Better =
    server === 0
      ? { phase: "none" }
      : { phase: "waiting", server: 0, retryAt: later(moment.now, lookAgainMs) };
  return { standby, better, effects };
}

/** The standby connection opened. */
export function standbyOpened(state: Registered, moment: Moment): Standby {
  if (state.standby.phase !== "connecting") return state.standby;
  const keepalive = beginKeepalive(state.standbyIntervalMs, moment.now);
  return { phase: "open", server: state.standby.server, keepalive };
}

/** The standby connection failed or ended: look again later. */
export function standbyLost(standby: Standby, moment: Moment): Standby {
  if (standby.phase === "none") return standby;
  return { phase: "waiting", server: standby.server, retryAt: later(moment.now, lookAgainMs) };
}

/** The better server's door is open: ask for leave to come, or watch it for a while first. */
export function betterOpened(
  settings: SccpSettings,
  state: Registered,
  address: string,
  moment: Moment,
): NeighbourStep<Better> {
  const { better } = state;
  if (better.phase !== "connecting") return { next: better, effects: [] };
  if (serverAt(settings, state.server).isFallback) {
    const until = later(moment.now, settings.monitorSec * 1000);
    return { next: { phase: "monitoring", server: better.server, until }, effects: [] };
  }
  return askToken(settings, state, better.server, address, moment);
}

/** RegisterTokenReq, while still registered here. */
export function askToken(
  settings: SccpSettings,
  state: Registered,
  server: number,
  address: string,
  moment: Moment,
): NeighbourStep<Better> {
  return {
    next: { phase: "asking", server, answerBy: later(moment.now, tokenAnswerMs) },
    effects: [
      {
        kind: "send",
        link: "better",
        version: state.version,
        message: {
          kind: "registerTokenReq",
          deviceName: settings.deviceName,
          user: 0,
          instance: 1,
          address,
          deviceType: settings.deviceType,
          ip6: "",
          unknown: 0,
        },
      },
    ],
  };
}

/** The better server answered the question, or has no such answer and said nothing. */
export function tokenGranted(state: Registered, moment: Moment): NeighbourStep<Better> {
  const { better } = state;
  if (better.phase !== "asking" && better.phase !== "granted") return { next: better, effects: [] };
  if (state.held.calls > 0) return { next: { phase: "granted", server: better.server }, effects: [] };
  return {
    next: { phase: "leaving", server: better.server, by: later(moment.now, unregisterMs) },
    effects: [{ kind: "send", link: "active", version: state.version, message: { kind: "unregisterReq" } }],
  };
}

/** Not yet: keep the present server and ask again after the time it names. */
export function tokenRejected(better: Better, waitSec: number, moment: Moment): NeighbourStep<Better> {
  if (better.phase !== "asking") return { next: better, effects: [] };
  const retryAt = later(moment.now, Math.max(leastTokenWaitSec, waitSec) * 1000);
  return {
    next: { phase: "waiting", server: better.server, retryAt },
    effects: [{ kind: "close", link: "better" }],
  };
}

/** The better server went away: try the next one that is still better than the present, then begin again later. */
export function betterLost(state: Registered, moment: Moment): NeighbourStep<Better> {
  const { better } = state;
  if (better.phase === "none") return { next: better, effects: [] };
  const following = better.server + 1;
  const server = following < state.server ? following : 0;
  const retryAt = later(moment.now, server === 0 ? lookAgainMs : 0);
  return { next: { phase: "waiting", server, retryAt }, effects: [] };
}

/** Answers on the standby connection. */
export function standbyMessage(standby: Standby, message: ServerMessage): Standby {
  if (standby.phase !== "open" || message.kind !== "keepAliveAck") return standby;
  return { ...standby, keepalive: answeredKeepalive(standby.keepalive) };
}

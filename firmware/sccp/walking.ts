// The walk along the server list: connect, register, on to the next, and a pause when all have failed
// (sccp reference 5.5, 5.6; X2 of seed-coverage: the list is walked once, then the reason and a pause).
import { retryPause } from "#firmware/runtime/chance.ts";
import { go, type Moment, type Step, stay } from "#firmware/runtime/machine.ts";
import { InvariantError } from "#hal/contract/errors.ts";
import { later } from "#hal/contract/time.ts";
import type { PhoneMessage } from "./messages/phone-messages.ts";
import type { ServerState } from "./notices.ts";
import { freshWalk, nextServer } from "./server-list.ts";
import type { SccpServer, SccpSettings } from "./settings.ts";
import type { Connecting, Held, SccpEffect, SccpState, ServerFailure, Walk } from "./state.ts";
import {
  connectTries,
  exhaustedPlan,
  lookUpAndConnectMs,
  registerAnswerMs,
  rejectedPauseMs,
} from "./timing.ts";

type SccpStep = Step<SccpState, SccpEffect>;

/** Messages before the version is known use the oldest layouts; those of Register never changed. */
const firstVersion = 3;

export function serverAt(settings: SccpSettings, index: number): SccpServer {
  const server = settings.servers[index];
  if (server === undefined)
    throw new InvariantError(`server ${index} is in a list of ${settings.servers.length}`);
  return server;
}

export const endpointOf = ({ host, port }: SccpServer) => ({ address: host, port });

export const tellServer = (state: ServerState): SccpEffect => ({
  kind: "notify",
  notice: { kind: "server", state },
});

/** Begins at the first server of the list. */
export function beginWalk(settings: SccpSettings, held: Held, why: string, moment: Moment): SccpStep {
  return connectTo(settings, held, freshWalk, 0, why, [], moment);
}

/** Opens a connection to one server. */
export function connectTo(
  settings: SccpSettings,
  held: Held,
  walk: Walk,
  index: number,
  why: string,
  effects: readonly SccpEffect[],
  moment: Moment,
): SccpStep {
  const server = serverAt(settings, index);
  const giveUpAt = later(moment.now, lookUpAndConnectMs);
  return go({ kind: "connecting", held, walk, server: index, tries: 1, giveUpAt }, why, [
    ...effects,
    tellServer({ kind: "connecting", server: endpointOf(server) }),
    { kind: "connect", link: "active", server },
  ]);
}

/** The server did not do: once more if it only did not answer in time, else the next one. */
export function connectFailed(
  settings: SccpSettings,
  state: Connecting,
  failure: ServerFailure,
  moment: Moment,
): SccpStep {
  if (failure === "no-answer" && state.tries < connectTries) {
    const giveUpAt = later(moment.now, lookUpAndConnectMs);
    return stay({ ...state, tries: state.tries + 1, giveUpAt }, [
      { kind: "connect", link: "active", server: serverAt(settings, state.server) },
    ]);
  }
  return giveUp(settings, state, failure, "", [], moment);
}

/** Tells why this server is given up and goes on to the next one, or pauses when there is none left. */
export function giveUp(
  settings: SccpSettings,
  state: { readonly held: Held; readonly walk: Walk; readonly server: number },
  failure: ServerFailure,
  text: string,
  effects: readonly SccpEffect[],
  moment: Moment,
): SccpStep {
  const { held, server } = state;
  const walk: Walk = {
    tried: [...state.walk.tried, server],
    text: text === "" ? state.walk.text : text,
    isRejected: state.walk.isRejected || failure === "rejected",
  };
  const next = nextServer(settings.servers.length, server, walk.tried);
  const failed = (retryInMs: number): SccpEffect =>
    tellServer({
      kind: "failed",
      server: endpointOf(serverAt(settings, server)),
      failure,
      text,
      retryInMs,
    });
  if (next !== undefined) {
    const why = `${serverAt(settings, server).host}: ${failure}${text === "" ? "" : ` "${text}"`}`;
    return connectTo(settings, held, walk, next, why, [...effects, failed(0)], moment);
  }
  const rounds = held.rounds + 1;
  const leastMs = walk.isRejected ? rejectedPauseMs : 0;
  const pauseMs = Math.max(leastMs, Math.round(retryPause(exhaustedPlan, rounds, moment.random)));
  return go(
    { kind: "pausing", held: { ...held, rounds }, until: later(moment.now, pauseMs) },
    `no server left: ${failure}`,
    [...effects, failed(pauseMs), { kind: "notify", notice: { kind: "list-exhausted", text: walk.text } }],
  );
}

/** The connection is open: who we are, and why we come. */
export function register(
  settings: SccpSettings,
  held: Held,
  walk: Walk,
  server: number,
  address: string,
  why: string,
  effects: readonly SccpEffect[],
  moment: Moment,
): SccpStep {
  const send = (message: PhoneMessage): SccpEffect => ({
    kind: "send",
    link: "active",
    version: firstVersion,
    message,
  });
  return go(
    { kind: "registering", held, walk, server, address, answerBy: later(moment.now, registerAnswerMs) },
    why,
    [
      ...effects,
      tellServer({ kind: "registering", server: endpointOf(serverAt(settings, server)) }),
      send(alarm(settings, held, address)),
      send(registerReq(settings, held, address)),
      send({ kind: "ipPort", rtpPort: settings.rtpPortHint }),
      send({ kind: "headsetStatus", mode: settings.isHeadsetOn ? 1 : 2 }),
    ],
  );
}

/** Severity of a restart report (4.13). */
const informational = 2;

function alarm(settings: SccpSettings, held: Held, address: string): PhoneMessage {
  const { number, last } = held.cause;
  const text = `${number}: Name=${settings.deviceName} Load=${settings.loadName} Last=${last}`;
  return { kind: "alarm", severity: informational, text: text.slice(0, 79), param1: 0, address };
}

/** Register of a 7960-class phone: 68 bytes of body, no UTF-8 unless a version above 11 is offered (1.4, 3.1). */
function registerReq(settings: SccpSettings, held: Held, address: string): PhoneMessage {
  return {
    kind: "registerReq",
    deviceName: settings.deviceName,
    user: 0,
    instance: 1,
    address,
    deviceType: settings.deviceType,
    maxStreams: 0,
    activeStreams: held.calls,
    protocolVersion: settings.protocolVersion,
    feature1: 0x00,
    feature2: settings.protocolVersion > 11 ? 0x70 : 0x60,
    feature3: 0x85,
    maxConferences: 0,
    activeConferences: 0,
    macText: "",
    ipv4Scope: 0,
  };
}

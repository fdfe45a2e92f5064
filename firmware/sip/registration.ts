// Registration of one line (RFC 3261 §10, RFC 5626 §4.5) as a pure machine: the list of servers walked in order, the
// refresh before the granted time ends, growing pauses, and the way back to the first server.
import { between } from "#firmware/runtime/chance.ts";
import {
  go,
  ignore,
  type Machine,
  type Moment,
  type Step,
  type Timer,
  type TimerEvent,
} from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { RegistrationFailure } from "./notices.ts";

/** Why a try failed, with what the server said. */
export interface Failure {
  readonly failure: RegistrationFailure;
  readonly status: number | undefined;
  readonly reason: string;
  /** Retry-After of a 503, or 0. */
  readonly retryAfterSec: number;
}

/** A binding a server holds for us. */
export interface Binding {
  /** Place in the list of servers. */
  readonly server: number;
  readonly endpoint: Endpoint;
  readonly grantedSec: number;
  readonly endsAt: MonoMs;
  readonly refreshAt: MonoMs;
}

export type RegistrationState =
  | { readonly kind: "idle" }
  /** A REGISTER is on its way to the first server of the walk, and to the next ones if that is silent. */
  | {
      readonly kind: "registering";
      readonly walk: Walk;
      readonly rounds: number;
      readonly expiresSec: number;
    }
  | { readonly kind: "registered"; readonly binding: Binding; readonly probe: Probe | undefined }
  /** Registered, and asking for more time (or asked by somebody who found the server silent). */
  | {
      readonly kind: "refreshing";
      readonly binding: Binding;
      readonly walk: Walk;
      readonly expiresSec: number;
      readonly probe: Probe | undefined;
    }
  /** Registered with a later server, and asking the first one again. */
  | { readonly kind: "probing"; readonly binding: Binding; readonly probe: Probe }
  /** Every server failed; the pause grows with each round. */
  | { readonly kind: "waiting"; readonly retryAt: MonoMs; readonly rounds: number; readonly failure: Failure }
  | { readonly kind: "unregistering" }
  | { readonly kind: "stopped" };

/** Places in the list of servers, in the order they are asked. */
export type Walk = readonly number[];

/** When the first server is asked again while a later one serves. */
export interface Probe {
  readonly at: MonoMs;
  /** Tries in a row that failed. */
  readonly failures: number;
}

export type RegistrationEvent =
  | { readonly kind: "start" }
  | {
      readonly kind: "accepted";
      readonly server: number;
      readonly endpoint: Endpoint;
      readonly grantedSec: number;
    }
  /** `server` is the last one that was asked. */
  | { readonly kind: "failed"; readonly server: number; readonly failure: Failure }
  /** 423: the server wants at least so long. */
  | { readonly kind: "too-brief"; readonly server: number; readonly leastSec: number }
  /** Somebody got no answer from this address, or ICMP. */
  | { readonly kind: "suspected"; readonly endpoint: Endpoint }
  /** Contact or servers changed, or a person asked: again from the first server. */
  | { readonly kind: "restart" }
  | { readonly kind: "unregister" }
  | { readonly kind: "stop" };

export type RegistrationEffect =
  /** REGISTER to the servers of the walk, the next one after 2·T1 of silence. */
  | { readonly kind: "register"; readonly walk: Walk; readonly expiresSec: number }
  /** Our binding there is not wanted any more. */
  | { readonly kind: "release"; readonly binding: Binding }
  /** The list is exhausted. */
  | { readonly kind: "exhausted"; readonly failure: Failure };

export interface RegistrationOptions {
  readonly name: string;
  /** How many servers the list has. */
  readonly servers: number;
  readonly expiresSec: number;
  readonly deltaSec: number;
}

/** Longest registration that is asked for, whatever a 423 says. */
const mostExpiresSec = 3_932_100;

/** Below this the guide's phone logs a warning and keeps the configured time; this one refreshes in time (REG-005). */
export const leastRefreshSec = 60;

/** Pause before the first server is asked again, and its limit, seconds. */
const probeSec = { first: 30, most: 600 };

/** How long before a registration ends it is refreshed: the configured time, but no more than half of it all. */
export function refreshAfterSec(grantedSec: number, deltaSec: number): number {
  return grantedSec - Math.min(deltaSec, grantedSec / 2);
}

/**
 * RFC 5626 §4.5: "wait-time = min( max-time, (base-time * (2 ^ consecutive-failures)))", then "between 50 and 100% of
 * the wait time"; no less than a server's Retry-After.
 */
export function pauseMs(rounds: number, retryAfterSec: number, moment: Moment): number {
  const wholeSec = Math.min(1800, 30 * 2 ** rounds);
  return Math.max(between(moment.random, wholeSec / 2, wholeSec), retryAfterSec) * 1000;
}

function probeAfter(failures: number, { now, random }: Moment): Probe {
  const wholeSec = Math.min(probeSec.most, probeSec.first * 2 ** failures);
  return { at: later(now, between(random, wholeSec / 2, wholeSec) * 1000), failures };
}

type RegistrationStep = Step<RegistrationState, RegistrationEffect>;

/** The registration machine. */
export function registration(
  options: RegistrationOptions,
): Machine<RegistrationState, RegistrationEvent, RegistrationEffect> {
  const all: Walk = Array.from({ length: options.servers }, (_, server) => server);

  const ask = (walk: Walk, rounds: number, why: string, expiresSec = options.expiresSec): RegistrationStep =>
    go({ kind: "registering", walk, rounds, expiresSec }, why, [{ kind: "register", walk, expiresSec }]);
  const begin = (rounds: number, why: string): RegistrationStep => ask(all, rounds, why);

  const accepted = (
    state: RegistrationState,
    event: Extract<RegistrationEvent, { kind: "accepted" }>,
    moment: Moment,
  ): RegistrationStep => {
    const { server, endpoint, grantedSec } = event;
    const before = "binding" in state ? state.binding : undefined;
    const binding: Binding = {
      server,
      endpoint,
      grantedSec,
      endsAt: later(moment.now, grantedSec * 1000),
      refreshAt: later(moment.now, refreshAfterSec(grantedSec, options.deltaSec) * 1000),
    };
    const hasMoved = before !== undefined && before.server !== server;
    // Who left a server because it was silent has nobody there to say good-bye to.
    const effects: RegistrationEffect[] =
      hasMoved && state.kind === "probing" ? [{ kind: "release", binding: before }] : [];
    // Refreshing with a later server does not put off the question whether the first one is back.
    const pending = state.kind === "refreshing" && !hasMoved ? state.probe : undefined;
    const probe = server === 0 ? undefined : (pending ?? probeAfter(0, moment));
    return go(
      { kind: "registered", binding, probe },
      `${grantedSec} s at ${endpoint.address}:${endpoint.port}`,
      effects,
    );
  };

  const failed = (
    state: RegistrationState,
    event: Extract<RegistrationEvent, { kind: "failed" }>,
    moment: Moment,
  ): RegistrationStep => {
    const { failure } = event;
    const why = `${failure.failure}${failure.status === undefined ? "" : ` ${failure.status}`}`;
    if (state.kind === "probing") {
      const probe = probeAfter(state.probe.failures + 1, moment);
      return go({ kind: "registered", binding: state.binding, probe }, why);
    }
    const before = state.kind === "registering" ? state.rounds : 0;
    const walk = "walk" in state ? state.walk.slice(state.walk.indexOf(event.server) + 1) : [];
    if (walk.length > 0) {
      const expiresSec = "expiresSec" in state ? state.expiresSec : options.expiresSec;
      return ask(walk, before, `${why}, next server`, expiresSec);
    }
    const rounds = before + 1;
    const retryAt = later(moment.now, pauseMs(rounds, failure.retryAfterSec, moment));
    return go({ kind: "waiting", retryAt, rounds, failure }, why, [{ kind: "exhausted", failure }]);
  };

  const tooBrief = (
    state: RegistrationState,
    event: Extract<RegistrationEvent, { kind: "too-brief" }>,
    moment: Moment,
  ): RegistrationStep => {
    const asked = "expiresSec" in state ? state.expiresSec : options.expiresSec;
    const { server, leastSec } = event;
    if (state.kind !== "probing" && leastSec > asked && leastSec <= mostExpiresSec) {
      const rounds = state.kind === "registering" ? state.rounds : 0;
      const walk = "walk" in state ? state.walk.slice(state.walk.indexOf(server)) : [server];
      return ask(walk, rounds, `at least ${leastSec} s`, leastSec);
    }
    const failure: Failure = { failure: "interval-too-brief", status: 423, reason: "", retryAfterSec: 0 };
    return failed(state, { kind: "failed", server, failure }, moment);
  };

  /** The server that has us first, then those behind it, then those before it: one of them may be back. */
  const refresh = (binding: Binding, probe: Probe | undefined, why: string): RegistrationStep => {
    const { expiresSec } = options;
    const walk: Walk = [...all.slice(binding.server), ...all.slice(0, binding.server)];
    const effect: RegistrationEffect = { kind: "register", walk, expiresSec };
    return go({ kind: "refreshing", binding, walk, expiresSec, probe }, why, [effect]);
  };

  const rang = (state: RegistrationState, name: string): RegistrationStep => {
    if (state.kind === "waiting") return begin(state.rounds, "again");
    if (state.kind !== "registered") return ignore(state, `timer ${name}`);
    if (name === "refresh") return refresh(state.binding, state.probe, "refresh");
    const probe = state.probe ?? { at: state.binding.refreshAt, failures: 0 };
    const effect: RegistrationEffect = { kind: "register", walk: [0], expiresSec: options.expiresSec };
    return go({ kind: "probing", binding: state.binding, probe }, "is the first server back?", [effect]);
  };

  return {
    name: options.name,
    initial: { kind: "idle" },
    timers,
    step(state, event: RegistrationEvent | TimerEvent, moment) {
      switch (event.kind) {
        case "start":
          if (state.kind === "waiting") return begin(state.rounds, "asked to try again");
          return state.kind === "idle" || state.kind === "stopped"
            ? begin(0, "start")
            : ignore(state, "started");
        case "restart":
          return state.kind === "stopped" ? ignore(state, "stopped") : begin(0, "from the first server");
        case "accepted":
          return isAsking(state) ? accepted(state, event, moment) : ignore(state, "late 2xx");
        case "failed":
          if (state.kind === "unregistering") return go({ kind: "stopped" }, "no answer to the end");
          return isAsking(state) ? failed(state, event, moment) : ignore(state, "late failure");
        case "too-brief":
          return isAsking(state) ? tooBrief(state, event, moment) : ignore(state, "late 423");
        case "suspected":
          return state.kind === "registered" && isSame(state.binding.endpoint, event.endpoint)
            ? refresh(state.binding, state.probe, "the server was silent")
            : ignore(state, "suspicion");
        case "unregister":
          return "binding" in state
            ? go({ kind: "unregistering" }, "asked to", [{ kind: "release", binding: state.binding }])
            : go({ kind: "stopped" }, "asked to");
        case "stop":
          return go({ kind: "stopped" }, "asked to");
        case "timer":
          return rang(state, event.name);
        default:
          return unreachable(event);
      }
    },
  };
}

function isAsking(state: RegistrationState): boolean {
  return state.kind === "registering" || state.kind === "refreshing" || state.kind === "probing";
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port;
}

function timers(state: RegistrationState): readonly Timer[] {
  switch (state.kind) {
    case "registered": {
      const refresh: Timer = { name: "refresh", at: state.binding.refreshAt };
      return state.probe === undefined ? [refresh] : [refresh, { name: "probe", at: state.probe.at }];
    }
    case "waiting":
      return [{ name: "retry", at: state.retryAt }];
    default:
      return [];
  }
}

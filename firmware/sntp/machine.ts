// The clock query machine: four modes, polls, kisses (reference boot-and-provisioning 8.2 and 8.3; RFC 4330).

import { go, ignore, type Machine, type Moment, stay } from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Random } from "#hal/contract/random.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { timestampOf } from "./arithmetic.ts";
import { type Continuation, heard } from "./hearing.ts";
import { ntpRequest } from "./messages.ts";
import { answerWithinMs, firstPauseMs, lastPollSec, pollSec } from "./poll.ts";
import { correct, estimateAt, isAbsurd } from "./setting.ts";
import type { Base, ClockFacts, Effect, Event, SntpSettings, SntpStep, State } from "./state.ts";

/** The machine of one phone. */
export function createSntp(facts: ClockFacts, startedAt: MonoMs): Machine<State, Event, Effect> {
  return {
    name: "sntp",
    initial: {
      kind: "off",
      settings: undefined,
      estimate: { unixMs: facts.floorUnixMs, at: startedAt },
      isClockSet: false,
      denied: new Set(),
      history: new Map(),
      serverIndex: 0,
      asked: [],
      found: undefined,
      addresses: new Map(),
    },
    timers(state) {
      switch (state.kind) {
        case "pausing":
          return [{ name: "next question", at: state.nextAt }];
        case "asking":
          return [{ name: "answer", at: state.timeoutAt }];
        case "listening":
          return [{ name: "silence", at: state.silentAt }];
        case "off":
        case "resolving":
        case "refused":
          return [];
        default:
          return unreachable(state);
      }
    },
    step(state, event, moment) {
      switch (event.kind) {
        case "start":
          return start(state, event.settings, moment);
        case "stop":
          return state.kind === "off"
            ? ignore(state, "already off")
            : go({ ...baseOf(state), kind: "off" }, "no address any more", [{ kind: "listen", isOn: false }]);
        case "resolved":
          return resolved(state, event, moment);
        case "packet":
          return heard(facts, state, event, moment.now, continueAfter(moment));
        case "cannot-listen":
          return stay(state, [{ kind: "notify", notice: { kind: "cannot-listen", detail: event.detail } }]);
        case "told":
          return told(facts, state, event.unixMs, moment.now);
        case "timer":
          return timeOut(state, moment);
        default:
          return unreachable(event);
      }
    },
  };
}

/** The fields every state has. */
export function baseOf(state: Base): Base {
  const { settings, estimate, isClockSet, denied, history, serverIndex, asked, found, addresses } = state;
  return { settings, estimate, isClockSet, denied, history, serverIndex, asked, found, addresses };
}

function start(state: State, settings: SntpSettings, { now, random }: Moment): SntpStep {
  const base: Base = { ...baseOf(state), settings, serverIndex: 0, asked: [], found: undefined };
  const isListening = settings.mode === "multicast";
  const listen: Effect = { kind: "listen", isOn: isListening };
  if (isListening) {
    const silentAt = later(now, lastPollSec * 1000);
    const name = settings.servers.find((host) => !isAddress(host));
    const resolve: readonly Effect[] = name === undefined ? [] : [{ kind: "resolve", host: name }];
    return go({ ...base, kind: "listening", silentAt, isDoubtTold: false }, "multicast", [
      listen,
      ...resolve,
    ]);
  }
  if (settings.mode === "unicast" && settings.servers.length === 0)
    return go({ ...base, kind: "off" }, "no server", [listen]);
  const pauseMs = firstPauseMs(base.isClockSet, random);
  if (pauseMs > 0)
    return go({ ...base, kind: "pausing", nextAt: later(now, pauseMs) }, "the clock is set", [listen]);
  return nextQuestion(base, { now, random }, [listen]);
}

function isAddress(host: string): boolean {
  return /^[0-9.]+$/.test(host);
}

/** Whom to ask now: undefined when every server refuses. */
function hostToAsk(base: Base): string | undefined {
  const { settings, found, denied } = base;
  if (settings === undefined) return undefined;
  const isManycast = settings.mode === "anycast" || settings.servers.length === 0;
  // The 7.x footnote: in anycast the configured address is ignored and the first request goes to the broadcast address.
  if (isManycast) return found !== undefined && !denied.has(found) ? found : settings.broadcast;
  const count = settings.servers.length;
  for (let step = 0; step < count; step++) {
    const host = settings.servers[(base.serverIndex + step) % count];
    if (host !== undefined && !denied.has(host)) return host;
  }
  return undefined;
}

function nextQuestion(base: Base, moment: Moment, effects: readonly Effect[] = []): SntpStep {
  const host = hostToAsk(base);
  if (base.settings === undefined || host === undefined)
    return go({ ...base, kind: "refused" }, "every server refuses", [
      ...effects,
      { kind: "notify", notice: { kind: "refused" } },
    ]);
  const asked: Base = {
    ...base,
    asked: [...base.asked, host],
    serverIndex: Math.max(0, base.settings.servers.indexOf(host)),
  };
  if (isAddress(host)) return ask(asked, host, host, moment, effects);
  const known = base.addresses.get(host);
  if (known !== undefined && known.until > moment.now)
    return ask(asked, host, known.address, moment, effects);
  return go({ ...asked, kind: "resolving", host }, host, [...effects, { kind: "resolve", host }]);
}

function ask(
  base: Base,
  host: string,
  address: string,
  { now, random }: Moment,
  effects: readonly Effect[],
): SntpStep {
  const isBroadcast = address === base.settings?.broadcast;
  const sent = { unixMs: estimateAt(base.estimate, now), at: now };
  const transmit = nonce(sent.unixMs, random);
  const packet = ntpRequest(transmit);
  return go(
    {
      ...base,
      kind: "asking",
      host,
      question: { server: isBroadcast ? undefined : address, version: packet.flags.version, transmit },
      sent,
      timeoutAt: later(now, answerWithinMs),
      isDoubtTold: false,
    },
    host,
    [
      ...effects,
      { kind: "notify", notice: { kind: "asking", server: host } },
      { kind: "ask", to: address, packet, isBroadcast },
    ],
  );
}

/** RFC 4330 §3: the fraction bits below the clock's own step are random, which also makes the answer unguessable. */
function nonce(unixMs: number, random: Random): bigint {
  const low = 22n; // 2²² × 2⁻³² s is just under a millisecond
  return ((timestampOf(unixMs) >> low) << low) | BigInt(random.u32() & 0x3f_ffff);
}

function resolved(state: State, event: Extract<Event, { kind: "resolved" }>, moment: Moment): SntpStep {
  const { host, address } = event;
  const isWanted = state.kind === "resolving" ? state.host === host : state.kind === "listening";
  if (!isWanted) return ignore(state, "late name");
  if (address === undefined)
    return state.kind === "resolving"
      ? silence(baseOf(state), host, moment)
      : ignore(state, `${host} unknown`);
  const until = later(moment.now, Math.max(event.ttlSec, 60) * 1000);
  const addresses = new Map(state.addresses).set(host, { address, until });
  if (state.kind === "listening") return stay({ ...state, addresses });
  return ask({ ...baseOf(state), addresses }, host, address, moment, []);
}

function timeOut(state: State, moment: Moment): SntpStep {
  switch (state.kind) {
    case "pausing":
      return nextQuestion({ ...baseOf(state), asked: [] }, moment);
    case "asking":
      return silence(baseOf(state), state.host, moment);
    case "listening": {
      const silentAt = later(moment.now, lastPollSec * 1000);
      const notice = {
        kind: "no-answer",
        servers: state.settings?.servers ?? [],
        nextInMs: lastPollSec * 1000,
      } as const;
      // Nobody broadcasts here: ask again where asking is allowed.
      if (state.settings?.mode === "directedbroadcast")
        return nextQuestion({ ...baseOf(state), asked: [] }, moment);
      return stay({ ...state, silentAt }, [{ kind: "notify", notice }]);
    }
    case "off":
    case "resolving":
    case "refused":
      return ignore(state, "late timer");
    default:
      return unreachable(state);
  }
}

/** `host` did not answer: another server at once, or all of them later (RFC 4330 §10: alternate, back off). */
function silence(base: Base, host: string, moment: Moment): SntpStep {
  const before = base.history.get(host) ?? { good: 0, silent: 0, floorSec: 0 };
  const record = { ...before, good: 0, silent: before.silent + 1 };
  const isLost = host === base.found && record.silent >= 3;
  const silent: Base = {
    ...base,
    history: new Map(base.history).set(host, record),
    found: isLost ? undefined : base.found,
    serverIndex: base.serverIndex + 1,
  };
  const next = hostToAsk(silent);
  if (next === undefined || !silent.asked.includes(next)) return nextQuestion(silent, moment);
  const nextInMs = pollSec(silent.history.get(next) ?? record) * 1000;
  return go({ ...silent, kind: "pausing", nextAt: later(moment.now, nextInMs) }, `no answer from ${host}`, [
    { kind: "notify", notice: { kind: "no-answer", servers: silent.asked, nextInMs } },
  ]);
}

function continueAfter(moment: Moment): Continuation {
  return {
    pause(base, host, effects) {
      const seconds = pollSec(base.history.get(host) ?? { good: 0, silent: 0, floorSec: 0 });
      return go(
        { ...base, kind: "pausing", nextAt: later(moment.now, seconds * 1000) },
        `${host}, again in ${seconds} s`,
        effects,
      );
    },
    listen: (base, effects) =>
      go(
        { ...base, kind: "listening", silentAt: later(moment.now, lastPollSec * 1000), isDoubtTold: false },
        "answered, now broadcasts",
        [...effects, { kind: "listen", isOn: true }],
      ),
    silence: (base, host) => silence(base, host, moment),
    next: (base, effects) => nextQuestion(base, moment, effects),
  };
}

/** A call server's time counts only while nothing better set the clock. */
function told(facts: ClockFacts, state: State, unixMs: number, now: MonoMs): SntpStep {
  if (state.isClockSet) return ignore(state, "the clock is set");
  if (isAbsurd(unixMs, facts)) return ignore(state, `absurd time ${unixMs}`);
  const correction = { server: "signalling", stratum: undefined, unixMs, delayMs: undefined };
  const { base, effects } = correct(baseOf(state), correction, now);
  return { state: { ...state, ...base }, effects, why: "time of a call server" };
}

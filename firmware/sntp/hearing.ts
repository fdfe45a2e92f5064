// What the machine does with a packet: a good answer, a kiss, a broadcast, or something it does not believe.

import { ignore, stay } from "#firmware/runtime/machine.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { measure, timestampOf, unixMsOf } from "./arithmetic.ts";
import { checkBroadcast, checkReply, type Doubt } from "./checks.ts";
import { lastPollSec, slowedPollSec } from "./poll.ts";
import { correct, isAbsurd } from "./setting.ts";
import type { Asking, Base, ClockFacts, Effect, Event, Listening, SntpStep, State } from "./state.ts";

type PacketEvent = Extract<Event, { kind: "packet" }>;

/** What follows an answer; machine.ts knows the pauses and the order of servers. */
export interface Continuation {
  /** `host` is asked again later. */
  pause(base: Base, host: string, effects: readonly Effect[]): SntpStep;
  /** From now on broadcasts are enough. */
  listen(base: Base, effects: readonly Effect[]): SntpStep;
  /** As if `host` had not answered. */
  silence(base: Base, host: string): SntpStep;
  /** The next server, now. */
  next(base: Base, effects: readonly Effect[]): SntpStep;
}

/** One decoded packet in any state. */
export function heard(
  facts: ClockFacts,
  state: State,
  event: PacketEvent,
  now: MonoMs,
  then: Continuation,
): SntpStep {
  if (event.isBroadcast)
    return state.kind === "listening"
      ? heardBroadcast(facts, state, event, now)
      : ignore(state, "broadcast while asking");
  if (state.kind !== "asking") return ignore(state, "answer to nothing");
  const verdict = checkReply(event.packet, event.from, state.question);
  switch (verdict.kind) {
    case "good":
      return answered(facts, state, event, now, then);
    case "kiss":
      return kissed(state, event.from.address, verdict.code, then);
    case "doubtful":
      return doubt(state, event.from.address, verdict.doubt);
  }
}

/** Not believed: the first is told, and the wait for the right one goes on. */
function doubt(state: Asking | Listening, server: string, why: Doubt | "absurd"): SntpStep {
  if (state.isDoubtTold) return ignore(state, `${why} from ${server}`);
  return stay({ ...state, isDoubtTold: true }, [
    { kind: "notify", notice: { kind: "doubtful", server, doubt: why } },
  ]);
}

function answered(
  facts: ClockFacts,
  state: Asking,
  { packet, from, at }: PacketEvent,
  now: MonoMs,
  then: Continuation,
): SntpStep {
  const arrivalUnixMs = state.sent.unixMs + (at - state.sent.at);
  const { offsetMs, delayMs } = measure({
    originate: timestampOf(state.sent.unixMs),
    receive: packet.receive,
    transmit: packet.transmit,
    arrival: timestampOf(arrivalUnixMs),
  });
  const unixMs = arrivalUnixMs + offsetMs + (now - at);
  if (isAbsurd(unixMs, facts)) return doubt(state, from.address, "absurd");
  const corrected = correct(
    withoutQuestion(state),
    { server: from.address, stratum: packet.stratum, unixMs, delayMs },
    now,
  );
  const isManycast = state.question.server === undefined;
  if (isManycast && state.denied.has(from.address)) return doubt(state, from.address, "other-server");
  const host = isManycast ? from.address : state.host;
  const before = state.history.get(host) ?? { good: 0, silent: 0, floorSec: 0 };
  const base: Base = {
    ...corrected.base,
    found: isManycast ? from.address : state.found,
    history: new Map(state.history).set(host, { ...before, good: before.good + 1, silent: 0 }),
  };
  return state.settings?.mode === "directedbroadcast"
    ? then.listen(base, corrected.effects)
    : then.pause(base, host, corrected.effects);
}

function withoutQuestion(state: Asking): Base {
  const {
    kind: _kind,
    host: _host,
    question: _question,
    sent: _sent,
    timeoutAt: _timeoutAt,
    ...base
  } = state;
  return base;
}

/** RFC 5905 §7.4: DENY and RSTR end the asking, RATE slows it, X… is ignored, others have no meaning. */
function kissed(state: Asking, server: string, code: string, then: Continuation): SntpStep {
  const notice: Effect = { kind: "notify", notice: { kind: "kiss", server, code } };
  const host = state.question.server === undefined ? server : state.host;
  const base = withoutQuestion(state);
  if (code === "DENY" || code === "RSTR")
    return then.next({ ...base, denied: new Set(base.denied).add(host) }, [notice]);
  if (code === "RATE") {
    const before = base.history.get(host) ?? { good: 0, silent: 0, floorSec: 0 };
    const history = new Map(base.history).set(host, { ...before, floorSec: slowedPollSec(before) });
    return then.pause({ ...base, history }, host, [notice]);
  }
  if (code.startsWith("X")) return ignore(state, `experimental kiss ${code}`);
  const step = then.silence(base, state.host);
  return { ...step, effects: [notice, ...step.effects] };
}

function heardBroadcast(
  facts: ClockFacts,
  state: Listening,
  { packet, from, at }: PacketEvent,
  now: MonoMs,
): SntpStep {
  const only = broadcaster(state);
  if (only.isUnknown) return doubt(state, from.address, "other-server");
  const verdict = checkBroadcast(packet, from, only.address);
  if (verdict.kind === "kiss") return ignore(state, "kiss in a broadcast");
  if (verdict.kind === "doubtful") return doubt(state, from.address, verdict.doubt);
  const unixMs = unixMsOf(packet.transmit) + (now - at);
  if (isAbsurd(unixMs, facts)) return doubt(state, from.address, "absurd");
  const { base, effects } = correct(
    state,
    { server: from.address, stratum: packet.stratum, unixMs, delayMs: undefined },
    now,
  );
  const silentAt = later(now, lastPollSec * 1000);
  return stay({ ...base, kind: "listening", silentAt, isDoubtTold: false }, effects);
}

/** Whose broadcasts count: anybody's without a server, else its address once that is known. */
function broadcaster(state: Listening): {
  readonly address: string | undefined;
  readonly isUnknown: boolean;
} {
  const [server] = state.settings?.servers ?? [];
  if (server === undefined) return { address: undefined, isUnknown: false };
  const address = /^[0-9.]+$/.test(server) ? server : state.addresses.get(server)?.address;
  return { address, isUnknown: address === undefined };
}

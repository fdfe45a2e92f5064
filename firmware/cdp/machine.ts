// CDP as a pure step: asks for the voice VLAN at carrier, announces the phone, remembers neighbours. It goes on for as
// long as the link is up; what its answers mean for the boot is decided elsewhere.
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
import { later, type MonoMs } from "#hal/contract/time.ts";
import { announcement, type CdpFacts, type Duplex, nextRequestId, type PowerTalk } from "./announcement.ts";
import type { CdpPacket } from "./messages.ts";
import { type Entry, heard, known, nextForgetAt, saysTheSame, without } from "./neighbours.ts";
import type { CdpNeighbour, CdpNotice } from "./notices.ts";
import { announceEveryMs, announceGapMs, queryAtMs } from "./timing.ts";

/** What every state with a link has. */
interface Up {
  readonly facts: CdpFacts;
  readonly upAt: MonoMs;
  readonly duplex: Duplex;
  readonly talk: PowerTalk;
  readonly table: readonly Entry[];
  /** The next frame of ours that is no query. */
  readonly announceAt: MonoMs;
  readonly announcedAt: MonoMs | undefined;
}

export type CdpState =
  | { readonly kind: "down"; readonly facts: CdpFacts }
  /** Queries leave; nobody has answered yet. */
  | ({ readonly kind: "asking"; readonly queries: number } & Up)
  /** All queries are out, or the last neighbour is gone; every announcement is a query too. */
  | ({ readonly kind: "silent" } & Up)
  /** At least one neighbour. */
  | ({ readonly kind: "heard" } & Up);

export type CdpEvent =
  /** Carrier, or another duplex on it. */
  | { readonly kind: "link-up"; readonly duplex: Duplex }
  | { readonly kind: "link-down" }
  /** A good frame. What comes in by the PC port never counts (reference 2.7 rule 9). */
  | { readonly kind: "frame"; readonly neighbour: CdpNeighbour; readonly port: "network" | "pc" }
  | { readonly kind: "facts"; readonly facts: CdpFacts };

export type CdpEffect =
  | { readonly kind: "send"; readonly packet: CdpPacket }
  | { readonly kind: "notify"; readonly notice: CdpNotice };

/** The fields every state with a link has, and no others. */
function upOf({ facts, upAt, duplex, talk, table, announceAt, announcedAt }: Up): Up {
  return { facts, upAt, duplex, talk, table, announceAt, announcedAt };
}

type CdpStep = Step<CdpState, CdpEffect>;
type UpState = Exclude<CdpState, { kind: "down" }>;

export function createCdpMachine(facts: CdpFacts): Machine<CdpState, CdpEvent, CdpEffect> {
  return { name: "cdp", initial: { kind: "down", facts }, timers: timersOf, step };
}

function timersOf(state: CdpState): readonly Timer[] {
  if (state.kind === "down") return [];
  const forgetAt = nextForgetAt(state.table);
  const ask = state.kind === "asking" ? queryAtMs[state.queries] : undefined;
  return [
    ...(ask === undefined
      ? [{ name: "announce", at: state.announceAt }]
      : [{ name: "ask", at: later(state.upAt, ask) }]),
    ...(forgetAt === undefined ? [] : [{ name: "forget", at: forgetAt }]),
  ];
}

function step(state: CdpState, event: CdpEvent | TimerEvent, moment: Moment): CdpStep {
  switch (event.kind) {
    case "link-up":
      return state.kind === "down"
        ? ask(state.facts, event.duplex, moment)
        : changed(state, { ...state, duplex: event.duplex }, moment);
    case "link-down":
      return state.kind === "down"
        ? ignore(state, "down already")
        : go({ kind: "down", facts: state.facts }, "carrier lost");
    case "facts":
      return state.kind === "down"
        ? { state: { ...state, facts: event.facts }, effects: [] }
        : changed(state, withFacts(state, event.facts), moment);
    case "frame":
      if (event.port === "pc") return ignore(state, "came by the PC port");
      if (state.kind === "down") return ignore(state, "no carrier");
      return event.neighbour.ttlSec === 0
        ? leave(state, event.neighbour, moment)
        : hear(state, event.neighbour, moment);
    case "timer":
      return timer(state, event.name, moment);
    default:
      return unreachable(event);
  }
}

/** Carrier: the first query leaves at once. */
function ask(facts: CdpFacts, duplex: Duplex, { now }: Moment): CdpStep {
  const state: CdpState = {
    kind: "asking",
    queries: 1,
    facts,
    upAt: now,
    duplex,
    talk: { requestId: 1, managementId: undefined },
    table: [],
    announceAt: later(now, announceEveryMs),
    announcedAt: undefined,
  };
  return go(state, "carrier", [send(state)]);
}

function send(state: UpState): CdpEffect {
  const isAsking = state.kind !== "heard";
  return { kind: "send", packet: announcement(state.facts, state.duplex, state.talk, { isAsking }) };
}

/** A power list that changed is a new request. */
function withFacts(state: UpState, facts: CdpFacts): UpState {
  const before = JSON.stringify(state.facts.milliwatts);
  const isNewRequest = before !== undefined && before !== JSON.stringify(facts.milliwatts);
  const talk = isNewRequest ? { ...state.talk, requestId: nextRequestId(state.talk.requestId) } : state.talk;
  return { ...state, facts, talk };
}

/** Something we say has changed: an announcement out of turn, unless a query is about to leave anyway. */
function changed(before: UpState, after: UpState, { now }: Moment): CdpStep {
  const isSame =
    JSON.stringify([before.facts, before.duplex]) === JSON.stringify([after.facts, after.duplex]);
  if (isSame) return ignore(before, "nothing new");
  return after.kind === "asking" ? { state: after, effects: [] } : soon(after, now);
}

/** Now, or as soon as the gap to the previous announcement allows. */
function soon(state: UpState, now: MonoMs): CdpStep {
  const freeAt = state.announcedAt === undefined ? now : later(state.announcedAt, announceGapMs);
  if (freeAt <= now) return announced(state, now);
  return { state: { ...state, announceAt: freeAt }, effects: [] };
}

function announced(state: UpState, now: MonoMs): CdpStep {
  return {
    state: { ...state, announceAt: later(now, announceEveryMs), announcedAt: now },
    effects: [send(state)],
  };
}

function hear(state: UpState, neighbour: CdpNeighbour, { now }: Moment): CdpStep {
  const entry = known(state.table, neighbour);
  const table = heard(state.table, neighbour, now);
  const managementId = neighbour.power?.managementId ?? state.talk.managementId;
  const hasNewPower = managementId !== state.talk.managementId;
  const up = { ...upOf(state), kind: "heard", table, talk: { ...state.talk, managementId } } as const;
  if (entry !== undefined && saysTheSame(entry.neighbour, neighbour)) return { state: up, effects: [] };
  const notices: readonly CdpEffect[] = [
    { kind: "notify", notice: { kind: "neighbour", neighbour, isNew: entry === undefined } },
    ...duplexNotice(state.duplex, neighbour, entry?.neighbour),
  ];
  // The first answer, and new words about power, are answered at once.
  const isFirst = state.kind !== "heard";
  const next = isFirst || hasNewPower ? soon(up, now) : { state: up, effects: [] };
  return {
    ...go<CdpState, CdpEffect>(
      next.state,
      `${neighbour.deviceId} ${neighbour.portId}: ${vlanWord(neighbour)}`,
    ),
    effects: [...notices, ...next.effects],
  };
}

function vlanWord({ voiceVlan }: CdpNeighbour): string {
  return voiceVlan.kind === "vlan" ? `voice VLAN ${voiceVlan.vlanId}` : `voice VLAN ${voiceVlan.kind}`;
}

function duplexNotice(
  ours: Duplex,
  neighbour: CdpNeighbour,
  before: CdpNeighbour | undefined,
): readonly CdpEffect[] {
  const theirs = neighbour.duplex;
  if (ours === undefined || theirs === undefined || ours === theirs || before?.duplex === theirs) return [];
  return [{ kind: "notify", notice: { kind: "duplex-mismatch", ours, theirs } }];
}

/** A neighbour took leave (TTL 0). */
function leave(state: UpState, neighbour: CdpNeighbour, { now }: Moment): CdpStep {
  const entry = known(state.table, neighbour);
  if (entry === undefined) return ignore(state, "leave of a stranger");
  return forget(state, [entry], now, "took leave");
}

function forget(state: UpState, gone: readonly Entry[], now: MonoMs, why: string): CdpStep {
  const table = gone.reduce((left, { neighbour }) => without(left, neighbour), state.table);
  const effects = gone.map(
    ({ neighbour }): CdpEffect => ({ kind: "notify", notice: { kind: "neighbour-lost", neighbour } }),
  );
  const names = gone.map(({ neighbour }) => neighbour.deviceId).join(", ");
  if (table.length > 0) return go({ ...state, table }, `${names} ${why}`, effects);
  const alone = { ...upOf(state), kind: "silent", table, announceAt: later(now, announceGapMs) } as const;
  return go(alone, `${names} ${why}`, effects);
}

function timer(state: CdpState, name: string, moment: Moment): CdpStep {
  if (state.kind === "down") return ignore(state, "late timer");
  switch (name) {
    case "ask":
      return askAgain(state, moment);
    case "announce":
      return announced(state, moment.now);
    case "forget": {
      const gone = state.table.filter(({ forgetAt }) => forgetAt <= moment.now);
      return forget(state, gone, moment.now, "not heard any more");
    }
    default:
      return ignore(state, "late timer");
  }
}

function askAgain(state: UpState, { now }: Moment): CdpStep {
  if (state.kind !== "asking") return ignore(state, "answered meanwhile");
  const queries = state.queries + 1;
  if (queries < queryAtMs.length) return { state: { ...state, queries }, effects: [send(state)] };
  const silent: CdpState = { ...upOf(state), kind: "silent", announceAt: later(now, announceEveryMs) };
  return go(silent, `no answer to ${queries} queries`, [send(silent)]);
}

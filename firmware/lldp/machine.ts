// LLDP as a pure step: fast start at carrier and for every new LLDP-MED neighbour, then a frame every 30 s, a shutdown
// frame when an identity ends. What neighbours say goes up as notices; what it means is decided elsewhere.
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
import { announcement, type LldpFacts, type PortFacts, shutdown } from "./announcement.ts";
import type { LldpTlv } from "./messages.ts";
import type { LldpNeighbour, LldpNotice } from "./notices.ts";
import { announceEveryMs, announceGapMs, fastStartFrames, fastStartMs, mostNeighbours } from "./timing.ts";

interface Entry {
  readonly neighbour: LldpNeighbour;
  readonly heardAt: MonoMs;
  readonly forgetAt: MonoMs;
}

interface Up {
  readonly facts: LldpFacts;
  readonly port: PortFacts;
  readonly table: readonly Entry[];
  readonly sentAt: MonoMs;
  readonly sendAt: MonoMs;
}

export type LldpState =
  | { readonly kind: "down"; readonly facts: LldpFacts }
  /** `left` more frames, one a second. */
  | ({ readonly kind: "fast"; readonly left: number } & Up)
  /** A frame every 30 s, and out of turn for changes. */
  | ({ readonly kind: "slow" } & Up);

export type LldpEvent =
  | { readonly kind: "link-up"; readonly port: PortFacts }
  | { readonly kind: "link-down" }
  | { readonly kind: "frame"; readonly neighbour: LldpNeighbour }
  | { readonly kind: "facts"; readonly facts: LldpFacts }
  /** The phone is about to restart: take leave. */
  | { readonly kind: "leave" };

export type LldpEffect =
  | { readonly kind: "send"; readonly tlvs: readonly LldpTlv[] }
  | { readonly kind: "notify"; readonly notice: LldpNotice };

type LldpStep = Step<LldpState, LldpEffect>;
type UpState = Exclude<LldpState, { kind: "down" }>;

function upOf({ facts, port, table, sentAt, sendAt }: Up): Up {
  return { facts, port, table, sentAt, sendAt };
}

export function createLldpMachine(facts: LldpFacts): Machine<LldpState, LldpEvent, LldpEffect> {
  return { name: "lldp", initial: { kind: "down", facts }, timers: timersOf, step };
}

function timersOf(state: LldpState): readonly Timer[] {
  if (state.kind === "down") return [];
  const forgetAt = state.table.map((entry) => entry.forgetAt).sort((a, b) => a - b)[0];
  return [
    { name: "send", at: state.sendAt },
    ...(forgetAt === undefined ? [] : [{ name: "forget", at: forgetAt }]),
  ];
}

function step(state: LldpState, event: LldpEvent | TimerEvent, moment: Moment): LldpStep {
  switch (event.kind) {
    case "link-up":
      return state.kind === "down"
        ? fastStart(
            { facts: state.facts, port: event.port, table: [], sentAt: moment.now, sendAt: moment.now },
            moment,
            "carrier",
          )
        : changed(state, { ...state, port: event.port }, moment);
    case "link-down":
      return state.kind === "down"
        ? ignore(state, "down already")
        : go({ kind: "down", facts: state.facts }, "carrier lost");
    case "facts":
      return state.kind === "down"
        ? { state: { ...state, facts: event.facts }, effects: [] }
        : changed(state, { ...state, facts: event.facts }, moment);
    case "frame":
      if (state.kind === "down") return ignore(state, "no carrier");
      return event.neighbour.ttlSec === 0
        ? leave(state, event.neighbour)
        : hear(state, event.neighbour, moment);
    case "leave":
      return state.kind === "down"
        ? ignore(state, "no carrier")
        : go({ kind: "down", facts: state.facts }, "taking leave", [farewell(state.facts)]);
    case "timer":
      return timer(state, event.name, moment);
    default:
      return unreachable(event);
  }
}

function farewell({ mac, address }: LldpFacts): LldpEffect {
  return { kind: "send", tlvs: shutdown(mac, address) };
}

/** The first of its frames leaves at once. */
function fastStart(up: Up, moment: Moment, why: string, before: readonly LldpEffect[] = []): LldpStep {
  const sent = sendNow({ ...upOf(up), kind: "fast", left: fastStartFrames }, moment);
  return { ...go<LldpState, LldpEffect>(sent.state, why), effects: [...before, ...sent.effects] };
}

/** A frame now, and when the next one follows. */
function sendNow(state: UpState, { now }: Moment): LldpStep {
  const effects: readonly LldpEffect[] = [{ kind: "send", tlvs: announcement(state.facts, state.port) }];
  if (state.kind === "fast" && state.left > 1)
    return {
      state: { ...state, left: state.left - 1, sentAt: now, sendAt: later(now, fastStartMs) },
      effects,
    };
  const slow: LldpState = { ...upOf(state), kind: "slow", sentAt: now, sendAt: later(now, announceEveryMs) };
  return { state: slow, effects };
}

const vlanOf = ({ policy }: LldpFacts): string => JSON.stringify(policy?.vlanId ?? policy === undefined);

/**
 * Something we say has changed. Another address is another chassis id: leave is taken under the old one first. Another
 * VLAN begins a fast start on it.
 */
function changed(before: UpState, after: UpState, moment: Moment): LldpStep {
  if (JSON.stringify([before.facts, before.port]) === JSON.stringify([after.facts, after.port]))
    return ignore(before, "nothing new");
  const farewells = before.facts.address === after.facts.address ? [] : [farewell(before.facts)];
  if (farewells.length > 0 || vlanOf(before.facts) !== vlanOf(after.facts))
    return fastStart(after, moment, "said anew", farewells);
  const freeAt = later(after.sentAt, announceGapMs);
  if (freeAt <= moment.now) return sendNow(after, moment);
  return { state: after.sendAt <= freeAt ? after : { ...after, sendAt: freeAt }, effects: [] };
}

const isSame = (a: LldpNeighbour, b: LldpNeighbour): boolean =>
  a.mac === b.mac && a.chassisId === b.chassisId && a.portId === b.portId;

const saysTheSame = (a: LldpNeighbour, b: LldpNeighbour): boolean => said(a) === said(b);

/** Everything but the hold time, as comparable text. */
function said(neighbour: LldpNeighbour): string {
  return JSON.stringify({ ...neighbour, ttlSec: 0 }, (_key, value: unknown) =>
    value instanceof Uint8Array ? [...value] : value,
  );
}

function hear(state: UpState, neighbour: LldpNeighbour, moment: Moment): LldpStep {
  const { now } = moment;
  const entry = state.table.find((known) => isSame(known.neighbour, neighbour));
  const others = state.table.filter((known) => known !== entry).sort((a, b) => b.heardAt - a.heardAt);
  const table = [
    { neighbour, heardAt: now, forgetAt: later(now, neighbour.ttlSec * 1000) },
    ...others.slice(0, mostNeighbours - 1),
  ];
  const next = { ...state, table };
  if (entry !== undefined && saysTheSame(entry.neighbour, neighbour)) return { state: next, effects: [] };
  const notice: LldpEffect = {
    kind: "notify",
    notice: { kind: "neighbour", neighbour, isNew: entry === undefined },
  };
  const why = `${neighbour.systemName || neighbour.chassisId} ${neighbour.portId}: ${policyWord(neighbour)}`;
  // A network device begins to send MED TLVs when it hears ours: tell it quickly, once for each.
  const isNewMed = neighbour.isMed && entry?.neighbour.isMed !== true;
  if (!isNewMed || state.kind === "fast") return go<LldpState, LldpEffect>(next, why, [notice]);
  const freeAt = later(state.sentAt, fastStartMs);
  if (freeAt <= now) return fastStart(next, moment, why, [notice]);
  // However many there are, a frame a second is enough.
  return go<LldpState, LldpEffect>(
    { ...upOf(next), kind: "fast", left: fastStartFrames, sendAt: freeAt },
    why,
    [notice],
  );
}

function policyWord({ voice }: LldpNeighbour): string {
  if (voice === undefined || !voice.isKnown) return "no voice policy";
  return voice.isTagged ? `voice VLAN ${voice.vlanId}` : "voice untagged";
}

function leave(state: UpState, neighbour: LldpNeighbour): LldpStep {
  const entry = state.table.find((known) => isSame(known.neighbour, neighbour));
  return entry === undefined ? ignore(state, "leave of a stranger") : forget(state, [entry], "took leave");
}

function forget(state: UpState, gone: readonly Entry[], why: string): LldpStep {
  const table = state.table.filter((entry) => !gone.includes(entry));
  const names = gone.map(({ neighbour }) => neighbour.systemName || neighbour.chassisId).join(", ");
  return go<LldpState, LldpEffect>(
    { ...state, table },
    `${names} ${why}`,
    gone.map(({ neighbour }) => ({ kind: "notify", notice: { kind: "neighbour-lost", neighbour } })),
  );
}

function timer(state: LldpState, name: string, moment: Moment): LldpStep {
  if (state.kind === "down") return ignore(state, "late timer");
  if (name === "send") return sendNow(state, moment);
  return forget(
    state,
    state.table.filter(({ forgetAt }) => forgetAt <= moment.now),
    "not heard any more",
  );
}

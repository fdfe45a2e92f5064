// Binds the LLDP machine to the network port.
import type { Log } from "#firmware/runtime/log.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { LinkPort, LinkState, ReceivedFrame } from "#hal/contract/link.ts";
import type { LldpFacts } from "./announcement.ts";
import { createLldpMachine, type LldpEffect, type LldpEvent, type LldpState } from "./machine.ts";
import { decodeLldpFrame, encodeLldpFrame } from "./messages.ts";
import { neighbourOf } from "./neighbour.ts";
import type { LldpNeighbour, LldpNotice } from "./notices.ts";
import { framesPerSecond } from "./timing.ts";

export interface LldpOptions {
  readonly runtime: Runtime;
  /** The port to the switch. */
  readonly link: LinkPort;
  readonly facts: LldpFacts;
  readonly notify: (notice: LldpNotice) => void;
  readonly signal: AbortSignal;
}

export interface LldpCounters {
  readonly received: number;
  /** Refused by the decoder. */
  readonly malformed: number;
  /** More than ten in a second. */
  readonly overBudget: number;
  /** Our own frame come back, or one with a VLAN tag. */
  readonly foreign: number;
}

export interface Lldp {
  /** What the phone says of itself has changed; equal facts change nothing. */
  update(facts: Partial<LldpFacts>): void;
  /** Forgets every neighbour and starts anew, as if carrier had just come. */
  rediscover(): void;
  /** Takes leave with a shutdown frame and is silent until the next carrier: before an orderly restart. */
  leave(): void;
  neighbours(): readonly LldpNeighbour[];
  state(): LldpState;
  counters(): LldpCounters;
}

/** Starts at once where there is carrier, and with every carrier after that. */
export function startLldp(options: LldpOptions): Lldp {
  const { runtime, link, signal } = options;
  const log = runtime.log("lldp");
  const counters = { received: 0, malformed: 0, overBudget: 0, foreign: 0 };
  let facts = options.facts;
  let second = { since: Number.NEGATIVE_INFINITY, used: 0 };

  const runner = new Runner<LldpState, LldpEvent>({
    machine: createLldpMachine(facts),
    runtime,
    signal,
    perform(effect: LldpEffect) {
      switch (effect.kind) {
        case "send":
          // Always untagged: LLDP belongs to the port, not to a VLAN.
          return link.send(encodeLldpFrame({ source: link.mac, tlvs: effect.tlvs }));
        case "notify":
          return options.notify(effect.notice);
        default:
          return unreachable(effect);
      }
    },
  });

  const follow = (state: LinkState): void =>
    runner.send(state.isUp ? { kind: "link-up", port: state } : { kind: "link-down" });

  const take = (frame: ReceivedFrame): void => {
    if (frame.tag !== undefined && frame.tag.vlanId !== 0) return void counters.foreign++;
    counters.received++;
    if (frame.at - second.since >= 1000) second = { since: frame.at, used: 0 };
    second = { ...second, used: second.used + 1 };
    if (second.used > framesPerSecond) return void counters.overBudget++;
    const neighbour = readNeighbour(frame.bytes, link.mac, log);
    if (neighbour === "malformed") counters.malformed++;
    else if (neighbour === undefined) counters.foreign++;
    else runner.send({ kind: "frame", neighbour });
  };

  link.listen("lldp", take, { signal });
  link.changes.subscribe(follow, { signal });
  if (link.state().isUp) follow(link.state());

  return {
    update(changes) {
      facts = { ...facts, ...changes };
      runner.send({ kind: "facts", facts });
    },
    rediscover() {
      runner.send({ kind: "link-down" });
      if (link.state().isUp) follow(link.state());
    },
    leave: () => runner.send({ kind: "leave" }),
    neighbours: () =>
      runner.state.kind === "down" ? [] : runner.state.table.map(({ neighbour }) => neighbour),
    state: () => runner.state,
    counters: () => ({ ...counters }),
  };
}

/** The one place where a bad frame becomes a count and a debug line. */
function readNeighbour(bytes: Uint8Array, ownMac: string, log: Log): LldpNeighbour | undefined | "malformed" {
  try {
    const frame = decodeLldpFrame(bytes);
    return frame.source === ownMac ? undefined : neighbourOf(frame);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    log.debug(`dropped: ${error.message}`);
    return "malformed";
  }
}

// Binds the CDP machine to the network port.
import type { Log } from "#firmware/runtime/log.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { LinkPort, LinkState, ReceivedFrame } from "#hal/contract/link.ts";
import type { CdpFacts } from "./announcement.ts";
import { freshBudget, spend } from "./budget.ts";
import { type CdpEffect, type CdpEvent, type CdpState, createCdpMachine } from "./machine.ts";
import { decodeCdpFrame, encodeCdpFrame } from "./messages.ts";
import { neighbourOf } from "./neighbour.ts";
import type { CdpNeighbour, CdpNotice } from "./notices.ts";

export interface CdpOptions {
  readonly runtime: Runtime;
  /** The port to the switch. */
  readonly link: LinkPort;
  readonly facts: CdpFacts;
  readonly notify: (notice: CdpNotice) => void;
  readonly signal: AbortSignal;
}

export interface CdpCounters {
  readonly received: number;
  /** Refused by the decoder. */
  readonly malformed: number;
  /** More than ten in a second. */
  readonly overBudget: number;
  /** Another protocol of the group, another VLAN, or our own frame come back. */
  readonly foreign: number;
}

export interface Cdp {
  /** What the phone says of itself has changed; equal facts change nothing. */
  update(facts: Partial<CdpFacts>): void;
  /** Forgets every neighbour and asks anew, as if carrier had just come. */
  rediscover(): void;
  neighbours(): readonly CdpNeighbour[];
  state(): CdpState;
  counters(): CdpCounters;
}

/** Starts at once where there is carrier, and with every carrier after that. */
export function startCdp(options: CdpOptions): Cdp {
  const { runtime, link, signal } = options;
  const log = runtime.log("cdp");
  const counters = { received: 0, malformed: 0, overBudget: 0, foreign: 0 };
  let facts = options.facts;
  let budget = freshBudget;

  const runner = new Runner<CdpState, CdpEvent>({
    machine: createCdpMachine(facts),
    runtime,
    signal,
    perform(effect: CdpEffect) {
      switch (effect.kind) {
        case "send":
          // Untagged even while a VLAN is in use (reference 2.1, U-Boot).
          return link.send(encodeCdpFrame(link.mac, effect.packet));
        case "notify":
          return options.notify(effect.notice);
        default:
          return unreachable(effect);
      }
    },
  });

  const follow = (state: LinkState): void =>
    runner.send(state.isUp ? { kind: "link-up", duplex: state.duplex } : { kind: "link-down" });

  const take = (frame: ReceivedFrame): void => {
    const tagged = frame.tag?.vlanId ?? 0;
    if (tagged !== 0 && tagged !== facts.vlanId) return void counters.foreign++;
    counters.received++;
    const spent = spend(budget, frame.at);
    budget = spent.budget;
    if (!spent.isGranted) return void counters.overBudget++;
    const neighbour = readNeighbour(frame.bytes, link.mac, log);
    if (neighbour === "malformed") counters.malformed++;
    else if (neighbour === undefined) counters.foreign++;
    else runner.send({ kind: "frame", neighbour, port: "network" });
  };

  link.listen("cdp", take, { signal });
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
    neighbours: () =>
      runner.state.kind === "down" ? [] : runner.state.table.map(({ neighbour }) => neighbour),
    state: () => runner.state,
    counters: () => ({ ...counters }),
  };
}

/** The one place where a bad frame becomes a count and a debug line. */
function readNeighbour(bytes: Uint8Array, ownMac: string, log: Log): CdpNeighbour | undefined | "malformed" {
  try {
    const frame = decodeCdpFrame(bytes);
    return frame.kind === "cdp" && frame.source !== ownMac
      ? neighbourOf(frame.source, frame.packet)
      : undefined;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    log.debug(`dropped: ${error.message}`);
    return "malformed";
  }
}

// Binds the LLDP machine to the network port.
import { type FrameCounters, startFrameIntake } from "#firmware/runtime/frame-intake.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { LinkPort } from "#hal/contract/link.ts";
import type { LldpFacts } from "./announcement.ts";
import { createLldpMachine, type LldpEffect, type LldpEvent, type LldpState } from "./machine.ts";
import { decodeLldpFrame, encodeLldpFrame } from "./messages.ts";
import { neighbourOf } from "./neighbour.ts";
import type { LldpNeighbour, LldpNotice } from "./notices.ts";

export interface LldpOptions {
  readonly runtime: Runtime;
  /** The port to the switch. */
  readonly link: LinkPort;
  readonly facts: LldpFacts;
  readonly notify: (notice: LldpNotice) => void;
  readonly signal: AbortSignal;
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
  counters(): FrameCounters;
}

/** Starts at once where there is carrier, and with every carrier after that. */
export function startLldp(options: LldpOptions): Lldp {
  const { runtime, link, signal } = options;
  let facts = options.facts;

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

  const intake = startFrameIntake({
    link,
    frames: "lldp",
    log: runtime.log("lldp"),
    isOurs: (vlanId) => vlanId === 0,
    read(bytes) {
      const frame = decodeLldpFrame(bytes);
      return frame.source === link.mac ? undefined : neighbourOf(frame);
    },
    take: (neighbour) => runner.send({ kind: "frame", neighbour }),
    follow: (state) => runner.send(state.isUp ? { kind: "link-up", port: state } : { kind: "link-down" }),
    signal,
  });

  return {
    update(changes) {
      facts = { ...facts, ...changes };
      runner.send({ kind: "facts", facts });
    },
    rediscover: () => intake.restart(),
    leave: () => runner.send({ kind: "leave" }),
    neighbours: () =>
      runner.state.kind === "down" ? [] : runner.state.table.map(({ neighbour }) => neighbour),
    state: () => runner.state,
    counters: () => intake.counters(),
  };
}

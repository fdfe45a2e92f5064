// Binds the CDP machine to the network port.
import { type FrameCounters, startFrameIntake } from "#firmware/runtime/frame-intake.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { LinkPort } from "#hal/contract/link.ts";
import type { CdpFacts } from "./announcement.ts";
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

export interface Cdp {
  /** What the phone says of itself has changed; equal facts change nothing. */
  update(facts: Partial<CdpFacts>): void;
  /** Forgets every neighbour and asks anew, as if carrier had just come. */
  rediscover(): void;
  neighbours(): readonly CdpNeighbour[];
  state(): CdpState;
  counters(): FrameCounters;
}

/** Starts at once where there is carrier, and with every carrier after that. */
export function startCdp(options: CdpOptions): Cdp {
  const { runtime, link, signal } = options;
  let facts = options.facts;

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

  const intake = startFrameIntake({
    link,
    frames: "cdp",
    log: runtime.log("cdp"),
    isOurs: (vlanId) => vlanId === 0 || vlanId === facts.vlanId,
    read(bytes) {
      const frame = decodeCdpFrame(bytes);
      const isOthers = frame.kind === "cdp" && frame.source !== link.mac;
      return isOthers ? neighbourOf(frame.source, frame.packet) : undefined;
    },
    take: (neighbour) => runner.send({ kind: "frame", neighbour, port: "network" }),
    follow: (state) =>
      runner.send(state.isUp ? { kind: "link-up", duplex: state.duplex } : { kind: "link-down" }),
    signal,
  });

  return {
    update(changes) {
      facts = { ...facts, ...changes };
      runner.send({ kind: "facts", facts });
    },
    rediscover: () => intake.restart(),
    neighbours: () =>
      runner.state.kind === "down" ? [] : runner.state.table.map(({ neighbour }) => neighbour),
    state: () => runner.state,
    counters: () => intake.counters(),
  };
}

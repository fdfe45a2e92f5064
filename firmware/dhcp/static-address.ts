// A typed-in address (DHCP Enabled = No): probed, announced and defended like any other (RFC 5227 §2.1 names manual
// configuration first). There is no server to tell of a conflict, so the phone waits and tries again.
import {
  go,
  ignore,
  type Machine,
  type Moment,
  type Step,
  stay,
  type Timer,
} from "#firmware/runtime/machine.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Mac } from "#hal/contract/link.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { type ArpPacket, isConflict } from "./arp.ts";
import type { DhcpNotice, Lease } from "./notices.ts";
import { announceIntervalMs, conflictWaitMs, defendIntervalMs, probeWaitMs } from "./timing.ts";

/** What is typed in, as a lease that never ends. */
export interface StaticSettings {
  readonly address: string;
  readonly mask: string;
  readonly routers: readonly string[];
  readonly dnsServers: readonly string[];
  readonly domainName: string | undefined;
  readonly tftpServers: readonly string[];
}

export function staticLease(settings: StaticSettings): Lease {
  return {
    ...settings,
    origin: "static",
    server: undefined,
    leaseSec: Number.POSITIVE_INFINITY,
    ntpServers: [],
    tftpServerName: undefined,
    bootFile: undefined,
    serverName: undefined,
    nextServer: undefined,
    vendorSpecific: undefined,
    vendorBlocks: [],
    sipServers: undefined,
  };
}

export type StaticState =
  | { readonly kind: "stopped"; readonly conflicts: number }
  | { readonly kind: "probing"; readonly lease: Lease; readonly conflicts: number; readonly until: MonoMs }
  | {
      readonly kind: "bound";
      readonly lease: Lease;
      readonly conflicts: number;
      readonly watchUntil: MonoMs | undefined;
      readonly defendedAt: MonoMs | undefined;
    }
  | {
      readonly kind: "conflicted";
      readonly lease: Lease;
      readonly conflicts: number;
      readonly retryAt: MonoMs;
    };

export type StaticEvent =
  | { readonly kind: "start"; readonly lease: Lease }
  | { readonly kind: "verify" }
  | { readonly kind: "arp"; readonly packet: ArpPacket }
  | { readonly kind: "stop" };

export type StaticEffect =
  | { readonly kind: "probe"; readonly address: string }
  | { readonly kind: "announce"; readonly address: string }
  | { readonly kind: "notify"; readonly notice: DhcpNotice };

type StaticStep = Step<StaticState, StaticEffect>;

/** The static address of the interface with this MAC. */
export function createStaticMachine(mac: Mac): Machine<StaticState, StaticEvent, StaticEffect> {
  return {
    name: "address",
    initial: { kind: "stopped", conflicts: 0 },
    timers: timersOf,
    step(state, event, moment) {
      switch (event.kind) {
        case "start":
          return probe(event.lease, state.conflicts, moment, "told to");
        case "verify":
          return verify(state, moment);
        case "arp":
          return arp(mac, state, event.packet, moment);
        case "stop":
          return go({ kind: "stopped", conflicts: state.conflicts }, "told to");
        case "timer":
          return timer(state, moment);
        default:
          return unreachable(event);
      }
    },
  };
}

function timersOf(state: StaticState): readonly Timer[] {
  switch (state.kind) {
    case "stopped":
      return [];
    case "probing":
      return [{ name: "probe", at: state.until }];
    case "bound":
      return state.watchUntil === undefined ? [] : [{ name: "watch", at: state.watchUntil }];
    case "conflicted":
      return [{ name: "retry", at: state.retryAt }];
    default:
      return unreachable(state);
  }
}

function probe(lease: Lease, conflicts: number, { now }: Moment, why: string): StaticStep {
  return go({ kind: "probing", lease, conflicts, until: later(now, probeWaitMs) }, why, [
    { kind: "probe", address: lease.address },
  ]);
}

/** The link was away: the address stays in use and is probed for and announced again. */
function verify(state: StaticState, moment: Moment): StaticStep {
  switch (state.kind) {
    case "stopped":
    case "conflicted":
      return ignore(state, "nothing to verify");
    case "probing":
      return probe(state.lease, state.conflicts, moment, "link is back");
    case "bound": {
      const { address } = state.lease;
      return {
        state: { ...state, watchUntil: later(moment.now, announceIntervalMs) },
        effects: [
          { kind: "probe", address },
          { kind: "announce", address },
        ],
        why: "link is back",
      };
    }
    default:
      return unreachable(state);
  }
}

function timer(state: StaticState, moment: Moment): StaticStep {
  switch (state.kind) {
    case "stopped":
      return ignore(state, "stopped");
    case "conflicted":
      return probe(state.lease, state.conflicts, moment, "waited long enough");
    case "probing": {
      const { lease, conflicts } = state;
      const watchUntil = later(moment.now, announceIntervalMs);
      return go({ kind: "bound", lease, conflicts, watchUntil, defendedAt: undefined }, lease.address, [
        { kind: "announce", address: lease.address },
        { kind: "notify", notice: { kind: "bound", lease, how: "static" } },
      ]);
    }
    case "bound":
      return stay({ ...state, watchUntil: undefined, conflicts: 0 }, [
        { kind: "announce", address: state.lease.address },
      ]);
    default:
      return unreachable(state);
  }
}

function arp(mac: Mac, state: StaticState, packet: ArpPacket, moment: Moment): StaticStep {
  if (state.kind !== "probing" && state.kind !== "bound") return ignore(state, "no address in use");
  const isProbing = state.kind === "probing" || state.watchUntil !== undefined;
  const { address } = state.lease;
  if (!isConflict(packet, { mac, address, isProbing })) return ignore(state, "no conflict");
  const { now } = moment;
  if (state.kind === "bound" && !isProbing) {
    const { defendedAt } = state;
    if (defendedAt === undefined || now - defendedAt >= defendIntervalMs)
      return {
        state: { ...state, defendedAt: now },
        effects: [{ kind: "announce", address }],
        why: `${packet.senderMac} claims ${address}: defended`,
      };
  }
  const conflicts = state.conflicts + 1;
  const retryAt = later(now, conflictWaitMs(conflicts));
  const lost: readonly StaticEffect[] =
    state.kind === "bound" ? [{ kind: "notify", notice: { kind: "lost", address, reason: "conflict" } }] : [];
  return go(
    { kind: "conflicted", lease: state.lease, conflicts, retryAt },
    `${address} belongs to ${packet.senderMac}`,
    [
      ...lost,
      {
        kind: "notify",
        notice: { kind: "conflict", address, mac: packet.senderMac, count: conflicts, retryAt },
      },
    ],
  );
}

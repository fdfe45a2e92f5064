// Binds the DHCP machine to the network port and the store. All DHCP goes over the port as whole frames, renewal too
// (README, "Why not a socket").
import type { Log } from "#firmware/runtime/log.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { encode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { LinkPort, ReceivedFrame, VlanTag } from "#hal/contract/link.ts";
import type { Storage } from "#hal/contract/storage.ts";
import { decodeArp, encodeArpAnnouncement, encodeArpProbe } from "./arp.ts";
import { broadcastAddress, broadcastMac, decodeUdpFrame, encodeUdpFrame } from "./datagram.ts";
import { isLeaseUsable, keptLeaseKey, parseKeptLease, printKeptLease } from "./kept-lease.ts";
import { createDhcpMachine } from "./machine.ts";
import { type DhcpMessage, decodeDhcp, dhcpMessage } from "./messages.ts";
import type { DhcpNotice } from "./notices.ts";
import type { DhcpIdentity } from "./requests.ts";
import type { DhcpEffect, DhcpEvent, DhcpState, TftpWish } from "./state.ts";
import {
  createStaticMachine,
  type StaticEffect,
  type StaticEvent,
  type StaticSettings,
  type StaticState,
  staticLease,
} from "./static-address.ts";
import { keepAgainMs } from "./timing.ts";

const serverPort = 67;
const clientPort = 68;

export interface DhcpOptions {
  readonly runtime: Runtime;
  readonly link: LinkPort;
  readonly storage: Storage;
  readonly notify: (notice: DhcpNotice) => void;
  readonly signal: AbortSignal;
}

/** What a search for an address needs to know. */
export interface DhcpStart {
  readonly identity: DhcpIdentity;
  readonly tftp: TftpWish;
  /** The VLAN that was set; frames are tagged so and must come tagged so. */
  readonly vlan: VlanTag | undefined;
}

export interface DhcpCounters {
  readonly received: number;
  /** Refused by the decoder. */
  readonly malformed: number;
  /** Well-formed, but not for us. */
  readonly foreign: number;
}

export interface DhcpClient {
  /** Gets an address: by INIT-REBOOT where a lease of this VLAN is kept, else by DISCOVER. */
  start(options: DhcpStart): void;
  /** The link was down and is back on the same VLAN. */
  verify(): void;
  /** RELEASE where an address is held, then stop. */
  release(): void;
  /** Stop; the lease is kept for the next start. */
  stop(): void;
  state(): DhcpState;
  counters(): DhcpCounters;
}

/** Starts listening; nothing is sent before `start`. */
export function startDhcp(options: DhcpOptions): DhcpClient {
  const { runtime, link, storage, signal } = options;
  const log = runtime.log("dhcp");
  const counters = { received: 0, malformed: 0, foreign: 0 };
  let vlan: VlanTag | undefined;

  const runner = new Runner<DhcpState, DhcpEvent>({
    machine: createDhcpMachine(link.mac),
    runtime,
    signal,
    perform(effect: DhcpEffect) {
      switch (effect.kind) {
        case "broadcast":
          return sendTo(effect.message, broadcastMac, broadcastAddress);
        case "unicast":
          return sendTo(effect.message, effect.mac, effect.address);
        case "probe":
          return link.send(encodeArpProbe(link.mac, effect.address), vlan);
        case "announce":
          return link.send(encodeArpAnnouncement(link.mac, effect.address), vlan);
        case "keep":
          return keep(effect);
        case "forget":
          kept = { what: "", at: 0 };
          return store(undefined);
        case "notify":
          return options.notify(effect.notice);
        default:
          return unreachable(effect);
      }
    },
  });

  function sendTo(message: DhcpMessage, mac: string, address: string): void {
    const frame = encodeUdpFrame({
      destinationMac: mac,
      sourceMac: link.mac,
      // RFC 2131 §4.1: the source address is 0.0.0.0 until one is bound; ciaddr is set in exactly those messages.
      source: { address: message.clientAddress, port: clientPort },
      destination: { address, port: serverPort },
      payload: encode(dhcpMessage, message),
    });
    link.send(frame, vlan);
  }

  /** What was written last, and when: a renewal of the same address is not worth the flash. */
  let kept = { what: "", at: 0 };

  function keep(effect: Extract<DhcpEffect, { kind: "keep" }>): void {
    const wall = runtime.clock.wall();
    const now = runtime.clock.now();
    const what = JSON.stringify([effect.address, effect.mask, vlan?.vlanId, wall !== undefined]);
    if (what === kept.what && now - kept.at < keepAgainMs) return;
    kept = { what, at: now };
    const leftMs = effect.endsAt - now;
    store(
      printKeptLease({
        mac: link.mac,
        vlanId: vlan?.vlanId,
        address: effect.address,
        mask: effect.mask,
        endsUnixMs: wall === undefined || !Number.isFinite(leftMs) ? undefined : wall + leftMs,
      }),
    );
  }

  function store(value: Uint8Array | undefined): void {
    storage
      .write([{ shelf: "lease", key: keptLeaseKey, value }])
      .catch((error: unknown) => log.warning(`lease not kept: ${String(error)}`));
  }

  const take = (frame: ReceivedFrame, read: (bytes: Uint8Array) => DhcpEvent | undefined): void => {
    if (!isOnVlan(frame.tag, vlan)) return;
    counters.received++;
    const event = eventOf(frame.bytes, read, log);
    if (event === "malformed") counters.malformed++;
    else if (event === undefined) counters.foreign++;
    else runner.send(event);
  };
  link.listen("dhcp", (frame) => take(frame, (bytes) => readReply(bytes, link.mac)), { signal });
  link.listen("arp", (frame) => take(frame, (bytes) => ({ kind: "arp", packet: decodeArp(bytes) })), {
    signal,
  });

  return {
    start({ identity, tftp, vlan: tag }) {
      vlan = tag;
      const stored = parseKeptLease(storage.read("lease", keptLeaseKey));
      const now = { mac: link.mac, vlanId: tag?.vlanId, unixMs: runtime.clock.wall() };
      const kept = stored !== undefined && isLeaseUsable(stored, now) ? stored : undefined;
      runner.send({ kind: "start", own: identity, tftp, kept });
    },
    verify: () => runner.send({ kind: "verify" }),
    release: () => runner.send({ kind: "release" }),
    stop: () => runner.send({ kind: "stop" }),
    state: () => runner.state,
    counters: () => ({ ...counters }),
  };
}

export interface StaticAddress {
  /** Probes the address, then reports it `bound`. */
  start(settings: StaticSettings, vlan: VlanTag | undefined): void;
  /** The link was down and is back on the same VLAN. */
  verify(): void;
  stop(): void;
  state(): StaticState;
}

/** The same for a typed-in address: the notices are those of the client, the lease never ends. */
export function startStaticAddress(options: Omit<DhcpOptions, "storage">): StaticAddress {
  const { runtime, link, signal } = options;
  const log = runtime.log("address");
  let vlan: VlanTag | undefined;
  const runner = new Runner<StaticState, StaticEvent>({
    machine: createStaticMachine(link.mac),
    runtime,
    signal,
    perform(effect: StaticEffect) {
      switch (effect.kind) {
        case "probe":
          return link.send(encodeArpProbe(link.mac, effect.address), vlan);
        case "announce":
          return link.send(encodeArpAnnouncement(link.mac, effect.address), vlan);
        case "notify":
          return options.notify(effect.notice);
        default:
          return unreachable(effect);
      }
    },
  });
  link.listen(
    "arp",
    (frame) => {
      if (!isOnVlan(frame.tag, vlan)) return;
      const event = eventOf(
        frame.bytes,
        (bytes): StaticEvent => ({ kind: "arp", packet: decodeArp(bytes) }),
        log,
      );
      if (event !== "malformed") runner.send(event);
    },
    { signal },
  );
  return {
    start(settings, tag) {
      vlan = tag;
      runner.send({ kind: "start", lease: staticLease(settings) });
    },
    verify: () => runner.send({ kind: "verify" }),
    stop: () => runner.send({ kind: "stop" }),
    state: () => runner.state,
  };
}

/** A priority tag (VLAN 0) counts as none. */
function isOnVlan(tag: VlanTag | undefined, vlan: VlanTag | undefined): boolean {
  return (tag?.vlanId ?? 0) === (vlan?.vlanId ?? 0);
}

/** The one place where a bad frame becomes a count and a debug line. */
function eventOf<Event>(
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => Event,
  log: Log,
): Event | "malformed" {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    log.debug(`dropped: ${error.message}`);
    return "malformed";
  }
}

/** A reply to this MAC, from any source port (RFC 2131 §4.1 fixes only the destination's). */
function readReply(bytes: Uint8Array, mac: string): DhcpEvent | undefined {
  const frame = decodeUdpFrame(bytes);
  if (frame.destination.port !== clientPort) return undefined;
  const message = decodeDhcp(frame.payload);
  if (message.op !== "reply" || message.clientMac !== mac) return undefined;
  return { kind: "answer", message, mac: frame.sourceMac };
}

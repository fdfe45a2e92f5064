// IPv4 of the simulated kernel: which frames are ours, fragments, next hop, markings, loop-back, forwarding.
import type { ReceivedFrame, VlanTag } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Marking } from "#hal/contract/sockets.ts";
import type { Clock, MonoMs } from "#hal/contract/time.ts";
import type { Drops } from "./drops.ts";
import { buildFrame, etherType, headerLength } from "./ethernet.ts";
import type { Interface } from "./interface.ts";
import { buildIp4, fragmentIp4, type Ip4Packet, parseIp4 } from "./ip4-packet.ts";
import type { Neighbours } from "./neighbours.ts";
import { broadcastMac, isMalformed, isMulticast, multicastMac } from "./octets.ts";
import type { SimulatedPort } from "./port.ts";
import { Reassembly } from "./reassembly.ts";

/** Linux: net.ipv4.ip_default_ttl; multicast stays on the link unless told (ip(7), IP_MULTICAST_TTL). */
const unicastTtl = 64;
const multicastTtl = 1;

/** A whole datagram as a protocol above gets it. */
export interface Arrived {
  readonly packet: Ip4Packet;
  readonly at: MonoMs;
}

export interface Outgoing {
  readonly protocol: number;
  readonly destination: Ip4;
  readonly payload: Uint8Array;
  readonly marking?: Marking | undefined;
  readonly dontFragment?: boolean;
  /** Hops it may take; the kernel's usual number unless told. */
  readonly ttl?: number;
  /** Own address unless told. */
  readonly source?: Ip4;
  /** The neighbour or router did not answer ARP. */
  readonly onUnreachable?: () => void;
}

/** Given a whole datagram that is for somebody else; a router sends it on. */
export type Forward = (packet: Ip4Packet) => void;

export interface IpOptions {
  readonly port: SimulatedPort;
  readonly network: Interface;
  readonly neighbours: Neighbours;
  readonly clock: Clock;
  readonly random: Random;
  readonly drops: Drops;
}

/** IPv4 on one interface. */
export class Ip {
  readonly #options: IpOptions;
  readonly #reassembly: Reassembly;
  readonly #handlers = new Map<number, (arrived: Arrived) => void>();
  readonly #groups = new Map<Ip4, number>();
  #nextId: number;
  #isClosed = false;
  /** Undefined for a host. */
  forward: Forward | undefined;
  /** True for a datagram to us that is thrown away without a word, as a firewall does. */
  discard: ((packet: Ip4Packet) => boolean) | undefined;
  /** Called for a protocol nobody handles (ICMP code 2). */
  onUnknownProtocol: ((packet: Ip4Packet) => void) | undefined;
  /** Called where a datagram that is to be passed on has no hop left (ICMP type 11). */
  onExpired: ((packet: Ip4Packet) => void) | undefined;
  /** By their names in RFC 4293. */
  readonly counts = { InReceives: 0, InDelivers: 0, OutRequests: 0, ForwDatagrams: 0, InHdrErrors: 0 };

  constructor(options: IpOptions) {
    this.#options = options;
    this.#reassembly = new Reassembly(options.clock);
    this.#nextId = options.random.u32() & 0xffff;
  }

  handle(protocol: number, handler: (arrived: Arrived) => void): void {
    this.#handlers.set(protocol, handler);
  }

  join(group: Ip4): void {
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
  }

  leave(group: Ip4): void {
    const members = this.#groups.get(group) ?? 0;
    if (members > 1) this.#groups.set(group, members - 1);
    else this.#groups.delete(group);
  }

  /** False when there is no address or no route: then nothing was sent. */
  send(outgoing: Outgoing): boolean {
    const { network } = this.#options;
    const { destination } = outgoing;
    const source = outgoing.source ?? network.state().address?.address;
    if (source === undefined) return false;
    const isGroup = isMulticast(destination);
    this.counts.OutRequests++;
    const packet = {
      source,
      destination,
      protocol: outgoing.protocol,
      ttl: outgoing.ttl ?? (isGroup ? multicastTtl : unicastTtl),
      dscp: outgoing.marking?.dscp ?? 0,
      id: this.#takeId(),
      canFragment: outgoing.dontFragment !== true,
      offset: 0,
      hasMore: false,
      payload: outgoing.payload,
    };
    if (network.isOwn(destination)) {
      this.#loop(buildIp4(packet));
      return true;
    }
    if (isGroup && this.#groups.has(destination)) this.#loop(buildIp4(packet));
    return this.transmit(packet, outgoing.marking?.priority, outgoing.onUnreachable);
  }

  /** Puts a finished packet on the link, in fragments where it must be; also the way out of a router. */
  transmit(packet: Omit<Ip4Packet, "raw">, priority?: number, onUnreachable?: () => void): boolean {
    const { network, neighbours, port } = this.#options;
    const { destination } = packet;
    const pieces = fragmentIp4(packet, network.state().mtu);
    const put = (mac: string): void => {
      const tag = this.#tag(priority);
      for (const piece of pieces) port.send(buildFrame(mac, port.mac, etherType.ip4, piece), tag);
    };
    if (network.isBroadcast(destination)) put(broadcastMac);
    else if (isMulticast(destination)) put(multicastMac(destination));
    else {
      const hop = network.nextHop(destination);
      if (hop === undefined) return false;
      neighbours.resolve(hop, (mac) => {
        if (mac !== undefined) put(mac);
        else onUnreachable?.();
      });
    }
    return true;
  }

  /** A frame from the port, for the VLAN the interface is in. */
  receive(frame: ReceivedFrame): void {
    const { drops, network } = this.#options;
    const packet = parseIp4(frame.bytes.subarray(headerLength));
    this.counts.InReceives++;
    if (isMalformed(packet)) {
      this.counts.InHdrErrors++;
      drops.count(`ip ${packet.malformed}`);
      return;
    }
    const { destination } = packet;
    if (network.isOwn(destination) || network.isBroadcast(destination) || this.#groups.has(destination))
      this.#deliver(packet, frame.at);
    else if (this.forward !== undefined && !isMulticast(destination)) this.#pass(packet);
    else drops.count("ip not for us");
  }

  close(): void {
    this.#isClosed = true;
    this.#reassembly.close();
    this.#handlers.clear();
    this.#groups.clear();
  }

  #pass(packet: Ip4Packet): void {
    if (packet.ttl <= 1) {
      this.#options.drops.count("ip time exceeded");
      this.onExpired?.(packet);
      return;
    }
    this.counts.ForwDatagrams++;
    this.forward?.({ ...packet, ttl: packet.ttl - 1 });
  }

  #deliver(packet: Ip4Packet, at: MonoMs): void {
    const isWhole = packet.offset === 0 && !packet.hasMore;
    const whole = isWhole ? packet : this.#reassembly.add(packet);
    if (whole === undefined || this.discard?.(whole) === true) return;
    this.counts.InDelivers++;
    const handler = this.#handlers.get(whole.protocol);
    if (handler !== undefined) handler({ packet: whole, at });
    else {
      this.#options.drops.count("ip no handler");
      this.onUnknownProtocol?.(whole);
    }
  }

  /** To ourselves, but not inside `send`. */
  #loop(bytes: Uint8Array): void {
    queueMicrotask(() => {
      const packet = parseIp4(bytes);
      if (!this.#isClosed && !isMalformed(packet)) this.#deliver(packet, this.#options.clock.now());
    });
  }

  #takeId(): number {
    this.#nextId = (this.#nextId + 1) & 0xffff;
    return this.#nextId;
  }

  #tag(priority: number | undefined): VlanTag | undefined {
    const vlan = this.#options.network.state().vlan;
    return vlan === undefined || priority === undefined ? vlan : { ...vlan, priority };
  }
}

/** The interface takes frames of its VLAN; untagged also with a priority tag (VLAN 0). */
export function isForVlan(frame: ReceivedFrame, vlan: VlanTag | undefined): boolean {
  return (frame.tag?.vlanId ?? 0) === (vlan?.vlanId ?? 0);
}

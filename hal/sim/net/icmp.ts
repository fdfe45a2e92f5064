// ICMP of the simulated kernel: answers pings, reports what cannot be delivered, tells transports about errors.
import { HalError } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { ProbeAnswer } from "#hal/contract/probe.ts";
import type { Random } from "#hal/contract/random.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";
import type { Drops } from "./drops.ts";
import {
  buildEcho,
  buildExpired,
  buildUnreachable,
  parseIcmp,
  type Quotation,
  unreachableCode,
} from "./icmp-packet.ts";
import type { Interface } from "./interface.ts";
import type { Arrived, Ip } from "./ip.ts";
import { type Ip4Packet, protocol } from "./ip4-packet.ts";
import { isMalformed, isMulticast, setU16, u16 } from "./octets.ts";

/** A datagram of ours that could not be delivered. */
export interface DeliveryError {
  readonly code: number;
  readonly about: Quotation;
}

export interface IcmpOptions {
  readonly ip: Ip;
  readonly network: Interface;
  readonly clock: Clock;
  readonly random: Random;
  readonly drops: Drops;
}

/** How a probe is sent. */
export interface ProbeOptions {
  readonly timeoutMs: number;
  readonly sizeBytes?: number;
  readonly ttl?: number;
}

interface Probe {
  readonly alarm: Alarm;
  readonly sentAt: MonoMs;
  answer(answer: ProbeAnswer): void;
}

export class Icmp {
  readonly #options: IcmpOptions;
  readonly #listeners = new Map<number, (error: DeliveryError) => void>();
  readonly #probes = new Map<string, Probe>();
  #pingSequence = 0;

  constructor(options: IcmpOptions) {
    this.#options = options;
    options.ip.handle(protocol.icmp, (arrived) => this.#receive(arrived));
    options.ip.onExpired = (packet) => this.#expired(packet);
    options.ip.onUnknownProtocol = (packet) => this.refuse(packet, unreachableCode.protocol);
  }

  /** Errors about datagrams of one protocol. */
  onError(about: number, listener: (error: DeliveryError) => void): void {
    this.#listeners.set(about, listener);
  }

  /** Tells the sender of `packet`; never for broadcasts or groups (RFC 1122 §3.2.2). */
  refuse(packet: Ip4Packet, code: number): void {
    const { ip, network } = this.#options;
    if (!network.isOwn(packet.destination) || isMulticast(packet.source)) return;
    const payload = buildUnreachable(code, packet.raw);
    ip.send({ protocol: protocol.icmp, destination: packet.source, payload });
  }

  /** A router has to let a packet die: its sender is told (RFC 1812 §5.3.1). */
  #expired(packet: Ip4Packet): void {
    if (isMulticast(packet.source)) return;
    const payload = buildExpired(packet.raw);
    this.#options.ip.send({ protocol: protocol.icmp, destination: packet.source, payload });
  }

  /** Round trip of one echo request, ms; rejects with HalError `timeout` or `unreachable`. */
  async ping(to: Ip4, options: ProbeOptions): Promise<number> {
    const answer = await this.probe(to, options);
    if (answer.kind === "reply") return answer.tookMs;
    const name = `ping ${to}`;
    if (answer.kind === "silent")
      throw new HalError("timeout", "icmp", name, `no reply in ${options.timeoutMs} ms`);
    throw new HalError("unreachable", "icmp", name, "no route, or no answer to ARP");
  }

  /** What comes back for one echo request; never rejects. */
  probe(to: Ip4, options: ProbeOptions): Promise<ProbeAnswer> {
    const { ip, clock, random } = this.#options;
    const rest = new Uint8Array(4 + (options.sizeBytes ?? 56));
    setU16(rest, 0, random.u32() & 0xffff);
    this.#pingSequence = (this.#pingSequence + 1) & 0xffff;
    setU16(rest, 2, this.#pingSequence);
    const key = `${to} ${u16(rest, 0)} ${u16(rest, 2)}`;
    return new Promise((resolve) => {
      const answer = (what: ProbeAnswer): void => {
        alarm.cancel();
        this.#probes.delete(key);
        resolve(what);
      };
      const alarm = clock.alarm(later(clock.now(), options.timeoutMs), () => answer({ kind: "silent" }));
      this.#probes.set(key, { alarm, answer, sentAt: clock.now() });
      const { ttl } = options;
      const isSent = ip.send({
        protocol: protocol.icmp,
        destination: to,
        payload: buildEcho(false, rest),
        onUnreachable: () => answer({ kind: "unreachable", from: undefined }),
        ...(ttl === undefined ? {} : { ttl }),
      });
      if (!isSent) answer({ kind: "unreachable", from: undefined });
    });
  }

  /** Pings under way are never answered. */
  close(): void {
    for (const { alarm } of this.#probes.values()) alarm.cancel();
    this.#probes.clear();
  }

  #receive({ packet }: Arrived): void {
    const { ip, network, drops } = this.#options;
    const message = parseIcmp(packet.payload);
    if (isMalformed(message)) {
      drops.count(`icmp ${message.malformed}`);
      return;
    }
    switch (message.kind) {
      case "echo":
        if (message.isReply)
          this.#answer(`${packet.source} ${u16(message.rest, 0)} ${u16(message.rest, 2)}`, "reply");
        // Linux: net.ipv4.icmp_echo_ignore_broadcasts.
        else if (network.isOwn(packet.destination))
          ip.send({
            protocol: protocol.icmp,
            destination: packet.source,
            payload: buildEcho(true, message.rest),
            marking: { dscp: packet.dscp },
          });
        return;
      case "unreachable":
      case "expired":
        // Only about what we could have sent.
        if (network.isOwn(message.about.source)) this.#told(message, packet.source);
        return;
      case "other":
        drops.count("icmp unsupported");
        return;
    }
  }

  /** An error about a datagram of ours: an echo request, or something of a transport. */
  #told(message: DeliveryError & { readonly kind: "unreachable" | "expired" }, from: Ip4): void {
    const { about, kind } = message;
    if (about.protocol === protocol.icmp)
      this.#answer(`${about.destination} ${u16(about.head, 4)} ${u16(about.head, 6)}`, kind, from);
    else if (kind === "unreachable") this.#listeners.get(about.protocol)?.(message);
  }

  #answer(key: string, kind: "reply" | "unreachable" | "expired", from?: Ip4): void {
    const probe = this.#probes.get(key);
    if (probe === undefined) return;
    const tookMs = this.#options.clock.now() - probe.sentAt;
    if (kind === "reply") probe.answer({ kind, tookMs });
    else if (kind === "unreachable") probe.answer({ kind, from });
    else if (from !== undefined) probe.answer({ kind, from, tookMs });
  }
}

// ICMP of the simulated kernel: answers pings, reports what cannot be delivered, tells transports about errors.
import { HalError } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Random } from "#hal/contract/random.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import type { Drops } from "./drops.ts";
import { buildEcho, buildUnreachable, parseIcmp, type Quotation, unreachableCode } from "./icmp-packet.ts";
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

export class Icmp {
  readonly #options: IcmpOptions;
  readonly #listeners = new Map<number, (error: DeliveryError) => void>();
  readonly #pings = new Map<string, { readonly alarm: Alarm; readonly done: () => void }>();
  #pingSequence = 0;

  constructor(options: IcmpOptions) {
    this.#options = options;
    options.ip.handle(protocol.icmp, (arrived) => this.#receive(arrived));
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

  /** Round trip of one echo request, ms; rejects with HalError `timeout` or `unreachable`. */
  ping(to: Ip4, options: { readonly timeoutMs: number; readonly sizeBytes?: number }): Promise<number> {
    const { ip, clock, random } = this.#options;
    const rest = new Uint8Array(4 + (options.sizeBytes ?? 56));
    setU16(rest, 0, random.u32() & 0xffff);
    this.#pingSequence = (this.#pingSequence + 1) & 0xffff;
    setU16(rest, 2, this.#pingSequence);
    const key = `${to} ${u16(rest, 0)} ${u16(rest, 2)}`;
    const start = clock.now();
    return new Promise((resolve, reject) => {
      const fail = (code: "timeout" | "unreachable", detail: string): void => {
        alarm.cancel();
        this.#pings.delete(key);
        reject(new HalError(code, "icmp", `ping ${to}`, detail));
      };
      const alarm = clock.alarm(later(start, options.timeoutMs), () =>
        fail("timeout", `no reply in ${options.timeoutMs} ms`),
      );
      const done = (): void => {
        alarm.cancel();
        this.#pings.delete(key);
        resolve(clock.now() - start);
      };
      this.#pings.set(key, { alarm, done });
      const payload = buildEcho(false, rest);
      const onUnreachable = (): void => fail("unreachable", "no answer to ARP");
      if (!ip.send({ protocol: protocol.icmp, destination: to, payload, onUnreachable }))
        fail("unreachable", "no route");
    });
  }

  /** Pings under way are never answered. */
  close(): void {
    for (const { alarm } of this.#pings.values()) alarm.cancel();
    this.#pings.clear();
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
          this.#pings.get(`${packet.source} ${u16(message.rest, 0)} ${u16(message.rest, 2)}`)?.done();
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
        // Only about what we could have sent.
        if (network.isOwn(message.about.source)) this.#listeners.get(message.about.protocol)?.(message);
        return;
      case "other":
        drops.count("icmp unsupported");
        return;
    }
  }
}

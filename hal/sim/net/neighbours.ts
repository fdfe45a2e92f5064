// The ARP cache (RFC 826; states after Linux's neighbour table): asks, answers, confirms, forgets.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import { type Alarm, type Clock, later, type MonoMs } from "#hal/contract/time.ts";
import { type ArpPacket, buildArp, parseArp } from "./arp-packet.ts";
import type { Interface } from "./interface.ts";
import { anyAddress, broadcastMac, isMalformed, type MalformedReason } from "./octets.ts";

/** Linux: mcast_solicit 3, retrans_time 1 s, base_reachable_time 30 s, unres_qlen 101. */
const tries = 3;
const retryMs = 1000;
const reachableMs = 30_000;
const mostWaiting = 101;
/** Linux: gc_thresh3. */
const mostEntries = 1024;

const unknownMac: Mac = "00:00:00:00:00:00";

/** Undefined: nobody answered. */
type Waiting = (mac: Mac | undefined) => void;

interface Entry {
  mac: Mac | undefined;
  confirmedAt: MonoMs;
  /** Requests sent since the last answer. */
  asked: number;
  alarm: Alarm | undefined;
  waiting: Waiting[];
}

export interface NeighboursOptions {
  readonly own: Mac;
  readonly network: Interface;
  readonly clock: Clock;
  /** Puts an ARP packet on the wire. */
  send(destination: Mac, payload: Uint8Array): void;
  /** Counts an ARP packet that was refused. */
  refused(reason: MalformedReason): void;
}

/** Who has which address on this link. */
export class Neighbours {
  readonly #options: NeighboursOptions;
  readonly #entries = new Map<Ip4, Entry>();

  constructor(options: NeighboursOptions) {
    this.#options = options;
  }

  /** Calls `use` at once for a known neighbour, else when it answered or three requests were in vain (3 s). */
  resolve(address: Ip4, use: Waiting): void {
    const entry = this.#entry(address);
    const now = this.#options.clock.now();
    if (entry.mac !== undefined) {
      use(entry.mac);
      // As Linux does with a stale entry: go on using it, and ask whether it is still true.
      if (now - entry.confirmedAt > reachableMs && entry.alarm === undefined) this.#ask(address, entry);
      return;
    }
    if (entry.waiting.length >= mostWaiting) entry.waiting.shift()?.(undefined);
    entry.waiting.push(use);
    if (entry.alarm === undefined) this.#ask(address, entry);
  }

  /** Handles a received ARP packet: learns, and answers what is asked of us. */
  receive(payload: Uint8Array): void {
    const packet = parseArp(payload);
    if (isMalformed(packet)) {
      this.#options.refused(packet.malformed);
      return;
    }
    const { own, network } = this.#options;
    if (packet.senderMac === own) return;
    const isForUs = network.isOwn(packet.targetAddress);
    this.#learn(packet, isForUs);
    if (packet.operation === "request" && isForUs) {
      const reply: ArpPacket = {
        operation: "reply",
        senderMac: own,
        senderAddress: packet.targetAddress,
        targetMac: packet.senderMac,
        targetAddress: packet.senderAddress,
      };
      this.#options.send(packet.senderMac, buildArp(reply));
    }
  }

  /** A gratuitous request (RFC 5227 §2.3): everybody who knows our address learns where it is now. */
  announce(): void {
    const address = this.#options.network.state().address?.address;
    if (address !== undefined) this.#request(address, address, broadcastMac);
  }

  /** Forgets everybody; those who wait are told that nobody answered. */
  flush(): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) {
      entry.alarm?.cancel();
      for (const use of entry.waiting) use(undefined);
    }
  }

  /** As `flush`, without a word. */
  close(): void {
    for (const entry of this.#entries.values()) entry.alarm?.cancel();
    this.#entries.clear();
  }

  /** What is known now, for tests and `show`. */
  list(): readonly { readonly address: Ip4; readonly mac: Mac }[] {
    return [...this.#entries].flatMap(([address, { mac }]) => (mac === undefined ? [] : [{ address, mac }]));
  }

  /** RFC 826: update an entry that is there; make one only if the packet was meant for us. */
  #learn(packet: ArpPacket, isForUs: boolean): void {
    if (packet.senderAddress === anyAddress || this.#options.network.isOwn(packet.senderAddress)) return;
    const known = this.#entries.get(packet.senderAddress);
    if (known === undefined && !isForUs) return;
    const entry = known ?? this.#entry(packet.senderAddress);
    entry.mac = packet.senderMac;
    entry.confirmedAt = this.#options.clock.now();
    entry.asked = 0;
    entry.alarm?.cancel();
    entry.alarm = undefined;
    const waiting = entry.waiting;
    entry.waiting = [];
    for (const use of waiting) use(entry.mac);
  }

  #entry(address: Ip4): Entry {
    const known = this.#entries.get(address);
    if (known !== undefined) return known;
    if (this.#entries.size >= mostEntries) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#forget(oldest);
    }
    const entry: Entry = {
      mac: undefined,
      confirmedAt: this.#options.clock.now(),
      asked: 0,
      alarm: undefined,
      waiting: [],
    };
    this.#entries.set(address, entry);
    return entry;
  }

  #ask(address: Ip4, entry: Entry): void {
    const { network, clock } = this.#options;
    if (entry.asked >= tries) {
      this.#forget(address);
      return;
    }
    entry.asked++;
    this.#request(network.state().address?.address ?? anyAddress, address, entry.mac ?? broadcastMac);
    entry.alarm = clock.alarm(later(clock.now(), retryMs), () => {
      entry.alarm = undefined;
      this.#ask(address, entry);
    });
  }

  #forget(address: Ip4): void {
    const entry = this.#entries.get(address);
    if (entry === undefined) return;
    this.#entries.delete(address);
    entry.alarm?.cancel();
    for (const use of entry.waiting) use(undefined);
  }

  #request(senderAddress: Ip4, targetAddress: Ip4, to: Mac): void {
    const senderMac = this.#options.own;
    this.#options.send(
      to,
      buildArp({ operation: "request", senderMac, senderAddress, targetMac: unknownMac, targetAddress }),
    );
  }
}

// What was said over SIP in a site, in the order it was sent: one line per message, named by who says it to whom.
// A proxy between two parties is looked through: its copies are not lines of their own, as in the guide's figures.
import type { Clock } from "#hal/contract/time.ts";
import { headerLength, splitTag } from "#hal/sim/net/ethernet.ts";
import { parseIp4, protocol } from "#hal/sim/net/ip4-packet.ts";
import { isMalformed, latin1 } from "#hal/sim/net/octets.ts";
import { parseUdp } from "#hal/sim/net/udp-packet.ts";
import type { SwitchPort } from "#test/lab/switch.ts";

/** One message as its sender's port saw it. */
export interface Said {
  readonly atMs: number;
  readonly by: string;
  /** Address it was sent to. */
  readonly to: string;
  readonly text: string;
  /** Call-ID, both tags, CSeq, and method or status: what copies of one message share. */
  readonly key: string;
  /** `INVITE`, `200`. */
  readonly name: string;
  readonly method: string;
}

const header = (text: string, name: string): string =>
  new RegExp(`\\r\\n${name}\\s*:\\s*([^\\r]*)`, "i").exec(text)?.[1] ?? "";

/** A datagram that is no SIP message: sound, its reports, keep-alives. */
export interface Datagram {
  readonly atMs: number;
  readonly by: string;
  readonly to: string;
  readonly ports: { readonly from: number; readonly to: number };
  readonly bytes: Uint8Array;
}

/** Listens at ports of the switch. */
export class Conversation {
  readonly said: Said[] = [];
  /** REGISTER and its answers, which are no lines of a ladder. */
  readonly registers: Said[] = [];
  readonly datagrams: Datagram[] = [];
  readonly #names = new Map<string, string>();
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** From now on what is sent from this port is written down under this name. */
  add(name: string, port: SwitchPort): void {
    port.inside.received.subscribe((frame) => this.#saw(name, frame), { signal: this.#signal });
  }

  /** Writes down what goes another way than by SIP, in the order and at the time it is said. */
  note(by: string, to: string, name: string): void {
    const key = `note ${this.said.length}`;
    this.said.push({ atMs: this.#clock.now(), by, to, text: "", key, name, method: "" });
  }

  /** Forgets what was said so far. */
  clear(): void {
    this.said.length = 0;
    this.registers.length = 0;
    this.datagrams.length = 0;
  }

  /**
   * `A → B INVITE`, repeats left out. Where a proxy passed a message on, it is told when and to whom that went; what
   * the proxy says by itself has its own name, but for 100, which ends at the next hop.
   */
  lines(proxies: readonly string[]): readonly string[] {
    const isProxy = (one: Said): boolean => proxies.includes(one.by);
    const told = new Set<string>();
    return this.said.flatMap((one, index) => {
      const isCopy = (other: Said): boolean => other.key === one.key && isProxy(other) !== isProxy(one);
      const origin = isProxy(one) ? this.said.slice(0, index).find(isCopy) : undefined;
      const isPassedOn = !isProxy(one) && this.said.slice(index).some(isCopy);
      const line = `${origin?.by ?? one.by} → ${this.#names.get(one.to) ?? one.to} ${one.name}`;
      if (isPassedOn || told.has(`${line} ${one.key}`)) return [];
      if (isProxy(one) && origin === undefined && one.name === "100") return [];
      told.add(`${line} ${one.key}`);
      return [line];
    });
  }

  /** The texts of messages of this name from somebody, in order, repeats included. */
  texts(by: string, name: string): readonly string[] {
    return this.said.filter((one) => one.by === by && one.name === name).map(({ text }) => text);
  }

  #saw(by: string, frame: Uint8Array): void {
    const split = splitTag(frame);
    const packet = split === undefined ? undefined : parseIp4(split.bytes.subarray(headerLength));
    if (packet === undefined || isMalformed(packet) || packet.protocol !== protocol.udp) return;
    const datagram = parseUdp(packet.source, packet.destination, packet.payload);
    if (isMalformed(datagram)) return;
    const text = latin1(datagram.payload);
    const [, request, status] = /^(?:([A-Z]+) sips?:\S+ SIP\/2\.0|SIP\/2\.0 (\d{3}) )/.exec(text) ?? [];
    const name = request ?? status;
    if (name === undefined) {
      const { sourcePort: from, destinationPort: to, payload: bytes } = datagram;
      this.datagrams.push({
        atMs: this.#clock.now(),
        by,
        to: packet.destination,
        ports: { from, to },
        bytes,
      });
      return;
    }
    this.#names.set(packet.source, by);
    const cseq = header(text, "CSeq");
    const method = cseq.split(/\s+/)[1] ?? "";
    const tag = (field: string): string => /tag=([^\s;>]+)/i.exec(header(text, field))?.[1] ?? "";
    const key = `${header(text, "Call-ID")} ${tag("From")} ${tag("To")} ${cseq} ${name}`;
    const list = method === "REGISTER" ? this.registers : this.said;
    list.push({ atMs: this.#clock.now(), by, to: packet.destination, text, key, name, method });
  }
}

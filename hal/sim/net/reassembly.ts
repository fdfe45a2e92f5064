// Puts IPv4 fragments together (RFC 791 §3.2, RFC 815's idea of holes kept simple). Overlaps end a datagram, as
// RFC 5722 asks of IPv6: nobody honest sends them.
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import { type Ip4Packet, maxDatagram } from "./ip4-packet.ts";
import { joined } from "./octets.ts";

/** Linux: net.ipv4.ipfrag_time. */
const patienceMs = 30_000;
const mostDatagrams = 16;
const mostFragments = 256;

interface Partial {
  /** In order of offset, not touching each other's bytes. */
  readonly fragments: Ip4Packet[];
  readonly alarm: Alarm;
}

/** Datagrams waiting for their fragments; bounded in number and time. */
export class Reassembly {
  readonly #clock: Clock;
  readonly #partials = new Map<string, Partial>();
  #abandoned = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Datagrams given up: too old, too many, overlapping or too long. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** The whole datagram once its last missing fragment came. */
  add(fragment: Ip4Packet): Ip4Packet | undefined {
    const key = `${fragment.source} ${fragment.destination} ${fragment.protocol} ${fragment.id}`;
    const partial = this.#partials.get(key) ?? this.#begin(key);
    const end = fragment.offset + fragment.payload.length;
    const isCut = fragment.hasMore && fragment.payload.length % 8 !== 0;
    if (isCut || end > maxDatagram - 20 || !insert(partial.fragments, fragment)) {
      this.#abandon(key);
      return undefined;
    }
    if (!isComplete(partial.fragments)) return undefined;
    partial.alarm.cancel();
    this.#partials.delete(key);
    const first = partial.fragments[0] ?? fragment;
    const payload = joined(...partial.fragments.map((piece) => piece.payload));
    return { ...first, hasMore: false, payload };
  }

  close(): void {
    for (const { alarm } of this.#partials.values()) alarm.cancel();
    this.#partials.clear();
  }

  #begin(key: string): Partial {
    const oldest = this.#partials.size >= mostDatagrams ? this.#partials.keys().next().value : undefined;
    if (oldest !== undefined) this.#abandon(oldest);
    const alarm = this.#clock.alarm(later(this.#clock.now(), patienceMs), () => this.#abandon(key));
    const partial: Partial = { fragments: [], alarm };
    this.#partials.set(key, partial);
    return partial;
  }

  #abandon(key: string): void {
    this.#partials.get(key)?.alarm.cancel();
    if (this.#partials.delete(key)) this.#abandoned++;
  }
}

/** False for an overlap that is not an exact repetition, or for too many pieces. */
function insert(fragments: Ip4Packet[], fragment: Ip4Packet): boolean {
  if (fragments.length >= mostFragments) return false;
  let at = fragments.length;
  while (at > 0 && (fragments[at - 1]?.offset ?? 0) >= fragment.offset) at--;
  const after = fragments[at];
  const before = fragments[at - 1];
  const end = fragment.offset + fragment.payload.length;
  if (after !== undefined && after.offset === fragment.offset)
    return after.payload.length === fragment.payload.length && after.hasMore === fragment.hasMore;
  if (before !== undefined && (before.offset + before.payload.length > fragment.offset || !before.hasMore))
    return false;
  if (after !== undefined && (end > after.offset || !fragment.hasMore)) return false;
  fragments.splice(at, 0, fragment);
  return true;
}

function isComplete(fragments: readonly Ip4Packet[]): boolean {
  let expected = 0;
  for (const { offset, payload } of fragments) {
    if (offset !== expected) return false;
    expected += payload.length;
  }
  return fragments.at(-1)?.hasMore === false;
}

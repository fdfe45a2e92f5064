// What a TCP connection has to send: one item per segment, so that one write leaves as one segment where it fits,
// and a retransmission repeats it as it was.
import type { MonoMs } from "#hal/contract/time.ts";
import { advance, distance, type Sequence } from "./tcp-segment.ts";

export interface SendItem {
  readonly kind: "syn" | "data" | "fin";
  readonly sequence: Sequence;
  readonly bytes: Uint8Array;
  /** Last item of a write. */
  readonly isPushed: boolean;
  /** When it was sent for the first time; undefined: not yet. */
  readonly sentAt: MonoMs | undefined;
  readonly isRepeated: boolean;
}

const nothing = new Uint8Array(0);

/** Sequence numbers an item takes. */
function span(item: SendItem): number {
  return item.kind === "data" ? item.bytes.length : 1;
}

/** Items in order: acknowledged ones are gone, sent ones first, then those to send. */
export class SendQueue {
  readonly #items: SendItem[] = [];
  #sent = 0;
  #unacknowledged: Sequence;
  #end: Sequence;
  #unsentBytes = 0;

  constructor(initial: Sequence) {
    this.#unacknowledged = initial;
    this.#end = initial;
  }

  /** SND.UNA. */
  get unacknowledged(): Sequence {
    return this.#unacknowledged;
  }

  /** SND.NXT. */
  get next(): Sequence {
    return this.#items[this.#sent]?.sequence ?? this.#end;
  }

  get isInFlight(): boolean {
    return this.#sent > 0;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** The oldest item that was sent and not acknowledged. */
  get oldest(): SendItem | undefined {
    return this.#sent > 0 ? this.#items[0] : undefined;
  }

  pushSyn(): void {
    this.#push("syn", nothing, false);
  }

  pushFin(): void {
    this.#push("fin", nothing, false);
  }

  /** One write, in pieces of at most `mss`. The bytes are copied. */
  pushData(bytes: Uint8Array, mss: number): void {
    const copy = bytes.slice();
    for (let at = 0; at < copy.length; at += mss)
      this.#push("data", copy.subarray(at, at + mss), at + mss >= copy.length);
    this.#unsentBytes += copy.length;
  }

  /** The next item to send, if `room` bytes of the peer's window hold it; it counts as sent at `now`. */
  take(room: number, now: MonoMs): SendItem | undefined {
    const item = this.#items[this.#sent];
    if (item === undefined || (item.kind !== "fin" && span(item) > room)) return undefined;
    const sent = { ...item, sentAt: now };
    this.#items[this.#sent] = sent;
    this.#sent++;
    if (item.kind === "data") this.#unsentBytes -= item.bytes.length;
    return sent;
  }

  /** True when something waits for more room than `room`. */
  isBlocked(room: number): boolean {
    const item = this.#items[this.#sent];
    return item !== undefined && item.kind !== "fin" && span(item) > room;
  }

  /** Cuts the next item so that `room` bytes of it can be sent: the way past a small window. */
  split(room: number): void {
    const item = this.#items[this.#sent];
    if (item?.kind !== "data" || room < 1 || item.bytes.length <= room) return;
    const head = { ...item, bytes: item.bytes.subarray(0, room), isPushed: false };
    const tail = { ...item, sequence: advance(item.sequence, room), bytes: item.bytes.subarray(room) };
    this.#items.splice(this.#sent, 1, head, tail);
  }

  /** The oldest item again; it gives no round-trip sample any more. */
  repeat(): SendItem | undefined {
    const item = this.oldest;
    if (item === undefined) return undefined;
    const again = { ...item, isRepeated: true };
    this.#items[0] = again;
    return again;
  }

  /** Everything before `sequence` has arrived. Gives the newest item that was completed by this. */
  acknowledge(sequence: Sequence): SendItem | undefined {
    let newest: SendItem | undefined;
    for (let item = this.#items[0]; item !== undefined && this.#sent > 0; item = this.#items[0]) {
      const end = advance(item.sequence, span(item));
      if (distance(sequence, end) < 0) break;
      newest = item;
      this.#items.shift();
      this.#sent--;
    }
    const rest = this.#items[0];
    const into = rest === undefined ? 0 : distance(sequence, rest.sequence);
    if (rest?.kind === "data" && into > 0)
      this.#items[0] = { ...rest, sequence, bytes: rest.bytes.subarray(into) };
    this.#unacknowledged = sequence;
    return newest;
  }

  #push(kind: SendItem["kind"], bytes: Uint8Array, isPushed: boolean): void {
    const item: SendItem = {
      kind,
      sequence: this.#end,
      bytes,
      isPushed,
      sentAt: undefined,
      isRepeated: false,
    };
    this.#items.push(item);
    this.#end = advance(this.#end, span(item));
  }
}

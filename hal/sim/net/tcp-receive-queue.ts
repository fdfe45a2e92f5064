// What a TCP connection receives, put in order: segments may come early, late, twice or overlapping.
import { advance, distance, type Sequence } from "./tcp-segment.ts";

/** Without window scaling nothing larger can be announced (RFC 9293 §3.1). */
export const largestWindow = 65_535;

interface Early {
  readonly sequence: Sequence;
  readonly bytes: Uint8Array;
}

/** Bytes that were received in order, and whether the stream has ended. */
export interface InOrder {
  readonly chunks: readonly Uint8Array[];
  readonly isFinished: boolean;
}

export class ReceiveQueue {
  #next: Sequence;
  #finAt: Sequence | undefined;
  /** In order of sequence, inside the window, not touching each other. */
  #early: Early[] = [];

  /** `next`: the first sequence number that is expected. */
  constructor(next: Sequence) {
    this.#next = next;
  }

  /** RCV.NXT. */
  get next(): Sequence {
    return this.#next;
  }

  /** Takes what of a segment is inside the window, and gives what is in order now. */
  add(sequence: Sequence, bytes: Uint8Array, isFin: boolean, window: number): InOrder {
    const end = advance(sequence, bytes.length);
    if (isFin && distance(end, this.#next) >= 0 && distance(end, this.#next) <= window) this.#finAt = end;
    const skip = Math.max(0, distance(this.#next, sequence));
    const room = distance(advance(this.#next, window), sequence);
    const inside = bytes.subarray(Math.min(skip, bytes.length), Math.max(0, Math.min(room, bytes.length)));
    if (inside.length > 0) this.#insert({ sequence: advance(sequence, skip), bytes: inside.slice() });
    return this.#take();
  }

  /** Only the parts nobody has yet; at most a window's worth of bytes is ever held. */
  #insert(piece: Early): void {
    let { sequence, bytes } = piece;
    const merged: Early[] = [];
    for (const early of this.#early) {
      const earlyEnd = advance(early.sequence, early.bytes.length);
      if (bytes.length === 0 || distance(earlyEnd, sequence) <= 0) {
        merged.push(early);
        continue;
      }
      const before = Math.min(bytes.length, Math.max(0, distance(early.sequence, sequence)));
      if (before > 0) merged.push({ sequence, bytes: bytes.subarray(0, before) });
      merged.push(early);
      const covered = Math.min(bytes.length, distance(earlyEnd, sequence));
      bytes = bytes.subarray(Math.max(before, covered));
      sequence = advance(sequence, Math.max(before, covered));
    }
    if (bytes.length > 0) merged.push({ sequence, bytes });
    this.#early = merged;
  }

  #take(): InOrder {
    const chunks: Uint8Array[] = [];
    for (let first = this.#early[0]; first?.sequence === this.#next; first = this.#early[0]) {
      chunks.push(first.bytes);
      this.#next = advance(this.#next, first.bytes.length);
      this.#early.shift();
    }
    const isFinished = this.#finAt === this.#next;
    if (isFinished) {
      this.#next = advance(this.#next, 1);
      this.#finAt = undefined;
    }
    return { chunks, isFinished };
  }
}

// Cuts the TCP stream into SCCP messages, whatever sizes the chunks have (sccp reference 1.1).
import { Reader } from "#firmware/wire/reader.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

/** Longest message taken; a greater length means that the stream is broken. */
export const longestMessage = 65_535;

/** Bytes before the length word counts: the length and the header version. */
const uncounted = 8;

/** Collects chunks and gives whole messages, header included. One framer belongs to one connection. */
export class Framer {
  #pending: Uint8Array[] = [];
  #pendingLength = 0;
  /** Bytes of the first message, once its length has arrived. */
  #firstTotal: number | undefined;

  /**
   * Whole messages that are complete now, in order. A length below 4 or above 65 535 throws WireError `bad-length`:
   * the stream cannot be read on, the connection has to be closed.
   */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    if (chunk.length > 0) {
      this.#pending.push(chunk);
      this.#pendingLength += chunk.length;
    }
    const messages: Uint8Array[] = [];
    for (;;) {
      if (this.#firstTotal === undefined && this.#pendingLength >= 4)
        this.#firstTotal = totalOf(this.#joined());
      if (this.#firstTotal === undefined || this.#pendingLength < this.#firstTotal) return messages;
      messages.push(this.#take(this.#firstTotal));
      this.#firstTotal = undefined;
    }
  }

  /** Bytes that wait for the rest of their message; reported when the connection ends. */
  get pendingBytes(): number {
    return this.#pendingLength;
  }

  #joined(): Uint8Array {
    const first = this.#pending[0];
    if (this.#pending.length === 1 && first !== undefined) return first;
    const joined = new Uint8Array(this.#pendingLength);
    let at = 0;
    for (const part of this.#pending) {
      joined.set(part, at);
      at += part.length;
    }
    this.#pending = [joined];
    return joined;
  }

  #take(count: number): Uint8Array {
    const joined = this.#joined();
    const message = joined.slice(0, count);
    const rest = joined.subarray(count);
    this.#pending = rest.length === 0 ? [] : [rest];
    this.#pendingLength = rest.length;
    return message;
  }
}

function totalOf(head: Uint8Array): number {
  const length = new Reader(head).u32le();
  if (length < 4 || length > longestMessage) {
    throw new WireError(
      "bad-length",
      0,
      `SCCP message length ${length}, 4 to ${longestMessage} belongs`,
    ).within("sccp");
  }
  return length + uncounted;
}

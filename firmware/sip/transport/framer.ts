// Messages out of a byte stream (RFC 3261 §18.3): chunks of any size in, whole messages out. Content-Length decides; what
// has none, or two, cannot be followed any further.
import { headEnd, maxHeadBytes, skipLineEnds, streamLength } from "#firmware/sip/message/parse.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

/** A longer body is nobody's business on a telephone. */
export const maxBodyBytes = 1_000_000;

export interface Framed {
  /** Whole messages, in order. */
  readonly messages: readonly Uint8Array[];
  /** Set when the stream cannot be followed: `head` is what was read of the message that broke it. */
  readonly broken: { readonly head: Uint8Array; readonly error: WireError } | undefined;
}

/** Cuts one stream. */
export class StreamFramer {
  #held: Uint8Array = new Uint8Array(0);
  #isBroken = false;

  /** Bytes that wait for the rest of their message. */
  get heldBytes(): number {
    return this.#held.length;
  }

  push(chunk: Uint8Array): Framed {
    const messages: Uint8Array[] = [];
    if (this.#isBroken) return { messages, broken: undefined };
    this.#held = joined(this.#held, chunk);
    for (;;) {
      // Line ends between messages are keep-alives (RFC 5626 §3.5.1).
      this.#held = this.#held.subarray(skipLineEnds(this.#held));
      if (this.#held.length === 0) return { messages, broken: undefined };
      const end = headEnd(this.#held, 0);
      if (end < 0 && this.#held.length <= maxHeadBytes) return { messages, broken: undefined };
      if (end < 0) return { messages, broken: this.#break(this.#held, "headers without end") };
      const head = this.#held.subarray(0, end);
      const { length, flaw } = streamLength(head);
      if (flaw !== undefined)
        return { messages, broken: this.#break(head, "no usable Content-Length", flaw) };
      if (length > maxBodyBytes) return { messages, broken: this.#break(head, `a body of ${length} bytes`) };
      if (this.#held.length < end + length) return { messages, broken: undefined };
      messages.push(this.#held.slice(0, end + length));
      this.#held = this.#held.subarray(end + length);
    }
  }

  #break(head: Uint8Array, why: string, flaw?: WireError): Framed["broken"] {
    this.#isBroken = true;
    this.#held = new Uint8Array(0);
    return { head: head.slice(), error: flaw ?? new WireError("bad-length", 0, why) };
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b.slice();
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

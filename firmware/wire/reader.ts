// Bounds-checked reading. Nothing is clamped: every read that does not fit throws a WireError.
import { WireError } from "./wire-error.ts";

/** A cursor over bytes that belong to somebody else; offsets in errors count from the start of the whole message. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #at = 0;

  /** `base` is the offset of `bytes` in the whole message. */
  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes;
    this.#base = base;
  }

  /** Offset in the whole message. */
  get offset(): number {
    return this.#base + this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #take(count: number): number {
    if (count > this.remaining) {
      throw new WireError("truncated", this.offset, `needs ${count} bytes, ${this.remaining} left`);
    }
    const at = this.#at;
    this.#at += count;
    return at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)] as number; // checked by #take
  }

  u16(): number {
    const at = this.#take(2);
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number);
  }

  u32(): number {
    const high = this.u16();
    return high * 0x1_0000 + this.u16();
  }

  u16le(): number {
    const at = this.#take(2);
    return (this.#bytes[at] as number) | ((this.#bytes[at + 1] as number) << 8);
  }

  u32le(): number {
    const low = this.u16le();
    return this.u16le() * 0x1_0000 + low;
  }

  /** The next `count` bytes, not copied. */
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** A reader limited to the next `count` bytes, which this one skips. */
  sub(count: number): Reader {
    const base = this.offset;
    return new Reader(this.bytes(count), base);
  }

  /** Throws `trailing` unless everything was read. */
  end(): void {
    if (this.remaining > 0) throw new WireError("trailing", this.offset, `${this.remaining} bytes too many`);
  }
}

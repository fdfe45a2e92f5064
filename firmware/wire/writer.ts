// Growing buffer for encoders. A value that does not fit its field is our own mistake: InvariantError.
import { InvariantError } from "#hal/contract/errors.ts";

/** Appends numbers and bytes; `finish` gives the result. */
export class Writer {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #grow(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const bigger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      bigger.set(this.#bytes);
      this.#bytes = bigger;
    }
    this.#length = needed;
    return at;
  }

  #check(value: number, limit: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= limit) {
      throw new InvariantError(`a wire number is whole and in 0 … ${limit - 1}, this one is ${value}`);
    }
  }

  u8(value: number): void {
    this.#check(value, 0x100);
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    this.#check(value, 0x1_0000);
    const at = this.#grow(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
  }

  u32(value: number): void {
    this.#check(value, 0x1_0000_0000);
    const at = this.#grow(4);
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  u16le(value: number): void {
    this.#check(value, 0x1_0000);
    const at = this.#grow(2);
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
  }

  u32le(value: number): void {
    this.#check(value, 0x1_0000_0000);
    const at = this.#grow(4);
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
    this.#bytes[at + 2] = value >>> 16;
    this.#bytes[at + 3] = value >>> 24;
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  zeros(count: number): void {
    const at = this.#grow(count);
    this.#bytes.fill(0, at, at + count);
  }

  /** Overwrites two bytes already written: back-patched lengths and checksums. */
  patchU16(at: number, value: number): void {
    this.#check(value, 0x1_0000);
    if (at + 2 > this.#length)
      throw new InvariantError(`a patch at ${at} lies inside the ${this.#length} bytes written`);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
  }

  /** What was written so far, not copied. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of everything written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

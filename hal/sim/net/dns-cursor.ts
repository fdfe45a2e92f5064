// Reading a DNS message part by part: numbers, character-strings, compressed names (RFC 1035 §4.1.4), all bounded.
import type { Ip4 } from "#hal/contract/network.ts";
import { ip4At, latin1, type Malformed, malformed, u8, u16, u32 } from "./octets.ts";

const mostLabels = 128;
/** RFC 1035 §2.3.4. */
const mostNameLength = 255;

/** Reads forward; the first fault stays, and everything after it reads as nothing. */
export class DnsCursor {
  readonly #bytes: Uint8Array;
  #at: number;
  #end: number;
  fault: Malformed | undefined;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = bytes.length;
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#end) {
      this.fault ??= malformed("truncated");
      return this.#bytes.length; // reads as zeros
    }
    this.#at += count;
    return at;
  }

  u16(): number {
    return u16(this.#bytes, this.#take(2));
  }

  u32(): number {
    return u32(this.#bytes, this.#take(4));
  }

  ip4(): Ip4 {
    return ip4At(this.#bytes, this.#take(4));
  }

  /** A character-string: length byte, then so many. */
  text(): string {
    const length = u8(this.#bytes, this.#take(1));
    const at = this.#take(length);
    return latin1(this.#bytes.subarray(at, at + length));
  }

  /** Limits reading to the next `length` bytes; gives the end to come back to. */
  sub(length: number): number {
    const outer = this.#end;
    if (this.#at + length > outer) this.fault ??= malformed("truncated");
    else this.#end = this.#at + length;
    return outer;
  }

  /** The limited part must be used up. */
  finish(outer: number): void {
    if (this.#at !== this.#end) this.fault ??= malformed("bad-length");
    this.#end = outer;
  }

  skipRest(): void {
    this.#at = this.#end;
  }

  /** RFC 1035 §4.1.4. A pointer must lead back, so that no loop is possible. */
  name(): string {
    const labels: string[] = [];
    let length = 0;
    let back: number | undefined;
    let at = this.#at;
    let limit = this.#end;
    let lowest = at;
    for (let label = 0; label < mostLabels; label++) {
      const size = at < limit ? u8(this.#bytes, at) : 0xff;
      if (size === 0) {
        this.#at = back ?? at + 1;
        return labels.join(".");
      }
      if (size >= 0xc0 && at + 1 < limit) {
        const target = u16(this.#bytes, at) & 0x3fff;
        if (target >= lowest) break;
        back ??= at + 2;
        at = target;
        lowest = target;
        limit = this.#bytes.length;
        continue;
      }
      length += size + 1;
      if (size > 63 || at + 1 + size > limit || length > mostNameLength) break;
      labels.push(latin1(this.#bytes.subarray(at + 1, at + 1 + size)).toLowerCase());
      at += 1 + size;
    }
    this.fault ??= malformed("bad-value");
    return "";
  }
}

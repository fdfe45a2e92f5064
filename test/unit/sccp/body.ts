// Writes SCCP bodies byte by byte, beside our own encoder: numbers little-endian, texts NUL-padded.
import { Writer } from "#firmware/wire/writer.ts";

export class Body {
  readonly #bytes: number[] = [];

  words(...values: readonly number[]): this {
    for (const value of values)
      for (const shift of [0, 8, 16, 24]) this.#bytes.push(Math.floor(value / 2 ** shift) & 0xff);
    return this;
  }

  bytes(...values: readonly number[]): this {
    this.#bytes.push(...values);
    return this;
  }

  zeros(count: number): this {
    for (let i = 0; i < count; i++) this.#bytes.push(0);
    return this;
  }

  /** One byte per character in a field of `length`. */
  text(value: string, length: number): this {
    for (let i = 0; i < length; i++) this.#bytes.push(i < value.length ? value.charCodeAt(i) : 0);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** The first `length` bytes. */
  cut(length: number): Uint8Array {
    return this.done().subarray(0, length);
  }
}

/** A whole message: header version 0. */
export function frameOf(id: number, body: Uint8Array): Uint8Array {
  const writer = new Writer();
  writer.u32le(body.length + 4);
  writer.u32le(0);
  writer.u32le(id);
  writer.bytes(body);
  return writer.finish();
}

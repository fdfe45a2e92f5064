// Fields of SCCP bodies: little-endian numbers, NUL-padded text, addresses in network order. Every field has a value
// for bodies that end before it: CallManager 2.x and 3.x send shorter ones than later layouts (sccp reference 1.1).

import { fromLatin1, ip4, latin1 } from "#firmware/wire/bytes.ts";
import type { Field } from "#firmware/wire/field.ts";
import { u8, u16le, u32le } from "#firmware/wire/numbers.ts";
import { orDefault } from "#firmware/wire/structures.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { InvariantError } from "#hal/contract/errors.ts";

/** Number, 0 when the body ended. */
export const num: Field<number> = orDefault(u32le, 0);
export const half: Field<number> = orDefault(u16le, 0);
export const byte: Field<number> = orDefault(u8, 0);

/**
 * Text in a field of `length` bytes, one character per byte, so that display codes (0x80 xx) and either character set
 * survive; `label.ts` makes words of it. It ends at the first NUL; CallManager leaves garbage behind that.
 */
export function str(length: number): Field<string> {
  return {
    read(r) {
      const bytes = r.bytes(Math.min(length, r.remaining));
      const nul = bytes.indexOf(0);
      return latin1(nul < 0 ? bytes : bytes.subarray(0, nul));
    },
    write(w, value) {
      const bytes = fromLatin1(value).subarray(0, length);
      w.bytes(bytes);
      w.zeros(length - bytes.length);
    },
  };
}

/** Longest piece of user data in one message (3.8). */
const longestPiece = 2000;

/** XML of user data to the end of the body, one character per byte; a NUL ends it. Filled up to whole words. */
export const userText: Field<string> = {
  read: (r) => str(longestPiece).read(r),
  write(w, value) {
    w.bytes(fromLatin1(value).subarray(0, longestPiece));
    w.zeros((4 - (w.length % 4)) % 4);
  },
};

/** A number field with another value for bodies that end before it. */
export function numOr(fallback: number): Field<number> {
  return orDefault(u32le, fallback);
}

/** NUL-ended texts back to back until the bytes end or `most` were read; zero padding behind them is dropped. */
export function strings(most: number): Field<readonly string[]> {
  return {
    read(r) {
      const texts: string[] = [];
      let rest = latin1(r.bytes(r.remaining));
      while (rest !== "" && texts.length < most) {
        const nul = rest.indexOf("\0");
        texts.push(nul < 0 ? rest : rest.slice(0, nul));
        rest = nul < 0 ? "" : rest.slice(nul + 1);
      }
      return texts;
    },
    write(w, texts) {
      for (const text of texts) {
        w.bytes(fromLatin1(text));
        w.u8(0);
      }
      w.zeros((4 - (w.length % 4)) % 4);
    },
  };
}

/** One NUL-ended text to the end of the body. */
export const string: Field<string> = {
  read: (r) => strings(1).read(r)[0] ?? "",
  write: (w, text) => strings(1).write(w, [text]),
};

/** Dotted IPv4, `0.0.0.0` when the body ended. */
export const address4: Field<string> = orDefault(ip4, "0.0.0.0");

/** An address as servers of version 17 and later send it: family, then 16 bytes. */
const addressUnion: Field<string> = {
  read(r) {
    if (r.remaining === 0) return "0.0.0.0";
    const family = r.u32le();
    const bytes = r.bytes(16);
    if (family === 1) return ip6(bytes);
    return bytes.subarray(0, 4).join(".");
  },
  write(w, value) {
    if (value.includes(":")) {
      w.u32le(1);
      w.bytes(fromIp6(value));
      return;
    }
    w.u32le(0);
    ip4.write(w, value);
    w.zeros(12);
  },
};

/** IPv4 below version 17, IPv4 or IPv6 from there on. */
export function address(version: number): Field<string> {
  return version >= 17 ? addressUnion : address4;
}

/** Present from a version on; below it the field is not on the wire and reads as `fallback`. */
export function since<T>(version: number, first: number, field: Field<T>, fallback: T): Field<T> {
  if (version >= first) return field;
  return { read: () => fallback, write: () => undefined };
}

/** `count` equal parts; fewer when the body ended. */
export function repeated<T>(item: Field<T>, count: number): Field<readonly T[]> {
  return {
    read(r) {
      const parts: T[] = [];
      while (parts.length < count && r.remaining > 0) parts.push(item.read(r));
      return parts;
    },
    write(w, parts) {
      if (parts.length > count)
        throw new InvariantError(`at most ${count} parts, the value has ${parts.length}`);
      for (const one of parts) item.write(w, one);
    },
  };
}

/** A list that says its length first and stands in `places` fixed places; absent places are zero. */
export function counted<T>(item: Field<T>, places: number, empty: T): Field<readonly T[]> {
  return {
    read(r) {
      const offset = r.offset;
      const count = num.read(r);
      if (count > places) throw new WireError("bad-value", offset, `${count} entries, at most ${places} fit`);
      const parts = repeated(item, places).read(r);
      return parts.slice(0, count);
    },
    write(w, parts) {
      w.u32le(parts.length);
      for (let place = 0; place < places; place++) item.write(w, parts[place] ?? empty);
    },
  };
}

function ip6(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return groups.join(":");
}

function fromIp6(text: string): Uint8Array {
  const [head = "", tail] = text.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups =
    tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
  if (groups.length !== 8) throw new InvariantError(`${text} is an IPv6 address`);
  const bytes = new Uint8Array(16);
  for (const [i, group] of groups.entries()) {
    const value = Number.parseInt(group, 16);
    bytes[i * 2] = value >>> 8;
    bytes[i * 2 + 1] = value & 0xff;
  }
  return bytes;
}

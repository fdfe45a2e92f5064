// Numbers and what they mean. Byte order is in the name: u16 is network order, u16le little-endian.
import type { Field } from "./field.ts";
import { WireError } from "./wire-error.ts";

export const u8: Field<number> = { read: (r) => r.u8(), write: (w, v) => w.u8(v) };
export const u16: Field<number> = { read: (r) => r.u16(), write: (w, v) => w.u16(v) };
export const u32: Field<number> = { read: (r) => r.u32(), write: (w, v) => w.u32(v) };
export const u16le: Field<number> = { read: (r) => r.u16le(), write: (w, v) => w.u16le(v) };
export const u32le: Field<number> = { read: (r) => r.u32le(), write: (w, v) => w.u32le(v) };

/** Reads another value than is on the wire, e.g. tenths as units; `from` may throw RangeError for values that make no sense. */
export function mapped<W, T>(field: Field<W>, from: (wire: W) => T, to: (value: T) => W): Field<T> {
  return {
    read(r) {
      const offset = r.offset;
      const wire = field.read(r);
      try {
        return from(wire);
      } catch (error) {
        if (error instanceof RangeError) throw new WireError("bad-value", offset, error.message);
        throw error;
      }
    },
    write: (w, value) => field.write(w, to(value)),
  };
}

/** A value that must be exactly this on reading. */
export function constant(field: Field<number>, expected: number): Field<number> {
  return {
    read(r) {
      const offset = r.offset;
      const value = field.read(r);
      if (value !== expected) throw new WireError("bad-value", offset, `${value} where ${expected} belongs`);
      return value;
    },
    write: (w) => field.write(w, expected),
  };
}

/** Names for numbers. An unknown number stays a number, so that it can be written back. */
export function oneOf<const M extends Readonly<Record<string, number>>>(
  field: Field<number>,
  names: M,
): Field<keyof M | number> {
  const byNumber = new Map<number, keyof M>(
    Object.entries(names).map(([name, number]) => [number, name as keyof M]),
  );
  return {
    read(r) {
      const number = field.read(r);
      return byNumber.get(number) ?? number;
    },
    write(w, value) {
      field.write(w, typeof value === "number" ? value : (names[value as keyof M] as number));
    },
  };
}

/** Named bits of a number; bits without a name are kept in `rest`. */
export function flags<const M extends Readonly<Record<string, number>>>(
  field: Field<number>,
  bits: M,
): Field<{ readonly [K in keyof M]: boolean } & { readonly rest: number }> {
  type Value = { readonly [K in keyof M]: boolean } & { readonly rest: number };
  return {
    read(r) {
      let rest = field.read(r);
      const value: Record<string, boolean | number> = {};
      for (const [name, bit] of Object.entries(bits)) {
        const isSet = Math.floor(rest / bit) % 2 === 1;
        value[name] = isSet;
        if (isSet) rest -= bit;
      }
      value["rest"] = rest;
      return value as Value; // every key of M was set above
    },
    write(w, value) {
      let number = value.rest;
      for (const [name, bit] of Object.entries(bits)) if (value[name as keyof M]) number += bit;
      field.write(w, number);
    },
  };
}

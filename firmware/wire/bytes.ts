// Bytes, text and addresses of fixed or remaining length.
import { InvariantError } from "#hal/contract/errors.ts";
import type { Field } from "./field.ts";
import { mapped } from "./numbers.ts";
import { WireError } from "./wire-error.ts";

/** Exactly `length` bytes; the value is a copy. */
export function bytes(length: number): Field<Uint8Array> {
  return {
    read: (r) => r.bytes(length).slice(),
    write(w, value) {
      if (value.length !== length)
        throw new InvariantError(`this field has ${length} bytes, the value ${value.length}`);
      w.bytes(value);
    },
  };
}

/** Everything that is left; the value is a copy. */
export const rest: Field<Uint8Array> = {
  read: (r) => r.bytes(r.remaining).slice(),
  write: (w, value) => w.bytes(value),
};

/** Zero bytes on writing, anything on reading. */
export function padding(length: number): Field<undefined> {
  return {
    read(r) {
      r.bytes(length);
      return undefined;
    },
    write: (w) => w.zeros(length),
  };
}

/** Bytes that become text in one call: as many arguments as an engine takes without question. */
const chunkBytes = 8192;

/** One character per byte (ISO 8859-1): never fails, keeps every byte. */
export function latin1(value: Uint8Array): string {
  let text = "";
  for (let at = 0; at < value.length; at += chunkBytes)
    text += Reflect.apply(String.fromCharCode, undefined, value.subarray(at, at + chunkBytes));
  return text;
}

/** The bytes of ISO 8859-1 text; characters outside become `?`. */
export function fromLatin1(text: string): Uint8Array {
  const value = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    value[i] = code < 256 ? code : 0x3f;
  }
  return value;
}

/** ISO 8859-1 text to the end of the structure. */
export const restText: Field<string> = mapped(rest, latin1, fromLatin1);

/** NUL-terminated text in a field of `length` bytes; what follows the first NUL is ignored, longer text is cut on writing. */
export function text(length: number): Field<string> {
  return {
    read(r) {
      const value = r.bytes(length);
      const nul = value.indexOf(0);
      return latin1(nul < 0 ? value : value.subarray(0, nul));
    },
    write(w, value) {
      const cut = fromLatin1(value).subarray(0, length);
      w.bytes(cut);
      w.zeros(length - cut.length);
    },
  };
}

/** NUL-terminated text of any length (TFTP). */
export const textZ: Field<string> = {
  read(r) {
    const start = r.offset;
    const collected: number[] = [];
    for (;;) {
      if (r.remaining === 0) throw new WireError("truncated", start, "text without its closing NUL");
      const byte = r.u8();
      if (byte === 0) return latin1(Uint8Array.from(collected));
      collected.push(byte);
    }
  },
  write(w, value) {
    if (value.includes("\0")) throw new InvariantError("NUL-terminated text holds no NUL");
    w.bytes(fromLatin1(value));
    w.u8(0);
  },
};

/** Dotted IPv4 address. */
export const ip4: Field<string> = {
  read: (r) => r.bytes(4).join("."),
  write(w, value) {
    const parts = value.split(".");
    if (parts.length !== 4) throw new InvariantError(`${value} is a dotted IPv4 address`);
    for (const part of parts) w.u8(Number(part));
  },
};

/** MAC address, lower-case and colon-separated. */
export const mac: Field<string> = {
  read: (r) => Array.from(r.bytes(6), (byte) => byte.toString(16).padStart(2, "0")).join(":"),
  write(w, value) {
    const parts = value.split(":");
    if (parts.length !== 6) throw new InvariantError(`${value} is a colon-separated MAC address`);
    for (const part of parts) w.u8(Number.parseInt(part, 16));
  },
};

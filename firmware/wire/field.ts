// A field is read and written by one value, so decoder, encoder and type cannot drift apart.
import { Reader } from "./reader.ts";
import { named } from "./wire-error.ts";
import { Writer } from "./writer.ts";

/** How one value stands on the wire. `read` throws WireError or nothing; `write` throws InvariantError. */
export interface Field<T> {
  read(from: Reader): T;
  write(to: Writer, value: T): void;
}

/** The value type of a field. */
export type Of<F> = F extends Field<infer T> ? T : never;

/** Decodes a whole message; bytes left over are WireError `trailing`. */
export function decode<T>(name: string, field: Field<T>, bytes: Uint8Array): T {
  return named(name, () => {
    const reader = new Reader(bytes);
    const value = field.read(reader);
    reader.end();
    return value;
  });
}

/** Encodes a whole message. */
export function encode<T>(field: Field<T>, value: T): Uint8Array {
  const writer = new Writer();
  field.write(writer, value);
  return writer.finish();
}

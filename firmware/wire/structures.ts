// Combinators: structures, lists, length-prefixed parts, unions by id.
import { InvariantError } from "#hal/contract/errors.ts";
import type { Field, Of } from "./field.ts";
import type { Reader } from "./reader.ts";
import { named, WireError } from "./wire-error.ts";
import { Writer } from "./writer.ts";

type Fields = Readonly<Record<string, Field<unknown>>>;
type Shape<F extends Fields> = { readonly [K in keyof F]: Of<F[K]> };
// biome-ignore lint/suspicious/noExplicitAny: the kit infers each field's own type; any is the bound that accepts them all
type AnyField = Field<any>;

/** Fields in wire order. */
export function struct<const F extends Readonly<Record<string, AnyField>>>(fields: F): Field<Shape<F>> {
  const entries = Object.entries(fields);
  return {
    read(r) {
      const value: Record<string, unknown> = {};
      for (const [name, field] of entries) value[name] = named(name, () => field.read(r));
      return value as Shape<F>; // one entry per field was set
    },
    write(w, value) {
      for (const [name, field] of entries) field.write(w, value[name as keyof F]);
    },
  };
}

/** Items until the bytes end; more than `most` is WireError `bad-length`. */
export function list<T>(item: Field<T>, options: { readonly most: number }): Field<readonly T[]> {
  return {
    read(r) {
      const values: T[] = [];
      while (r.remaining > 0) {
        if (values.length === options.most)
          throw new WireError("bad-length", r.offset, `more than ${options.most} items`);
        values.push(named(`[${values.length}]`, () => item.read(r)));
      }
      return values;
    },
    write(w, values) {
      for (const value of values) item.write(w, value);
    },
  };
}

/** Exactly `count` items. */
export function array<T>(item: Field<T>, count: number): Field<readonly T[]> {
  return {
    read(r) {
      return Array.from({ length: count }, (_, i) => named(`[${i}]`, () => item.read(r)));
    },
    write(w, values) {
      if (values.length !== count)
        throw new InvariantError(`this array has ${count} items, the value ${values.length}`);
      for (const value of values) item.write(w, value);
    },
  };
}

/** A length in bytes, then a part of that length, which must be used up. `includes` counts bytes beside the part itself. */
export function sized<T>(length: Field<number>, part: Field<T>, includes = 0): Field<T> {
  return {
    read(r) {
      const offset = r.offset;
      const size = length.read(r) - includes;
      if (size < 0)
        throw new WireError("bad-length", offset, `length ${size + includes}, at least ${includes} belongs`);
      const sub = r.sub(size);
      const value = part.read(sub);
      sub.end();
      return value;
    },
    write(w, value) {
      const inner = new Writer();
      part.write(inner, value);
      length.write(w, inner.length + includes);
      w.bytes(inner.written());
    },
  };
}

/** `fallback` when the bytes ended before this field: short bodies of older peers. Always written. */
export function orDefault<T>(field: Field<T>, fallback: T): Field<T> {
  return {
    read: (r) => (r.remaining === 0 ? fallback : field.read(r)),
    write: (w, value) => field.write(w, value),
  };
}

/** The members of a union: name → [id on the wire, structure]. */
export type Members = Readonly<Record<string, readonly [id: number, body: AnyField]>>;

/** What a union holds: `kind` beside the fields of that member, or the bytes of an id nobody knows. */
export type UnionOf<M extends Members> =
  | { [K in keyof M]: { readonly kind: K } & Of<M[K][1]> }[keyof M]
  | { readonly kind: "unknown"; readonly id: number; readonly raw: Uint8Array };

export interface Union<M extends Members> {
  /** Decodes the body of message `id`; unknown ids keep their bytes. Throws WireError. */
  decode(id: number, body: Reader): UnionOf<M>;
  encode(value: UnionOf<M>): { readonly id: number; readonly body: Uint8Array };
  /** The id of a member. */
  idOf(kind: keyof M): number;
}

/** Messages told apart by a number. `isTolerant` ignores bytes after the known fields (peers that grew). */
export function union<const M extends Members>(
  members: M,
  options?: { readonly isTolerant: boolean },
): Union<M> {
  const byId = new Map<number, readonly [keyof M & string, AnyField]>();
  for (const [kind, [id, body]] of Object.entries(members)) byId.set(id, [kind, body]);
  return {
    decode(id, body) {
      const member = byId.get(id);
      if (member === undefined) return { kind: "unknown", id, raw: body.bytes(body.remaining).slice() };
      const [kind, field] = member;
      const value = named(kind, () => {
        const fields = field.read(body) as object;
        if (options?.isTolerant !== true) body.end();
        return fields;
      });
      return { kind, ...value } as UnionOf<M>; // kind and structure belong together by construction
    },
    encode(value) {
      // TypeScript cannot see `kind` through the mapped type while M is open.
      const item = value as { readonly kind: string; readonly id: number; readonly raw: Uint8Array };
      if (item.kind === "unknown") return { id: item.id, body: item.raw };
      const member = members[item.kind];
      if (member === undefined) throw new InvariantError(`${item.kind} is a member of this union`);
      const writer = new Writer();
      member[1].write(writer, value);
      return { id: member[0], body: writer.finish() };
    },
    idOf(kind) {
      const member = members[kind as string];
      if (member === undefined) throw new InvariantError(`${String(kind)} is a member of this union`);
      return member[0];
    },
  };
}

/** How type and length of a TLV stand on the wire. Length counts the value alone; convert inside. */
export interface TlvHeader {
  read(r: Reader): { readonly type: number; readonly length: number };
  write(w: Writer, type: number, length: number): void;
}

/** Type-length-value items to the end of the bytes, at most `most`. */
export function tlvs<const M extends Members>(
  header: TlvHeader,
  items: Union<M>,
  options: { readonly most: number },
): Field<readonly UnionOf<M>[]> {
  return list(
    {
      read(r) {
        const { type, length } = header.read(r);
        return items.decode(type, r.sub(length));
      },
      write(w, value) {
        const { id, body } = items.encode(value);
        header.write(w, id, body.length);
        w.bytes(body);
      },
    },
    options,
  );
}

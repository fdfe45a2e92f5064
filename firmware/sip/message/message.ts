// SIP messages as values: a start line, header lines in their order, and a body of octets (RFC 3261 §7).
// Header values are octet strings, read when somebody asks for them.
import { WireError } from "#firmware/wire/wire-error.ts";
import type { HeaderType } from "./headers.ts";
import { listItems } from "./scanner.ts";

/** One header line, unfolded. */
export interface HeaderLine {
  /** Lower-case long name. */
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

interface Common {
  readonly headers: readonly HeaderLine[];
  readonly body: Uint8Array;
  /** What is wrong with the message as a whole; it can still be answered. Undefined in messages of ours. */
  readonly flaw?: WireError | undefined;
}

export interface SipRequest extends Common {
  readonly kind: "request";
  readonly method: string;
  /** The Request-URI as sent. */
  readonly uri: string;
  /** `SIP/2.0`, or what a peer wrote there. */
  readonly version: string;
}

export interface SipResponse extends Common {
  readonly kind: "response";
  /** 100–699. */
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

export const sipVersion = "SIP/2.0";

/** No body. */
export const noBody: Uint8Array = new Uint8Array(0);

const parsed = new WeakMap<SipMessage, Map<string, readonly unknown[]>>();

/** Every value of a header, in order; empty when it is absent. Throws WireError naming the header. */
export function valuesOf<T>(message: SipMessage, type: HeaderType<T>): readonly T[] {
  let known = parsed.get(message);
  if (known === undefined) {
    known = new Map();
    parsed.set(message, known);
  }
  const present = known.get(type.id);
  if (present !== undefined) return present as readonly T[]; // stored under its own type below
  const found: T[] = [];
  try {
    for (const line of message.headers) {
      if (line.id !== type.id) continue;
      if (!type.isList) found.push(type.parse(line.value));
      else for (const item of listItems(line.value)) if (item !== "") found.push(type.parse(item));
    }
  } catch (error) {
    if (error instanceof WireError) throw error.within(type.name);
    throw error;
  }
  known.set(type.id, found);
  return found;
}

/** The first value of a header, or undefined. Throws WireError. */
export function firstOf<T>(message: SipMessage, type: HeaderType<T>): T | undefined {
  return valuesOf(message, type)[0];
}

/** The value of a header that must stand exactly once. Throws WireError. */
export function soleOf<T>(message: SipMessage, type: HeaderType<T>): T {
  const values = valuesOf(message, type);
  if (values.length !== 1)
    throw new WireError("bad-value", 0, `${values.length} values, one is needed`).within(type.name);
  return values[0] as T; // there is exactly one
}

/** Header lines with this id, as they came. */
export function linesOf(message: SipMessage, type: { readonly id: string }): readonly HeaderLine[] {
  return message.headers.filter((line) => line.id === type.id);
}

export function has(message: SipMessage, type: { readonly id: string }): boolean {
  return message.headers.some((line) => line.id === type.id);
}

/** A header line of ours. */
export function line<T>(type: HeaderType<T>, value: T): HeaderLine {
  return { id: type.id, name: type.name, value: type.print(value) };
}

/** A header line whose value is text already. */
export function rawLine(type: { readonly id: string; readonly name: string }, value: string): HeaderLine {
  return { id: type.id, name: type.name, value };
}

/** The same message with all lines of a header replaced by `lines`, at the place of the first, else at the end. */
export function withLines<M extends SipMessage>(
  message: M,
  type: { readonly id: string },
  lines: readonly HeaderLine[],
): M {
  const at = message.headers.findIndex((header) => header.id === type.id);
  const others = message.headers.filter((header) => header.id !== type.id);
  const place = at < 0 ? others.length : at;
  return { ...message, headers: [...others.slice(0, place), ...lines, ...others.slice(place)] };
}

/** Tag of From or To; undefined where old peers send none. */
export function tagOf(
  message: SipMessage,
  type: HeaderType<{ parameters: ReadonlyMap<string, string | undefined> }>,
) {
  return firstOf(message, type)?.parameters.get("tag");
}

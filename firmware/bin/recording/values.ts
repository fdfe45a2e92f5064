// Values of the hardware contracts as JSON and back. What JSON lacks stands in an object with one key of its own, `$`.
import { createHash } from "node:crypto";
import { HalError, InvariantError } from "#hal/contract/errors.ts";

/** What a line of a tape holds. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Arrays of numbers that cross the contracts. */
type Numbers = Uint8Array | Int16Array | Uint32Array;

const numberKinds = { Uint8Array, Int16Array, Uint32Array } as const;
type NumberKind = keyof typeof numberKinds;

/** Longer arrays that the phone gives away (pictures, sounds) are kept as their digest. */
const mostBytesKept = 2048;

/** What to do with values that are more than data. */
export interface Encoding {
  /** Whole: arrays are kept whatever their length. */
  readonly isWhole: boolean;
  /** Functions, signals and parts of the hardware; undefined: it is plain data after all. */
  special(value: object): Plain | undefined;
}

/** True for a part of the hardware: something with functions in it, or made by a class. */
export function isPort(value: object): boolean {
  if (ArrayBuffer.isView(value) || Array.isArray(value) || value instanceof Error) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return true;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    ({ value: held, get }) =>
      typeof held === "function" ||
      get !== undefined ||
      (typeof held === "object" && held !== null && isPort(held)),
  );
}

/** A value as a tape holds it. */
export function encodeValue(value: unknown, encoding: Encoding): Plain {
  switch (typeof value) {
    case "undefined":
      return { $: "undefined" };
    case "boolean":
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? value : { $: "number", text: String(value) };
    case "bigint":
    case "symbol":
      throw new InvariantError(`the hardware contracts have no ${typeof value}`);
    case "function":
      return encoding.special(value) ?? { $: "function" };
    case "object":
      return value === null ? null : encodeObject(value, encoding);
  }
}

/** Values the firmware gives that are no data: a part it was given before, a signal, something it made itself. */
export function givenSpecial(value: object, partPath: string | undefined): Plain | undefined {
  if (value instanceof AbortSignal) return { $: "signal" };
  if (typeof value === "function") return { $: "function" };
  if (partPath !== undefined) return { $: "part", path: partPath };
  return isPort(value) ? { $: "object" } : undefined;
}

function encodeObject(value: object, encoding: Encoding): Plain {
  if (value instanceof Error) return encodeError(value);
  if (ArrayBuffer.isView(value)) return encodeNumbers(value as Numbers, encoding.isWhole); // the contracts have no other views
  const special = encoding.special(value);
  if (special !== undefined) return special;
  if (Array.isArray(value)) return value.map((entry) => encodeValue(entry, encoding));
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  return Object.fromEntries(entries.map(([name, held]) => [name, encodeValue(held, encoding)]));
}

function encodeNumbers(value: Numbers, isWhole: boolean): Plain {
  const kind = value.constructor === Buffer ? "Uint8Array" : value.constructor.name;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (isWhole || bytes.length <= mostBytesKept) return { $: kind, base64: bytes.toString("base64") };
  return {
    $: "digest",
    of: kind,
    length: value.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

function encodeError(error: Error): Plain {
  const { message } = error;
  if (!(error instanceof HalError)) return { $: "error", name: error.name, message };
  const { code, device, operation } = error;
  return { $: "hal-error", code, device, operation, message };
}

/** The value again; `special` gives what stands for functions and parts of the hardware. */
export function decodeValue(
  plain: Plain,
  special: (plain: { readonly [key: string]: Plain }) => unknown,
): unknown {
  if (plain === null || typeof plain !== "object") return plain;
  if (isList(plain)) return plain.map((entry) => decodeValue(entry, special));
  const kind = plain["$"];
  if (kind === undefined) {
    return Object.fromEntries(
      Object.entries(plain).map(([name, held]) => [name, decodeValue(held, special)]),
    );
  }
  if (kind === "undefined") return undefined;
  if (kind === "number") return Number(plain["text"]);
  if (kind === "error")
    return Object.assign(new Error(String(plain["message"])), { name: String(plain["name"]) });
  if (kind === "hal-error") return decodeHalError(plain);
  if (typeof kind === "string" && kind in numberKinds) {
    const bytes = Uint8Array.from(Buffer.from(String(plain["base64"]), "base64"));
    return new numberKinds[kind as NumberKind](bytes.buffer); // looked up in the line above
  }
  return special(plain);
}

function decodeHalError(plain: { readonly [key: string]: Plain }): HalError {
  const device = String(plain["device"]);
  const operation = String(plain["operation"]);
  const detail = String(plain["message"]).slice(`${device}: ${operation}: `.length);
  return new HalError(plain["code"] as HalError["code"], device, operation, detail); // written by encodeError
}

function isList(plain: Plain): plain is readonly Plain[] {
  return Array.isArray(plain);
}

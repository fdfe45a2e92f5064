// The kinds of values a parameter can have: how text is read, checked and printed.
import type { Lockable } from "./phone-config.ts";
import { Secret, stars } from "./secret.ts";

/** One kind of value. */
export interface ValueType<T> {
  /** Throws RangeError, whose message is `expected`. */
  parse(text: string): T;
  /** As it is written in a file; secrets as stars. */
  print(value: T): string;
  /** What belongs there, as a code or as data for a message: `0–3`, `≤31` characters, `ip4`; ui/ has words for codes. */
  readonly expected: string;
}

function type<T>(expected: string, read: (text: string) => T | undefined, print: (value: T) => string) {
  return {
    expected,
    parse(text: string): T {
      const value = read(text);
      if (value === undefined) throw new RangeError(expected);
      return value;
    },
    print,
  } satisfies ValueType<T>;
}

/** A whole decimal number; undefined for anything else. */
function decimal(text: string): number | undefined {
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Whole number in `low` … `high`. */
export function whole(low: number, high: number): ValueType<number> {
  return type(
    `${low}–${high}`,
    (text) => {
      const value = decimal(text);
      return value !== undefined && value >= low && value <= high ? value : undefined;
    },
    String,
  );
}

/** 0 or 1. */
export const flag: ValueType<boolean> = type(
  "0|1",
  (text) => (text === "0" || text === "1" ? text === "1" : undefined),
  (value) => (value ? "1" : "0"),
);

/** 0–3: off, on, off and locked, on and locked (reference 2.2). */
export const lock: ValueType<Lockable> = type(
  "0–3",
  (text) =>
    /^[0-3]$/.test(text) ? { isOn: text === "1" || text === "3", isLocked: text >= "2" } : undefined,
  ({ isOn, isLocked }) => String((isOn ? 1 : 0) + (isLocked ? 2 : 0)),
);

/** One of these words, in any letter case; `aliases` are older spellings. */
export function choice<const W extends readonly string[]>(
  words: W,
  aliases: Readonly<Record<string, W[number]>> = {},
): ValueType<W[number]> {
  const byName = new Map<string, W[number]>([
    ...words.map((word) => [word.toLowerCase(), word] as const),
    ...Object.entries(aliases),
  ]);
  return type(
    words.join("|"),
    (text) => byName.get(text.toLowerCase()),
    (value) => value,
  );
}

/** Text of at most `most` characters. */
export function words(most: number): ValueType<string> {
  return type(
    `≤${most}`,
    (text) => (text.length <= most ? text : undefined),
    (value) => value,
  );
}

/** A password: stars wherever it is printed. */
export function secret(most: number): ValueType<Secret> {
  return type(
    `≤${most}`,
    (text) => (text.length <= most ? new Secret(text) : undefined),
    () => stars,
  );
}

/** Dotted IPv4 address. */
export const address: ValueType<string> = type(
  "ip4",
  (text) => {
    const parts = text.split(".");
    const isDotted =
      parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256);
    return isDotted ? parts.map(Number).join(".") : undefined;
  },
  (value) => value,
);

/** Dotted address or DNS name. */
export const host: ValueType<string> = type(
  "host",
  (text) => {
    if (/^[0-9.]+$/.test(text)) return readOr(address, text);
    const isName =
      text.length <= 253 &&
      text.split(".").every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
    return isName ? text : undefined;
  },
  (value) => value,
);

function readOr<T>(kind: ValueType<T>, text: string): T | undefined {
  try {
    return kind.parse(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The word that takes the server list instead of a proxy. */
export const serverListWord = "USECALLMANAGER";

/** 1–65535. */
export const port: ValueType<number> = whole(1, 65_535);

/** `host` or `host:port`. */
export function hostAndPort(
  defaultPort: number,
): ValueType<{ readonly host: string; readonly port: number }> {
  return type(
    "host:port",
    (text) => {
      const [name = "", number, ...more] = text.split(":");
      const readHost = readOr(host, name);
      const readPort = number === undefined ? defaultPort : readOr(port, number);
      if (more.length > 0 || readHost === undefined || readPort === undefined) return undefined;
      return { host: readHost, port: readPort };
    },
    (value) => `${value.host}:${value.port}`,
  );
}

/** A URL to fetch. */
export const url: ValueType<string> = type(
  "url",
  (text) => (text.length <= 512 && /^https?:\/\/[^\s"<>]+$/i.test(text) ? text : undefined),
  (value) => value,
);

/** A file on the file server: relative, without `..`, printable. */
export const fileName: ValueType<string> = type(
  "file-name",
  (text) =>
    /^[A-Za-z0-9._/-]{1,128}$/.test(text) && !text.split("/").includes("..") && !text.startsWith("/")
      ? text
      : undefined,
  (value) => value,
);

/** A directory on the file server; `./` is the root. */
export const directory: ValueType<string> = type(
  "directory",
  (text) => (/^[A-Za-z0-9._/-]{1,128}$/.test(text) && !text.split("/").includes("..") ? text : undefined),
  (value) => value,
);

/** Order of day, month and year on the display; a trailing A or a: 12-hour clock (X18 of seed-coverage). */
export const dateOrder: ValueType<string> = type(
  "date-order",
  (text) => {
    const match = /^(D|M|YY?)([/.-])(D|M|YY?)\2(D|M|YY?)([Aa]?)$/.exec(text);
    if (match === null) return undefined;
    const letters = [match[1], match[3], match[4]].map((part) => part?.[0]);
    return new Set(letters).size === 3 ? text : undefined;
  },
  (value) => value,
);

// Loads wire fixtures: NAME.hex (hex with `#` comments; head lines `# source:`, `# note:`, `# expect:`) and, where it
// is good, NAME.json beside it with the value it stands for. In the JSON "hex:0102" is bytes.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Vector {
  readonly name: string;
  /** Where the bytes come from. */
  readonly source: string;
  readonly bytes: Uint8Array;
  /** `ok`, or the WireError code that decoding must give. */
  readonly expect: string;
  /** The decoded value; undefined where no JSON stands beside the hex. */
  readonly value: unknown;
}

/** Bytes written as hex digits; white space is for people. */
export function hex(digits: string): Uint8Array {
  const packed = digits.replace(/\s+/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(packed)) throw new Error(`not pairs of hex digits: ${packed}`);
  return Uint8Array.from(Buffer.from(packed, "hex"));
}

function readVector(folder: string, name: string): Vector {
  const text = readFileSync(join(folder, `${name}.hex`), "utf8");
  const head = (key: string): string | undefined => new RegExp(`^# ${key}: (.*)$`, "m").exec(text)?.[1];
  const source = head("source");
  if (source === undefined) throw new Error(`${name}.hex: no "# source:" line`);
  const json = join(folder, `${name}.json`);
  return {
    name,
    source,
    bytes: hex(text.replace(/#.*$/gm, "")),
    expect: head("expect") ?? "ok",
    value: existsSync(json) ? JSON.parse(readFileSync(json, "utf8"), revive) : undefined,
  };
}

function revive(_key: string, value: unknown): unknown {
  return typeof value === "string" && value.startsWith("hex:") ? hex(value.slice(4)) : value;
}

/** Every vector in `test/vectors/<folder>`, by name. */
export function vectors(folder: string): readonly Vector[] {
  const path = join(import.meta.dirname, folder);
  return readdirSync(path)
    .filter((file) => file.endsWith(".hex"))
    .sort()
    .map((file) => readVector(path, file.slice(0, -".hex".length)));
}

/** One vector of `test/vectors/<folder>`. */
export function vector(folder: string, name: string): Vector {
  return readVector(join(import.meta.dirname, folder), name);
}

/** A whole file that is text by nature, e.g. `xml/menu.xml`. */
export function fileVector(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, path)));
}

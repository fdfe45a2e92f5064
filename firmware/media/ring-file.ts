// Rings from the TFTP server: the list (`RINGLIST.DAT`) and the recordings it names (reference cisco-7960-sip 10.1).
import { latin1 } from "#firmware/wire/bytes.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { muLaw } from "./g711.ts";

/** One line of the list. */
export interface RingEntry {
  /** Display name, shown as it stands. */
  readonly name: string;
  readonly file: string;
}

/** "50 entries in the successor", "≤ 25 characters each in the successor's list". */
const mostEntries = 50;
const longestText = 25;
/** A file name, never a path: it is asked of the TFTP server. */
const fileName = /^[\w.-]+$/;

/** Rings that can be offered, and the line numbers (from 1) of lines that say nothing usable. */
export function parseRingList(bytes: Uint8Array): {
  readonly entries: readonly RingEntry[];
  readonly unusableLines: readonly number[];
} {
  const entries: RingEntry[] = [];
  const unusableLines: number[] = [];
  for (const [i, line] of latin1(bytes)
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (line.trim() === "") continue;
    const [name = "", file = "", ...more] = line.split("\t").map((part) => part.trim());
    const isUsable =
      more.length === 0 &&
      name.length >= 1 &&
      name.length <= longestText &&
      file.length <= longestText &&
      fileName.test(file) &&
      entries.length < mostEntries;
    if (isUsable) entries.push({ name, file });
    else unusableLines.push(i + 1);
  }
  return { entries, unusableLines };
}

const blockOctets = 240;
const mostOctets = 16_080;

/** Samples at 8 kHz of a raw µ-law recording. Throws ConfigError for a length that no ring has. */
export function decodeRing(file: string, bytes: Uint8Array): Int16Array {
  if (bytes.length < blockOctets || bytes.length > mostOctets || bytes.length % blockOctets !== 0) {
    const expected = `a multiple of ${blockOctets} octets up to ${mostOctets}, not ${bytes.length}`;
    throw new ConfigError("unusable", file, "length", expected);
  }
  return muLaw.decode(bytes);
}

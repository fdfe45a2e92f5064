// Which files an image consists of (reference cisco-7960-sip UPG-005, UPG-006): `NAME.loads` lists its parts, one a line,
// which make the image in this order.
import { latin1 } from "#firmware/wire/bytes.ts";

const mostParts = 16;
/** A list is no longer than this. */
export const mostListBytes = 2048;

/** The parts that a list, as it came, names; undefined for anything that is no list. */
export function partsOf(pieces: readonly Uint8Array[]): readonly string[] | undefined {
  const names = pieces
    .map(latin1)
    .join("")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const isList = names.length > 0 && names.length <= mostParts;
  return isList && names.every((name) => /^[A-Za-z0-9._-]{1,128}$/.test(name)) ? names : undefined;
}

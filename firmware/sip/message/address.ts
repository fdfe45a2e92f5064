// name-addr and addr-spec with parameters: From, To, Contact, Route, Refer-To … (RFC 3261 §20.10, §25.1).
import { type Parameters, printParameters, quoted, scanParameters } from "./parameters.ts";
import { isToken, Scanner } from "./scanner.ts";
import { parseUri, type Uri } from "./uri.ts";

/** An address as a header holds it. */
export interface Address {
  /** Octets, without quotes; empty when there is none. */
  readonly displayName: string;
  readonly uri: Uri;
  readonly parameters: Parameters;
}

function scanDisplayName(scanner: Scanner): string {
  scanner.skipSpace();
  if (scanner.text[scanner.at] === '"') return scanner.quoted("display name");
  const words: string[] = [];
  for (;;) {
    scanner.skipSpace();
    if (scanner.text[scanner.at] === "<") return words.join(" ");
    words.push(scanner.run('<,;:"@', "a word of the display name"));
  }
}

/** Reads one address to the end of the text. Throws WireError. */
export function parseAddress(text: string): Address {
  const scanner = new Scanner(text);
  scanner.skipSpace();
  // A display name or "<" makes it a name-addr; without both, "," "?" and ";" are no part of the URI (§20.10).
  const isNameAddr = /^(?:"|[^":;,?@]*<)/.test(text.slice(scanner.at));
  if (!isNameAddr) {
    const uri = parseUri(scanner.run(";,?", "an address"));
    const parameters = scanParameters(scanner);
    scanner.end("an address without angle brackets");
    return { displayName: "", uri, parameters };
  }
  const displayName = scanDisplayName(scanner);
  scanner.expect("<", "an address with display name");
  const close = text.indexOf(">", scanner.at);
  if (close < 0) throw scanner.fail("an address without its closing bracket", "truncated");
  const uri = parseUri(text.slice(scanner.at, close));
  scanner.at = close + 1;
  const parameters = scanParameters(scanner);
  scanner.end("an address");
  return { displayName, uri, parameters };
}

/** Always in angle brackets; the display name quoted unless it is one token. */
export function printAddress(address: {
  readonly displayName?: string;
  readonly uri: { readonly text: string };
  readonly parameters?: Parameters;
}): string {
  const name = address.displayName ?? "";
  const shown = name === "" ? "" : `${isToken(name) ? name : quoted(name)} `;
  return `${shown}<${address.uri.text}>${printParameters(address.parameters ?? new Map())}`;
}

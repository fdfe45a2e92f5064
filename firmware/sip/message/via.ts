// Via: the way a request came and its response goes back (RFC 3261 §20.42, RFC 3581).
import { type Parameters, scanParameters } from "./parameters.ts";
import { Scanner, wholeNumber } from "./scanner.ts";
import { parseHostPort } from "./uri.ts";

export interface Via {
  /** Upper case: UDP, TCP, TLS or whatever a peer names. */
  readonly transport: string;
  /** Lower case; IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  /** As it came, one header value. */
  readonly text: string;
}

/** What every branch made by an element of RFC 3261 begins with (§8.1.1.7). */
export const magicCookie = "z9hG4bK";

/** Reads one Via value. Throws WireError. */
export function parseVia(text: string): Via {
  const scanner = new Scanner(text);
  const name = scanner.token("the protocol name");
  scanner.expect("/", "Via");
  const version = scanner.token("the protocol version");
  // Another version is refused with 505, which finds its way back by this header.
  const isSip = name.toUpperCase() === "SIP" && /^\d+\.\d+$/.test(version);
  if (!isSip) throw scanner.fail(`${name}/${version} is not SIP`);
  scanner.expect("/", "Via");
  const transport = scanner.token("the transport").toUpperCase();
  const sentBy = scanner.run(";, \t", "the address sent from");
  const { host, port } = parseHostPort(sentBy, scanner.at - sentBy.length);
  // `host : port` with spaces around the colon is legal (§25.1 COLON).
  const spaced = port === undefined && scanner.accept(":") ? scanner.run(";, \t", "the port") : undefined;
  const parameters = scanParameters(scanner);
  scanner.end("Via");
  return {
    transport,
    host,
    port: spaced === undefined ? port : wholeNumber(spaced, 65_535, "a port"),
    parameters,
    text,
  };
}

/** The text with parameters set or replaced, everything else as it came. */
export function viaWith(via: Via, set: Readonly<Record<string, string>>): string {
  let text = via.text;
  for (const [name, value] of Object.entries(set)) {
    const present = new RegExp(`;\\s*${name}\\s*(=\\s*[^;\\s,]*)?(?=[\\s;]|$)`, "i");
    text = present.test(text) ? text.replace(present, `;${name}=${value}`) : `${text};${name}=${value}`;
  }
  return text;
}

// What the transport does to a message that came in: stamps the top Via of a request, and finds the way back for its
// response (RFC 3261 §18.2.1, §18.2.2; RFC 3581 §4).
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type HeaderLine, type SipRequest, withLines } from "#firmware/sip/message/message.ts";
import { listItems } from "#firmware/sip/message/scanner.ts";
import { type Via, viaWith } from "#firmware/sip/message/via.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";

/** Where SIP over UDP and TCP lives if nobody says otherwise. */
export const defaultPort = 5060;
export const defaultTlsPort = 5061;

/** A dotted IPv4 address. */
export function isDotted(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** The top Via, or undefined where a peer wrote one that cannot be read. */
export function topVia(request: SipRequest): Via | undefined {
  try {
    return firstOf(request, headers.via);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/**
 * "If the host portion of the sent-by … contains a domain name, or … an IP address that differs from the packet source
 * address, the server MUST add a received parameter"; an empty rport asks for the source port, and for received.
 */
export function stamped(request: SipRequest, source: Endpoint): SipRequest {
  const via = topVia(request);
  if (via === undefined) return request;
  const isRportAsked = via.parameters.has("rport");
  const set: Record<string, string> = {};
  if (isRportAsked || via.host !== source.address) set["received"] = source.address;
  if (isRportAsked) set["rport"] = String(source.port);
  if (Object.keys(set).length === 0) return request;
  const lines = request.headers.filter(({ id }) => id === headers.via.id);
  const [first, ...others] = lines as [HeaderLine, ...HeaderLine[]]; // a Via was read from them
  const [, ...more] = listItems(first.value);
  const value = [viaWith(via, set), ...more].join(", ");
  return withLines(request, headers.via, [{ ...first, value }, ...others]);
}

/** Where a response over UDP goes. Without a readable Via: back to where the request came from. */
export function responseTarget(request: SipRequest, source: Endpoint): Endpoint {
  const via = topVia(request);
  if (via === undefined) return source;
  const maddr = via.parameters.get("maddr");
  if (maddr !== undefined && isDotted(maddr)) return { address: maddr, port: via.port ?? defaultPort };
  if (via.parameters.has("rport")) return source;
  return { address: source.address, port: via.port ?? defaultPort };
}

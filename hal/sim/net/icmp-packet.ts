// ICMP for IPv4 (RFC 792): echo, destination unreachable, time exceeded.
import type { Ip4 } from "#hal/contract/network.ts";
import { internetChecksum } from "./checksum.ts";
import { ip4At, joined, malformed, type Parsed, setU16, u8 } from "./octets.ts";

export const unreachableCode = { net: 0, host: 1, protocol: 2, port: 3 } as const;

/** The start of the datagram an error is about. */
export interface Quotation {
  readonly source: Ip4;
  readonly destination: Ip4;
  readonly protocol: number;
  /** First 8 bytes of its payload: the ports, and a TCP sequence number. */
  readonly head: Uint8Array;
}

export type IcmpMessage =
  | { readonly kind: "echo"; readonly isReply: boolean; readonly rest: Uint8Array }
  | { readonly kind: "unreachable" | "expired"; readonly code: number; readonly about: Quotation }
  | { readonly kind: "other"; readonly type: number };

const headerLength = 8;

export function parseIcmp(bytes: Uint8Array): Parsed<IcmpMessage> {
  if (bytes.length < headerLength) return malformed("truncated");
  if (internetChecksum(bytes) !== 0) return malformed("bad-checksum");
  const type = u8(bytes, 0);
  if (type === 8 || type === 0) return { kind: "echo", isReply: type === 0, rest: bytes.subarray(4) };
  if (type !== 3 && type !== 11) return { kind: "other", type };
  const quoted = bytes.subarray(headerLength);
  const header = (u8(quoted, 0) & 15) * 4;
  if (quoted.length < header + 8 || header < 20) return malformed("truncated");
  if (u8(quoted, 0) >>> 4 !== 4) return malformed("bad-version");
  return {
    kind: type === 3 ? "unreachable" : "expired",
    code: u8(bytes, 1),
    about: {
      source: ip4At(quoted, 12),
      destination: ip4At(quoted, 16),
      protocol: u8(quoted, 9),
      head: quoted.subarray(header, header + 8),
    },
  };
}

/** `rest`: identifier, sequence number and data, 4 bytes or more. */
export function buildEcho(isReply: boolean, rest: Uint8Array): Uint8Array {
  return build(isReply ? 0 : 8, 0, rest);
}

/** RFC 792: the IP header and at least 8 bytes; RFC 1812 §4.3.2.3: as much as fits in 576. */
export function buildUnreachable(code: number, rawPacket: Uint8Array): Uint8Array {
  return build(3, code, joined(new Uint8Array(4), rawPacket.subarray(0, 548)));
}

/** RFC 792: time exceeded in transit. */
export function buildExpired(rawPacket: Uint8Array): Uint8Array {
  return build(11, 0, joined(new Uint8Array(4), rawPacket.subarray(0, 548)));
}

function build(type: number, code: number, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + rest.length);
  bytes[0] = type;
  bytes[1] = code;
  bytes.set(rest, 4);
  setU16(bytes, 2, internetChecksum(bytes));
  return bytes;
}

// The Internet checksum (RFC 1071) and the pseudo-header of UDP and TCP (RFC 768, RFC 9293 §3.1).
import type { Ip4 } from "#hal/contract/network.ts";
import { ip4Number, u8, u16 } from "./octets.ts";

/** Adds 16-bit words; an odd last byte counts as the high half of a word. */
function sumWords(bytes: Uint8Array, start = 0): number {
  let sum = start;
  const even = bytes.length & ~1;
  for (let at = 0; at < even; at += 2) sum += u16(bytes, at);
  if (even !== bytes.length) sum += u8(bytes, even) << 8;
  return sum;
}

/** One's complement of the folded sum; over a packet with a correct checksum field this is 0. */
export function finishChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}

export function internetChecksum(bytes: Uint8Array): number {
  return finishChecksum(sumWords(bytes));
}

/** Checksum of a UDP datagram or TCP segment between two addresses. */
export function transportChecksum(
  source: Ip4,
  destination: Ip4,
  protocol: number,
  bytes: Uint8Array,
): number {
  const from = ip4Number(source);
  const to = ip4Number(destination);
  const pseudo = (from >>> 16) + (from & 0xffff) + (to >>> 16) + (to & 0xffff) + protocol + bytes.length;
  return finishChecksum(sumWords(bytes, pseudo));
}

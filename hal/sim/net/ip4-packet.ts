// The IPv4 header (RFC 791 §3.1) and its fragments. Options are skipped on reading and never written.
import type { Ip4 } from "#hal/contract/network.ts";
import { internetChecksum } from "./checksum.ts";
import { ip4At, malformed, type Parsed, setIp4, setU16, u8, u16 } from "./octets.ts";

export const protocol = { icmp: 1, tcp: 6, udp: 17 } as const;

export interface Ip4Packet {
  readonly source: Ip4;
  readonly destination: Ip4;
  /** IANA protocol number. */
  readonly protocol: number;
  readonly ttl: number;
  /** 0–63 (RFC 2474). */
  readonly dscp: number;
  readonly id: number;
  readonly canFragment: boolean;
  /** Of this payload in the whole datagram, bytes. */
  readonly offset: number;
  readonly hasMore: boolean;
  readonly payload: Uint8Array;
  /** Header and payload as they came, for the quotation in an ICMP error. */
  readonly raw: Uint8Array;
}

const headerLength = 20;
export const ip4HeaderLength = headerLength;
export const maxDatagram = 65_535;

/** `bytes` may be longer than the packet: Ethernet padding. */
export function parseIp4(bytes: Uint8Array): Parsed<Ip4Packet> {
  if (bytes.length < headerLength) return malformed("truncated");
  if (u8(bytes, 0) >>> 4 !== 4) return malformed("bad-version");
  const header = (u8(bytes, 0) & 15) * 4;
  const total = u16(bytes, 2);
  if (header < headerLength || total < header) return malformed("bad-length");
  if (total > bytes.length) return malformed("truncated");
  if (internetChecksum(bytes.subarray(0, header)) !== 0) return malformed("bad-checksum");
  const fragment = u16(bytes, 6);
  return {
    source: ip4At(bytes, 12),
    destination: ip4At(bytes, 16),
    protocol: u8(bytes, 9),
    ttl: u8(bytes, 8),
    dscp: u8(bytes, 1) >>> 2,
    id: u16(bytes, 4),
    canFragment: (fragment & 0x4000) === 0,
    offset: (fragment & 0x1fff) * 8,
    hasMore: (fragment & 0x2000) !== 0,
    payload: bytes.subarray(header, total),
    raw: bytes.subarray(0, total),
  };
}

/** `offset` is a multiple of 8. */
export function buildIp4(packet: Omit<Ip4Packet, "raw">): Uint8Array {
  const bytes = new Uint8Array(headerLength + packet.payload.length);
  bytes[0] = 0x45;
  bytes[1] = packet.dscp << 2;
  setU16(bytes, 2, bytes.length);
  setU16(bytes, 4, packet.id);
  setU16(bytes, 6, (packet.canFragment ? 0 : 0x4000) | (packet.hasMore ? 0x2000 : 0) | (packet.offset / 8));
  bytes[8] = packet.ttl;
  bytes[9] = packet.protocol;
  setIp4(bytes, 12, packet.source);
  setIp4(bytes, 16, packet.destination);
  setU16(bytes, 10, internetChecksum(bytes.subarray(0, headerLength)));
  bytes.set(packet.payload, headerLength);
  return bytes;
}

/** The packet in pieces that fit `mtu` (RFC 791 §3.2); one piece where it fits. */
export function fragmentIp4(packet: Omit<Ip4Packet, "raw">, mtu: number): readonly Uint8Array[] {
  const room = mtu - headerLength;
  if (packet.payload.length <= room) return [buildIp4(packet)];
  const step = room & ~7;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < packet.payload.length; at += step) {
    const payload = packet.payload.subarray(at, at + step);
    const hasMore = packet.hasMore || at + step < packet.payload.length;
    pieces.push(buildIp4({ ...packet, offset: packet.offset + at, hasMore, payload }));
  }
  return pieces;
}

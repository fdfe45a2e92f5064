// The UDP header (RFC 768).
import type { Ip4 } from "#hal/contract/network.ts";
import { transportChecksum } from "./checksum.ts";
import { protocol } from "./ip4-packet.ts";
import { malformed, type Parsed, setU16, u16 } from "./octets.ts";

export interface UdpPacket {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

const headerLength = 8;
/** 65535 less the IP and UDP headers. */
export const maxUdpPayload = 65_507;

export function parseUdp(source: Ip4, destination: Ip4, bytes: Uint8Array): Parsed<UdpPacket> {
  if (bytes.length < headerLength) return malformed("truncated");
  const length = u16(bytes, 4);
  if (length < headerLength || length > bytes.length) return malformed("bad-length");
  const whole = bytes.subarray(0, length);
  // "An all zero transmitted checksum value means that the transmitter generated no checksum."
  const hasChecksum = u16(bytes, 6) !== 0;
  if (hasChecksum && transportChecksum(source, destination, protocol.udp, whole) !== 0)
    return malformed("bad-checksum");
  return {
    sourcePort: u16(bytes, 0),
    destinationPort: u16(bytes, 2),
    payload: whole.subarray(headerLength),
  };
}

export function buildUdp(source: Ip4, destination: Ip4, packet: UdpPacket): Uint8Array {
  const bytes = new Uint8Array(headerLength + packet.payload.length);
  setU16(bytes, 0, packet.sourcePort);
  setU16(bytes, 2, packet.destinationPort);
  setU16(bytes, 4, bytes.length);
  bytes.set(packet.payload, headerLength);
  const checksum = transportChecksum(source, destination, protocol.udp, bytes);
  setU16(bytes, 6, checksum === 0 ? 0xffff : checksum);
  return bytes;
}

// ARP for IPv4 over Ethernet (RFC 826), 28 bytes after the Ethernet header.
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import { ip4At, macAt, malformed, type Parsed, setIp4, setMac, setU16, u8, u16 } from "./octets.ts";

export interface ArpPacket {
  readonly operation: "request" | "reply";
  readonly senderMac: Mac;
  /** 0.0.0.0 in a probe (RFC 5227 §1.1). */
  readonly senderAddress: Ip4;
  /** 00:00:00:00:00:00 in a request. */
  readonly targetMac: Mac;
  readonly targetAddress: Ip4;
}

const length = 28;
const operations = { request: 1, reply: 2 } as const;

/** `payload` may be longer: Ethernet padding. */
export function parseArp(payload: Uint8Array): Parsed<ArpPacket> {
  if (payload.length < length) return malformed("truncated");
  const isIp4OverEthernet =
    u16(payload, 0) === 1 && u16(payload, 2) === 0x0800 && u8(payload, 4) === 6 && u8(payload, 5) === 4;
  if (!isIp4OverEthernet) return malformed("unsupported");
  const code = u16(payload, 6);
  if (code !== operations.request && code !== operations.reply) return malformed("unsupported");
  return {
    operation: code === operations.request ? "request" : "reply",
    senderMac: macAt(payload, 8),
    senderAddress: ip4At(payload, 14),
    targetMac: macAt(payload, 18),
    targetAddress: ip4At(payload, 24),
  };
}

export function buildArp(packet: ArpPacket): Uint8Array {
  const bytes = new Uint8Array(length);
  setU16(bytes, 0, 1);
  setU16(bytes, 2, 0x0800);
  bytes[4] = 6;
  bytes[5] = 4;
  setU16(bytes, 6, operations[packet.operation]);
  setMac(bytes, 8, packet.senderMac);
  setIp4(bytes, 14, packet.senderAddress);
  setMac(bytes, 18, packet.targetMac);
  setIp4(bytes, 24, packet.targetAddress);
  return bytes;
}

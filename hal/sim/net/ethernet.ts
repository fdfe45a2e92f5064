// Ethernet II and 802.3 frames with an 802.1Q tag inline (IEEE 802.1Q §9), as they stand on a cable. No FCS.
import type { FrameKind, Mac, VlanTag } from "#hal/contract/link.ts";
import { macAt, setMac, setU16, u8, u16 } from "./octets.ts";

export const etherType = { ip4: 0x0800, arp: 0x0806, vlan: 0x8100, lldp: 0x88cc } as const;

/** Destination, source, type. */
export const headerLength = 14;
/** 802.3 minimum without FCS; shorter frames are padded with zeros. */
const minFrameLength = 60;
/** Without tag and FCS. */
export const maxFrameLength = 1514;

const tagLength = 4;
const cdpMac: Mac = "01:00:0c:cc:cc:cc";

/** Takes the outermost tag out; undefined for fewer bytes than the headers need. */
export function splitTag(
  frame: Uint8Array,
): { readonly bytes: Uint8Array; readonly tag: VlanTag | undefined } | undefined {
  if (frame.length < headerLength) return undefined;
  if (u16(frame, 12) !== etherType.vlan) return { bytes: frame, tag: undefined };
  if (frame.length < headerLength + tagLength) return undefined;
  const bytes = new Uint8Array(frame.length - tagLength);
  bytes.set(frame.subarray(0, 12));
  bytes.set(frame.subarray(12 + tagLength), 12);
  const control = u16(frame, 14);
  return { bytes, tag: { vlanId: control & 0xfff, priority: control >>> 13 } };
}

/** A copy with the tag inline, padded to the minimum. */
export function withTag(bytes: Uint8Array, tag: VlanTag | undefined): Uint8Array {
  const extra = tag === undefined ? 0 : tagLength;
  const frame = new Uint8Array(Math.max(minFrameLength, bytes.length) + extra);
  if (tag === undefined) {
    frame.set(bytes);
    return frame;
  }
  frame.set(bytes.subarray(0, 12));
  setU16(frame, 12, etherType.vlan);
  setU16(frame, 14, (tag.priority << 13) | tag.vlanId);
  frame.set(bytes.subarray(12), 12 + tagLength);
  return frame;
}

/** An untagged frame around a payload. */
export function buildFrame(destination: Mac, source: Mac, type: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerLength + payload.length);
  setMac(frame, 0, destination);
  setMac(frame, 6, source);
  setU16(frame, 12, type);
  frame.set(payload, headerLength);
  return frame;
}

export function isGroupMac(frame: Uint8Array): boolean {
  return (u8(frame, 0) & 1) === 1;
}

/** Never forwarded by a switch: 01-80-C2-00-00-00 … 0F (IEEE 802.1Q table 8-1) and Cisco's group. */
export function isControl(bytes: Uint8Array): boolean {
  const mac = macAt(bytes, 0);
  return /^01:80:c2:00:00:0.$/.test(mac) || mac === cdpMac;
}

/** What an untagged frame is for LinkPort listeners; undefined: only "all" wants it. */
export function kindOf(bytes: Uint8Array): Exclude<FrameKind, "all"> | undefined {
  const type = u16(bytes, 12);
  if (type === etherType.arp) return "arp";
  if (type === etherType.lldp) return "lldp";
  if (type === etherType.ip4) return isDhcpReply(bytes) ? "dhcp" : undefined;
  return type <= 1500 && macAt(bytes, 0) === cdpMac ? "cdp" : undefined;
}

/** First fragment of an IPv4 UDP datagram to port 68. */
function isDhcpReply(bytes: Uint8Array): boolean {
  const ip = headerLength;
  if (bytes.length < ip + 20 || u8(bytes, ip) >>> 4 !== 4 || u8(bytes, ip + 9) !== 17) return false;
  const udp = ip + (u8(bytes, ip) & 15) * 4;
  const isFirst = (u16(bytes, ip + 6) & 0x1fff) === 0;
  return isFirst && bytes.length >= udp + 8 && u16(bytes, udp + 2) === 68;
}

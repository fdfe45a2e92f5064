// A UDP datagram in IPv4 in Ethernet, whole frames both ways: DHCP before an address exists, and after (README).
// RFC 791 §3.1, RFC 768, RFC 1071. No IP options on sending, no fragments on receiving.
import { ip4, mac } from "#firmware/wire/bytes.ts";
import { encode } from "#firmware/wire/field.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { named, WireError } from "#firmware/wire/wire-error.ts";
import { Writer } from "#firmware/wire/writer.ts";

export const broadcastMac = "ff:ff:ff:ff:ff:ff";
export const broadcastAddress = "255.255.255.255";
export const noAddress = "0.0.0.0";

export interface UdpFrame {
  readonly destinationMac: string;
  readonly sourceMac: string;
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
  readonly payload: Uint8Array;
}

const etherTypeIp4 = 0x0800;
const protocolUdp = 17;
const ipBytes = 20;
const udpBytes = 8;
const timeToLive = 64;
const moreFragments = 0x2000;
const fragmentOffset = 0x1fff;

/** RFC 1071 §1: the sum of 16-bit words with end-around carry, an odd last byte padded on the right. */
function onesSum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0); // at is inside
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** RFC 768: source, destination, protocol and UDP length take part in the sum. */
function pseudoHeaderSum(source: string, destination: string, udpLength: number): number {
  const w = new Writer();
  ip4.write(w, source);
  ip4.write(w, destination);
  w.u16(protocolUdp);
  w.u16(udpLength);
  return onesSum(w.written());
}

/** Encodes a whole frame with both checksums. */
export function encodeUdpFrame(frame: UdpFrame): Uint8Array {
  const udpLength = udpBytes + frame.payload.length;
  const udp = new Writer();
  udp.u16(frame.source.port);
  udp.u16(frame.destination.port);
  udp.u16(udpLength);
  udp.u16(0);
  udp.bytes(frame.payload);
  const pseudo = pseudoHeaderSum(frame.source.address, frame.destination.address, udpLength);
  const sum = ~onesSum(udp.written(), pseudo) & 0xffff;
  // RFC 768: a computed zero is sent as all ones, because zero means "no checksum".
  udp.patchU16(6, sum === 0 ? 0xffff : sum);

  const ip = new Writer();
  ip.u8(0x45);
  ip.u8(0);
  ip.u16(ipBytes + udpLength);
  ip.u16(0);
  ip.u16(0);
  ip.u8(timeToLive);
  ip.u8(protocolUdp);
  ip.u16(0);
  ip4.write(ip, frame.source.address);
  ip4.write(ip, frame.destination.address);
  ip.patchU16(10, ~onesSum(ip.written()) & 0xffff);

  const w = new Writer();
  mac.write(w, frame.destinationMac);
  mac.write(w, frame.sourceMac);
  w.u16(etherTypeIp4);
  w.bytes(ip.written());
  w.bytes(udp.written());
  return w.finish();
}

/** Decodes a frame to any UDP port; padding after the IP length is not looked at. Throws WireError. */
export function decodeUdpFrame(frame: Uint8Array): UdpFrame {
  return named("frame", () => {
    const r = new Reader(frame);
    const destinationMac = mac.read(r);
    const sourceMac = mac.read(r);
    const etherType = r.u16();
    if (etherType !== etherTypeIp4)
      throw new WireError("bad-value", 12, `EtherType ${etherType.toString(16)}, 0800 belongs`);
    return { destinationMac, sourceMac, ...readIp(r, frame) };
  });
}

type IpPart = Pick<UdpFrame, "source" | "destination" | "payload">;

function readIp(r: Reader, frame: Uint8Array): IpPart {
  const start = r.offset;
  const versionAndLength = r.u8();
  const headerBytes = (versionAndLength & 0x0f) * 4;
  if (versionAndLength >> 4 !== 4 || headerBytes < ipBytes)
    throw new WireError("bad-value", start, `IP version and header length ${versionAndLength.toString(16)}`);
  r.u8();
  const totalBytes = r.u16();
  if (totalBytes < headerBytes)
    throw new WireError("bad-length", start + 2, `total length ${totalBytes}, header ${headerBytes}`);
  r.u16();
  const fragment = r.u16();
  if ((fragment & (moreFragments | fragmentOffset)) !== 0)
    throw new WireError("bad-value", start + 6, "a fragment; whole datagrams belong here");
  r.u8();
  const protocol = r.u8();
  if (protocol !== protocolUdp)
    throw new WireError("bad-value", start + 9, `IP protocol ${protocol}, 17 belongs`);
  r.u16();
  const source = ip4.read(r);
  const destination = ip4.read(r);
  r.bytes(headerBytes - ipBytes);
  if (onesSum(frame.subarray(start, start + headerBytes)) !== 0xffff)
    throw new WireError("bad-checksum", start + 10, "IP header checksum");
  return readUdp(r.sub(totalBytes - headerBytes), source, destination);
}

function readUdp(r: Reader, source: string, destination: string): IpPart {
  const start = r.offset;
  const datagram = r.bytes(r.remaining);
  const u = new Reader(datagram, start);
  const sourcePort = u.u16();
  const destinationPort = u.u16();
  const length = u.u16();
  const checksum = u.u16();
  if (length < udpBytes || length > datagram.length)
    throw new WireError(
      "bad-length",
      start + 4,
      `UDP length ${length}, ${udpBytes} to ${datagram.length} belongs`,
    );
  const pseudo = pseudoHeaderSum(source, destination, length);
  if (!isUdpChecksumAccepted(checksum, datagram.subarray(0, length), pseudo))
    throw new WireError("bad-checksum", start + 6, "UDP checksum");
  return {
    source: { address: source, port: sourcePort },
    destination: { address: destination, port: destinationPort },
    payload: u.bytes(length - udpBytes).slice(),
  };
}

/**
 * Right, absent (0), or unfinished: a sender on the same host (veth, virtio) leaves the pseudo-header's sum for
 * hardware that is not there; seen from Linux servers in a network namespace with transmit offload on.
 */
function isUdpChecksumAccepted(checksum: number, datagram: Uint8Array, pseudo: number): boolean {
  return checksum === 0 || onesSum(datagram, pseudo) === 0xffff || checksum === pseudo;
}

/** The prefix length of a mask: `255.255.255.0` → 24. */
export function prefixOf(mask: string): number {
  let ones = 0;
  for (const byte of encode(ip4, mask)) for (let bits = byte; bits > 0; bits &= bits - 1) ones++;
  return ones;
}

/** True for four decimal numbers 0–255; leading zeros are read as decimal by everybody we know. */
export function isDottedAddress(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

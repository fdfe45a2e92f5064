// ARP for IPv4 over Ethernet (RFC 826), as far as finding out whether an address is free needs it (RFC 5227).
import { ip4, mac } from "#firmware/wire/bytes.ts";
import { decode, encode, type Of } from "#firmware/wire/field.ts";
import { constant, oneOf, u8, u16 } from "#firmware/wire/numbers.ts";
import { struct } from "#firmware/wire/structures.ts";
import { broadcastMac, noAddress } from "./datagram.ts";

const etherTypeArp = 0x0806;
const nobody = "00:00:00:00:00:00";
const packetBytes = 42;

const arpFrame = struct({
  destination: mac,
  source: mac,
  etherType: constant(u16, etherTypeArp),
  hardware: constant(u16, 1),
  protocol: constant(u16, 0x0800),
  hardwareLength: constant(u8, 6),
  protocolLength: constant(u8, 4),
  operation: oneOf(u16, { request: 1, reply: 2 }),
  senderMac: mac,
  senderAddress: ip4,
  targetMac: mac,
  targetAddress: ip4,
});

/** What an ARP packet says. */
export type ArpPacket = Pick<
  Of<typeof arpFrame>,
  "operation" | "senderMac" | "senderAddress" | "targetMac" | "targetAddress"
>;

/** Decodes an ARP frame; padding is not looked at. Throws WireError. */
export function decodeArp(frame: Uint8Array): ArpPacket {
  const { operation, senderMac, senderAddress, targetMac, targetAddress } = decode(
    "arp",
    arpFrame,
    frame.subarray(0, packetBytes),
  );
  return { operation, senderMac, senderAddress, targetMac, targetAddress };
}

/** A broadcast request from `sender`, the target's hardware address unknown (all zeroes, RFC 5227 §2.1.1). */
function broadcastRequest(ownMac: string, senderAddress: string, targetAddress: string): Uint8Array {
  return encode(arpFrame, {
    destination: broadcastMac,
    source: ownMac,
    etherType: etherTypeArp,
    hardware: 1,
    protocol: 0x0800,
    hardwareLength: 6,
    protocolLength: 4,
    operation: "request",
    senderMac: ownMac,
    senderAddress,
    targetMac: nobody,
    targetAddress,
  });
}

/** Asks whether somebody has `address` without claiming it (RFC 5227 §2.1.1). */
export function encodeArpProbe(ownMac: string, address: string): Uint8Array {
  return broadcastRequest(ownMac, noAddress, address);
}

/** Claims `address` (RFC 5227 §2.3). */
export function encodeArpAnnouncement(ownMac: string, address: string): Uint8Array {
  return broadcastRequest(ownMac, address, address);
}

/**
 * RFC 5227 §2.1.1 and §2.4: somebody else says that `address` is his, or, while we probe, probes for it too.
 * Our own packets echoed by a hub do not count.
 */
export function isConflict(
  packet: ArpPacket,
  own: { readonly mac: string; readonly address: string; readonly isProbing: boolean },
): boolean {
  if (packet.senderMac === own.mac) return false;
  if (packet.senderAddress === own.address) return true;
  return (
    own.isProbing &&
    packet.operation === "request" &&
    packet.senderAddress === noAddress &&
    packet.targetAddress === own.address
  );
}

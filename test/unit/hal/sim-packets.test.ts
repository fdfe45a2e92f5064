// The simulated kernel's packet codecs against frames that a Linux kernel, scapy and dnsmasq made.
import { expect, test } from "vitest";
import { buildArp, parseArp } from "#hal/sim/net/arp-packet.ts";
import { buildFrame, kindOf, splitTag, withTag } from "#hal/sim/net/ethernet.ts";
import { buildEcho, buildUnreachable, parseIcmp } from "#hal/sim/net/icmp-packet.ts";
import { buildIp4, type Ip4Packet, parseIp4 } from "#hal/sim/net/ip4-packet.ts";
import { isMalformed, type Parsed } from "#hal/sim/net/octets.ts";
import { buildUdp, parseUdp } from "#hal/sim/net/udp-packet.ts";
import { vector, vectors } from "#test/vectors/load.ts";
import { text } from "./sim-net-rig.ts";

const frame = (name: string): Uint8Array => vector("net", name).bytes;

function good<T extends object>(parsed: Parsed<T>): T {
  if (isMalformed(parsed)) throw new Error(`refused: ${parsed.malformed}`);
  return parsed;
}
const ip = (name: string): Ip4Packet => good(parseIp4(frame(name).subarray(14)));

test("an ARP request and its reply are read and written byte for byte", () => {
  const request = frame("arp-request-linux");
  const asked = good(parseArp(request.subarray(14)));
  expect(asked).toEqual({
    operation: "request",
    senderMac: "00:11:22:33:44:55",
    senderAddress: "10.77.110.20",
    targetMac: "00:00:00:00:00:00",
    targetAddress: "10.77.110.1",
  });
  expect(buildFrame("ff:ff:ff:ff:ff:ff", "00:11:22:33:44:55", 0x0806, buildArp(asked))).toEqual(request);
  const reply = frame("arp-reply-linux");
  const answered = good(parseArp(reply.subarray(14)));
  expect(answered.senderMac).toBe("00:11:22:33:44:01");
  expect(buildFrame("00:11:22:33:44:55", "00:11:22:33:44:01", 0x0806, buildArp(answered))).toEqual(reply);
});

test("an ICMP port unreachable quotes the datagram it is about", () => {
  const about = ip("udp-to-closed-port-linux");
  const message = ip("icmp-port-unreachable-linux");
  const error = good(parseIcmp(message.payload));
  expect(error).toMatchObject({
    kind: "unreachable",
    code: 3,
    about: { source: "10.77.110.20", destination: "10.77.110.1", protocol: 17 },
  });
  expect(buildUnreachable(3, about.raw)).toEqual(message.payload);
});

test("a UDP datagram to a group carries its DSCP, and is written back byte for byte", () => {
  const packet = ip("udp-group-ef-linux");
  expect(packet).toMatchObject({ destination: "224.0.1.1", ttl: 1, dscp: 46, protocol: 17 });
  const datagram = good(parseUdp(packet.source, packet.destination, packet.payload));
  expect(text(datagram.payload)).toBe("to a group");
  expect(buildUdp(packet.source, packet.destination, datagram)).toEqual(packet.payload);
  expect(buildIp4(packet)).toEqual(packet.raw);
});

test("fragments carry offset and the more flag", () => {
  const pieces = [1, 2, 3].map((n) => ip(`fragment-${n}-of-3-linux`));
  expect(pieces.map(({ offset, hasMore, payload }) => [offset, hasMore, payload.length])).toEqual([
    [0, true, 1480],
    [1480, true, 1480],
    [2960, false, 48],
  ]);
  for (const piece of pieces) expect(buildIp4(piece)).toEqual(piece.raw);
});

test("a wrong checksum, length or version is refused, whatever the protocol", () => {
  const offer = ip("dhcp-offer-dnsmasq");
  expect(parseUdp(offer.source, offer.destination, offer.payload)).toEqual({ malformed: "bad-checksum" });
  const raw = ip("udp-to-closed-port-linux").raw;
  const broken = (at: number, value: number): Uint8Array => raw.with(at, value);
  expect(parseIp4(broken(8, 1))).toEqual({ malformed: "bad-checksum" });
  expect(parseIp4(broken(0, 0x65))).toEqual({ malformed: "bad-version" });
  expect(parseIp4(broken(0, 0x44))).toEqual({ malformed: "bad-length" });
  expect(parseIp4(raw.subarray(0, 30))).toEqual({ malformed: "truncated" });
  const echo = buildEcho(false, new Uint8Array(12));
  expect(parseIcmp(echo.with(9, 7))).toEqual({ malformed: "bad-checksum" });
});

test("an 802.1Q tag goes in and comes out, and short frames are padded", () => {
  const untagged = frame("arp-request-linux");
  const tagged = withTag(untagged, { vlanId: 110, priority: 5 });
  expect(tagged.length).toBe(64);
  expect(Array.from(tagged.subarray(12, 18))).toEqual([0x81, 0x00, 0xa0, 0x6e, 0x08, 0x06]);
  const split = splitTag(tagged);
  expect(split?.tag).toEqual({ vlanId: 110, priority: 5 });
  expect(split?.bytes.subarray(0, untagged.length)).toEqual(untagged);
  expect(splitTag(tagged.subarray(0, 17))).toBeUndefined();
});

test("frames are sorted into the kinds that listeners ask for", () => {
  expect(kindOf(frame("cdp-switch-scapy"))).toBe("cdp");
  expect(kindOf(frame("arp-reply-linux"))).toBe("arp");
  expect(kindOf(frame("dhcp-offer-dnsmasq"))).toBe("dhcp");
  expect(kindOf(frame("dhcp-discover-scapy"))).toBeUndefined();
  expect(kindOf(frame("udp-to-closed-port-linux"))).toBeUndefined();
  const lldp = buildFrame("01:80:c2:00:00:0e", "00:11:22:33:44:01", 0x88cc, new Uint8Array(46));
  expect(kindOf(lldp)).toBe("lldp");
  for (const { bytes } of vectors("net")) for (let n = 14; n < 45; n++) kindOf(bytes.subarray(0, n));
});

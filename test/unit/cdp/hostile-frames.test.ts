// The parser rules that resist CDPwn-type frames (reference boot-and-provisioning 2.7, rules 1 to 9).
import { expect, test } from "vitest";
import { cdpChecksum } from "#firmware/cdp/checksum.ts";
import { type CdpTlv, cdpPacket, decodeCdpFrame, encodeCdpFrame } from "#firmware/cdp/messages.ts";
import { neighbourOf, voiceVlanOf } from "#firmware/cdp/neighbour.ts";
import { decode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { hex, vector } from "#test/vectors/load.ts";

const source = "00:11:22:33:44:01";
const good = vector("cdp/frames", "switch-voice-vlan-100").bytes;

function failure(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error("no WireError was thrown");
}

function changed(at: number, ...bytes: number[]): Uint8Array {
  const frame = good.slice();
  frame.set(bytes, at);
  return frame;
}

/** A packet with these TLVs as raw hex and a right checksum. */
function packet(tlvs: string): Uint8Array {
  const bytes = hex(`02b40000${tlvs}`);
  const sum = cdpChecksum(bytes);
  bytes.set([sum >> 8, sum & 0xff], 2);
  return bytes;
}

const believed = (tlvs: readonly CdpTlv[]) => neighbourOf(source, { version: 2, ttlSec: 180, tlvs });

test("BOOT-024 rule 1: a frame shorter than its headers, or than its 802.3 length, is refused", () => {
  for (let length = 0; length < 26; length++) {
    expect(failure(() => decodeCdpFrame(good.subarray(0, length))).code).toBe("truncated");
  }
  expect(failure(() => decodeCdpFrame(good.subarray(0, good.length - 1))).code).toBe("truncated");
  expect(failure(() => decodeCdpFrame(changed(12, 0x05, 0xdd))).code).toBe("bad-length");
});

test("BOOT-024 rule 2: only the CDP group is a destination, not broadcast and not the phone's own address", () => {
  expect(failure(() => decodeCdpFrame(changed(0, 255, 255, 255, 255, 255, 255))).code).toBe("bad-value");
  expect(failure(() => decodeCdpFrame(changed(0, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55))).code).toBe(
    "bad-value",
  );
});

test("BOOT-024 rule 3: a TLV shorter than its header or longer than the packet drops the whole frame", () => {
  expect(failure(() => decode("cdp", cdpPacket, packet("0001 0003"))).code).toBe("bad-length");
  expect(failure(() => decode("cdp", cdpPacket, packet("000a 0006 0001 0001 0009 61"))).code).toBe(
    "truncated",
  );
});

test("BOOT-024 rule 4: a value of the wrong size is refused, and the error says where", () => {
  for (const tlv of [
    "0004 0007 000000",
    "000a 0007 000001",
    "000b 0004",
    "000e 0006 0064",
    "000e 0004",
    "001a 0008 00000000",
  ]) {
    const error = failure(() => decode("cdp", cdpPacket, packet(tlv)));
    expect(["truncated", "trailing", "bad-length"]).toContain(error.code);
    expect(error.path).toMatch(/^cdp\.tlvs\[0\]/);
  }
});

test("BOOT-024 rule 4: text is cut at 255 characters and only printable ASCII is kept", () => {
  const heard = believed([
    { kind: "deviceId", text: "%n%s\x1b[2J<b>\u00e9" },
    { kind: "software", text: "x".repeat(1000) },
  ]);
  expect(heard.deviceId).toBe("%n%s.[2J<b>.");
  expect(heard.software).toHaveLength(255);
});

test("BOOT-024 rule 5: the addresses that are there decide, not the count, and eight are kept", () => {
  const entry = "01 01 cc 0004 c0000201";
  const huge = decode("cdp", cdpPacket, packet(`0002 0011 ffffffff ${entry}`));
  expect(huge.tlvs).toEqual([{ kind: "addresses", addresses: [{ kind: "ip4", address: "192.0.2.1" }] }]);
  const many = decode(
    "cdp",
    cdpPacket,
    packet(`0002 ${(8 + 9 * 20).toString(16).padStart(4, "0")} 00000014 ${entry.repeat(20)}`),
  );
  expect(neighbourOf(source, many).addresses).toHaveLength(8);
});

test("BOOT-024 rule 5: eight power levels are kept, and a 65th TLV drops the frame", () => {
  const powers = decode(
    "cdp",
    cdpPacket,
    packet(`0019 ${(8 + 4 * 100).toString(16).padStart(4, "0")} 0001 0001 ${"0000189c".repeat(100)}`),
  );
  expect(powers.tlvs[0]).toMatchObject({ kind: "powerRequested", milliwatts: Array(8).fill(6300) });
  const tlv = "000b 0005 01";
  expect(decode("cdp", cdpPacket, packet(tlv.repeat(64))).tlvs).toHaveLength(64);
  expect(failure(() => decode("cdp", cdpPacket, packet(tlv.repeat(65)))).code).toBe("bad-length");
});

test("BOOT-024 rule 5: of a repeated TLV the first wins", () => {
  const heard = believed([
    { kind: "voiceVlan", entries: [{ appliance: 1, vlanId: 110 }] },
    { kind: "voiceVlan", entries: [{ appliance: 1, vlanId: 120 }] },
  ]);
  expect(heard.voiceVlan).toEqual({ kind: "vlan", vlanId: 110 });
});

test("BOOT-024 rule 7: a frame of the greatest size costs no more than its own bytes", () => {
  const tlvs = "0002 0008 00000000".repeat(64);
  const frame = encodeCdpFrame(source, decode("cdp", cdpPacket, packet(tlvs)));
  const decoded = decodeCdpFrame(frame);
  expect(
    decoded.kind === "cdp" &&
      decoded.packet.tlvs.every((tlv) => tlv.kind === "addresses" && tlv.addresses.length === 0),
  ).toBe(true);
});

test("BOOT-024 rule 8: what comes out holds checked values only", () => {
  const heard = believed([
    { kind: "nativeVlan", vlanId: 5000 },
    { kind: "untrustedCos", cos: 200 },
    { kind: "extendedTrust", bits: 0xfe },
    { kind: "duplex", mode: 7 },
  ]);
  expect(heard).toMatchObject({
    nativeVlan: undefined,
    trust: { isTrusted: false, untrustedPriority: 0 },
    duplex: "full",
    deviceId: "",
    voiceVlan: { kind: "none" },
  });
});

test("BOOT-017 the VLAN reply is a list of 3-byte entries, appliance 1 preferred, the range checked", () => {
  const entries = (...pairs: [number, number][]) =>
    pairs.map(([appliance, vlanId]) => ({ appliance, vlanId }));
  expect(decode("cdp", cdpPacket, packet("000e 000a 02 0064 01 006e")).tlvs).toEqual([
    { kind: "voiceVlan", entries: entries([2, 100], [1, 110]) },
  ]);
  const table: [readonly { appliance: number; vlanId: number }[] | undefined, object][] = [
    [undefined, { kind: "none" }],
    [entries([2, 100], [1, 110]), { kind: "vlan", vlanId: 110 }],
    [entries([2, 100], [3, 110]), { kind: "vlan", vlanId: 100 }],
    [entries([1, 1]), { kind: "vlan", vlanId: 1 }],
    [entries([1, 4094]), { kind: "vlan", vlanId: 4094 }],
    [entries([1, 4095]), { kind: "untagged" }],
    [entries([1, 0]), { kind: "priority-tagged" }],
    [entries([1, 4096]), { kind: "out-of-range", value: 4096 }],
  ];
  for (const [given, wanted] of table) expect(voiceVlanOf(given)).toEqual(wanted);
});

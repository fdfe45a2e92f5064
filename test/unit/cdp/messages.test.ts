// CDP packets and frames: vectors both ways, the checksum's odd-length quirk, unknown and repeated TLVs.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cdpChecksum } from "#firmware/cdp/checksum.ts";
import {
  type CdpFrame,
  type CdpPacket,
  cdpPacket,
  decodeCdpFrame,
  encodeCdpFrame,
} from "#firmware/cdp/messages.ts";
import { decode, encode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { hex, vector, vectors } from "#test/vectors/load.ts";

const source = "00:11:22:33:44:01";

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return "ok";
}

const packetVectors = vectors("cdp/packets");
const goodPackets = packetVectors.filter(({ expect: wanted }) => wanted === "ok");
const frameVectors = vectors("cdp/frames");

describe("vectors", () => {
  test.each(goodPackets)("packet $name decodes to its value and encodes back", ({ bytes, value }) => {
    const packet = decode("cdp", cdpPacket, bytes);
    expect(packet).toEqual(value);
    expect(encode(cdpPacket, packet)).toEqual(bytes);
  });

  test.each(frameVectors)("frame $name decodes to its value and encodes back", ({ bytes, value }) => {
    const frame = decodeCdpFrame(bytes);
    expect(frame).toEqual(value);
    if (frame.kind !== "cdp") throw new Error("a CDP frame");
    expect(encodeCdpFrame(frame.source, frame.packet)).toEqual(bytes);
  });

  test("BOOT-010 a frame has its 802.3 length, LLC and SNAP, protocol 0x2000, version 2, TTL 180", () => {
    const frame = encodeCdpFrame(source, { version: 2, ttlSec: 180, tlvs: [{ kind: "duplex", mode: 1 }] });
    expect(frame).toEqual(hex("01000ccccccc 001122334401 0011 aaaa03 00000c 2000 02 b4 fd3a 000b 0005 01"));
  });
});

describe("checksum", () => {
  test("BOOT-011 the five vectors, even and odd", () => {
    expect(goodPackets.map(({ name, bytes }) => [name, cdpChecksum(bytes).toString(16)])).toEqual([
      ["minimal-odd", "fd46"],
      ["phone-even", "d1b5"],
      ["phone-odd", "dd72"],
      ["switch-reply-even", "8da3"],
      ["switch-reply-odd-high-byte", "bb47"],
    ]);
  });

  test("BOOT-012 any of the three variants of an odd length is accepted, anything else is not", () => {
    // Last byte 0x80: Scapy adds 0x0080, the others 0xFF7F. Low running sum below 0x100 - v: U-Boot drops the carry.
    const scapy = Uint8Array.of(2, 0xb4, 0, 0, 0, 1, 0, 5, 0x80);
    const uboot = hex("02b4 0000 fd47 0005 90");
    for (const packet of [scapy, uboot]) {
      for (const variant of ["common", "high-80-positive", "lost-carry"] as const) {
        const sum = cdpChecksum(packet, variant);
        const sent = packet.slice();
        sent.set([sum >> 8, sum & 0xff], 2);
        expect(codeOf(() => decode("cdp", cdpPacket, sent))).toBe("ok");
      }
    }
    expect(cdpChecksum(scapy, "high-80-positive")).not.toBe(cdpChecksum(scapy));
    expect(cdpChecksum(uboot, "lost-carry")).not.toBe(cdpChecksum(uboot));
    const wrong = vector("cdp/packets", "rfc1071-checksum-of-odd-packet").bytes;
    expect(codeOf(() => decode("cdp", cdpPacket, wrong))).toBe("bad-checksum");
  });

  test("the lost carry of U-Boot is a variant of its own", () => {
    // Running sum 0x0010, last byte 0x81: 0x0010 + 0xFF81 leaves no carry, so Cisco's minus one is missing there.
    const packet = Uint8Array.of(0x00, 0x10, 0, 0, 0x81);
    expect(cdpChecksum(packet, "common")).toBe(~0xff90 & 0xffff);
    expect(cdpChecksum(packet, "lost-carry")).toBe(~0xff91 & 0xffff);
  });
});

describe("tolerance", () => {
  const packet = (tlvs: string): CdpPacket => {
    const bytes = hex(`02b40000${tlvs}`);
    const sum = cdpChecksum(bytes);
    bytes.set([sum >> 8, sum & 0xff], 2);
    return decode("cdp", cdpPacket, bytes);
  };

  test("a TLV nobody knows keeps its bytes and is written back", () => {
    const value = packet("1005 0006 abcd");
    expect(value.tlvs).toEqual([{ kind: "unknown", id: 0x1005, raw: hex("abcd") }]);
    expect(decode("cdp", cdpPacket, encode(cdpPacket, value))).toEqual(value);
  });

  test("an MTU is two bytes from some peers and four from others", () => {
    expect(packet("0011 0006 05dc").tlvs).toEqual([{ kind: "mtu", bytes: 1500 }]);
    expect(packet("0011 0008 000005dc").tlvs).toEqual([{ kind: "mtu", bytes: 1500 }]);
  });

  test("an address of another protocol keeps its bytes", () => {
    const value = packet("0002 0024 00000001 02 08 aaaa0300000086dd 0010 20010db8000000000000000000000001");
    expect(value.tlvs[0]).toMatchObject({ kind: "addresses", addresses: [{ kind: "other" }] });
    expect(decode("cdp", cdpPacket, encode(cdpPacket, value))).toEqual(value);
  });

  test("another protocol of the same group is no CDP frame and no error", () => {
    const frame = hex("01000ccccccc 001122334401 000c aaaa03 00000c 2004 01000001");
    expect(decodeCdpFrame(frame)).toEqual({ kind: "other", source, protocolId: 0x2004 });
  });

  test("padding after the 802.3 length is not part of the packet", () => {
    const { bytes, value } = vector("cdp/frames", "switch-voice-vlan-100");
    expect(decodeCdpFrame(new Uint8Array([...bytes, 0, 0, 0xff]))).toEqual(value);
  });
});

describe("properties", () => {
  test("any bytes give a value or a WireError, and a value survives encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const bytes = new Uint8Array([2, 180, 0, 0, ...tail]);
        const sum = cdpChecksum(bytes);
        bytes.set([sum >> 8, sum & 0xff], 2);
        let value: CdpPacket;
        try {
          value = decode("cdp", cdpPacket, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
          return;
        }
        expect(decode("cdp", cdpPacket, encode(cdpPacket, value))).toEqual(value);
      }),
    );
  });

  test("a frame changed anywhere is refused or still a value", () => {
    const { bytes } = vector("cdp/frames", "phone-7960-odd");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ change; // at is inside
        let frame: CdpFrame | undefined;
        expect(["ok", "bad-checksum", "bad-value", "bad-length", "truncated"]).toContain(
          codeOf(() => {
            frame = decodeCdpFrame(damaged);
          }),
        );
        // Only the addresses and the length of 802.3 are outside the checksum.
        if (frame?.kind === "cdp") expect(at).toBeLessThan(22);
      }),
    );
  });
});

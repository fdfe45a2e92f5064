// Whole frames: IPv4 and UDP headers with their checksums, and ARP for the conflict check.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ArpPacket,
  decodeArp,
  encodeArpAnnouncement,
  encodeArpProbe,
  isConflict,
} from "#firmware/dhcp/arp.ts";
import { decodeUdpFrame, encodeUdpFrame, prefixOf } from "#firmware/dhcp/datagram.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { hex, vector } from "#test/vectors/load.ts";

const own = "00:11:22:33:44:55";
const other = "00:11:22:33:44:01";
const offer = vector("dhcp/messages", "offer-dnsmasq").bytes;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return "ok";
}

const changed = (at: number, ...bytes: number[]): Uint8Array => {
  const frame = offer.slice();
  frame.set(bytes, at);
  return frame;
};

describe("datagrams", () => {
  test("a frame made by scapy's stack and dnsmasq's kernel is read, whoever it is addressed to", () => {
    expect(decodeUdpFrame(offer)).toMatchObject({
      destinationMac: own,
      sourceMac: other,
      source: { address: "10.77.0.1", port: 67 },
      destination: { address: "10.77.0.141", port: 68 },
    });
  });

  test("padding after the datagram is not part of it", () => {
    expect(decodeUdpFrame(new Uint8Array([...offer, 1, 2, 3]))).toEqual(decodeUdpFrame(offer));
  });

  test("IP options are skipped", () => {
    const w = encodeUdpFrame({
      destinationMac: own,
      sourceMac: other,
      source: { address: "192.0.2.1", port: 67 },
      destination: { address: "192.0.2.2", port: 68 },
      payload: Uint8Array.of(1, 2, 3),
    });
    const withOptions = new Uint8Array([...w.subarray(0, 34), 1, 1, 1, 0, ...w.subarray(34)]);
    withOptions[14] = 0x46;
    withOptions[17] = (withOptions[17] as number) + 4; // the total length's low byte is there
    // One word more of header (01 01 01 00 = 0x0201), version byte + 1, length + 4: the checksum falls by their sum.
    const sum = ((w[24] as number) << 8) | (w[25] as number); // header checksum
    const fixed = (sum - 0x0201 - 0x0100 - 4 + 0xffff * 2) % 0xffff;
    withOptions.set([fixed >> 8, fixed & 0xff], 24);
    expect(decodeUdpFrame(withOptions).payload).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("wrong type, version, protocol, fragment, length and checksum are refused by name", () => {
    expect(codeOf(() => decodeUdpFrame(changed(12, 0x86, 0xdd)))).toBe("bad-value");
    expect(codeOf(() => decodeUdpFrame(changed(14, 0x65)))).toBe("bad-value");
    expect(codeOf(() => decodeUdpFrame(changed(14, 0x44)))).toBe("bad-value");
    expect(codeOf(() => decodeUdpFrame(changed(16, 0x00, 0x10)))).toBe("bad-length");
    expect(codeOf(() => decodeUdpFrame(offer.subarray(0, offer.length - 1)))).toBe("truncated");
    expect(codeOf(() => decodeUdpFrame(changed(20, 0x20)))).toBe("bad-value");
    expect(codeOf(() => decodeUdpFrame(changed(23, 6)))).toBe("bad-value");
    expect(codeOf(() => decodeUdpFrame(changed(24, 0, 0)))).toBe("bad-checksum");
    expect(codeOf(() => decodeUdpFrame(changed(38, 0, 7)))).toBe("bad-length");
    expect(codeOf(() => decodeUdpFrame(changed(38, 4, 0)))).toBe("bad-length");
    expect(codeOf(() => decodeUdpFrame(changed(40, 1, 1)))).toBe("bad-checksum");
  });

  test("no UDP checksum, and the unfinished one of an offloading sender, are accepted", () => {
    expect(codeOf(() => decodeUdpFrame(changed(40, 0, 0)))).toBe("ok");
    // 0a4d + 0001 + 0a4d + 008d + 17 + 422 = 0x16df: what the kernel left in the capture, and the right sum of this
    // payload is another.
    const { payload, ...frame } = decodeUdpFrame(offer);
    const finished = encodeUdpFrame({ ...frame, payload });
    expect(offer.subarray(40, 42)).toEqual(hex("16df"));
    expect(finished.subarray(40, 42)).not.toEqual(hex("16df"));
    expect(decodeUdpFrame(finished).payload).toEqual(payload);
  });

  test("any bytes give a value or a WireError, and what was written is read back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 60 }), (bytes, payload) => {
        codeOf(() => decodeUdpFrame(new Uint8Array([...offer.subarray(0, 14), ...bytes])));
        const frame = {
          destinationMac: own,
          sourceMac: other,
          source: { address: "192.0.2.1", port: 67 },
          destination: { address: "255.255.255.255", port: 68 },
          payload,
        };
        expect(decodeUdpFrame(encodeUdpFrame(frame))).toEqual(frame);
      }),
    );
  });

  test("a mask has as many ones as its prefix says", () => {
    expect(["255.255.255.0", "255.255.254.0", "255.255.255.255", "0.0.0.0"].map(prefixOf)).toEqual([
      24, 23, 32, 0,
    ]);
  });
});

describe("ARP", () => {
  test("a captured request is read, and written back as an announcement or probe would be", () => {
    const { bytes } = vector("dhcp/arp", "request");
    expect(decodeArp(bytes)).toEqual({
      operation: "request",
      senderMac: other,
      senderAddress: "10.77.0.1",
      targetMac: "00:00:00:00:00:00",
      targetAddress: "10.77.0.141",
    });
    expect(decodeArp(new Uint8Array([...bytes, ...new Uint8Array(18)])).operation).toBe("request");
  });

  test("a probe has no sender address, an announcement is both sender and target (RFC 5227 2.1.1, 2.3)", () => {
    const head = "ffffffffffff 001122334455 0806 0001 0800 06 04 0001";
    expect(encodeArpProbe(own, "10.77.0.141")).toEqual(
      hex(`${head} 001122334455 00000000 000000000000 0a4d008d`),
    );
    expect(encodeArpAnnouncement(own, "10.77.0.141")).toEqual(
      hex(`${head} 001122334455 0a4d008d 000000000000 0a4d008d`),
    );
  });

  test("who conflicts, as a table", () => {
    const said = (
      operation: "request" | "reply",
      senderMac: string,
      senderAddress: string,
      targetAddress: string,
    ): ArpPacket => ({
      operation,
      senderMac,
      senderAddress,
      targetMac: "00:00:00:00:00:00",
      targetAddress,
    });
    const mine = "10.77.0.141";
    const table: [ArpPacket, whileProbing: boolean, later: boolean][] = [
      [said("reply", other, mine, "0.0.0.0"), true, true],
      [said("request", other, mine, "10.77.0.1"), true, true],
      [said("request", other, "0.0.0.0", mine), true, false],
      [said("request", other, "10.77.0.1", mine), false, false],
      [said("request", own, "0.0.0.0", mine), false, false],
      [said("reply", own, mine, mine), false, false],
    ];
    for (const [packet, whileProbing, later] of table) {
      expect(isConflict(packet, { mac: own, address: mine, isProbing: true })).toBe(whileProbing);
      expect(isConflict(packet, { mac: own, address: mine, isProbing: false })).toBe(later);
    }
  });

  test("any bytes give a value or a WireError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(["ok", "truncated", "bad-value"]).toContain(codeOf(() => decodeArp(bytes)));
      }),
    );
  });
});

// RTP, RTCP, telephone events, comfort noise: vectors of other implementations both ways, hostile lengths, round trips.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comfortNoise } from "#firmware/media/comfort-noise.ts";
import { type RtcpPacket, rtcpCompound } from "#firmware/media/rtcp.ts";
import { type RtpPacket, rtpPacket } from "#firmware/media/rtp.ts";
import { digitOfEvent, eventOfDigit, telephoneEvents } from "#firmware/media/telephone-event.ts";
import { decode, encode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { InvariantError } from "#hal/contract/errors.ts";
import { hex, vector, vectors } from "#test/vectors/load.ts";

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return "ok";
}

const u = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const octets = (maxLength: number) => fc.uint8Array({ maxLength });
const words = fc.uint8Array({ minLength: 0, maxLength: 8 }).map((data) => data.slice(0, data.length & ~3));

describe("RTP", () => {
  const all = vectors("rtp/packets");

  test.each(all.filter((item) => item.expect === "ok"))("$name decodes to its value", ({ bytes, value }) => {
    expect(decode("rtp", rtpPacket, bytes)).toEqual(value);
  });

  test.each(all.filter((item) => item.expect === "ok" && !item.name.includes("padding")))(
    "$name is encoded byte by byte",
    ({ bytes, value }) => {
      expect(encode(rtpPacket, value as RtpPacket)).toEqual(bytes); // the value was made for this vector
    },
  );

  test.each(all.filter((item) => item.expect !== "ok"))("$name", ({ bytes, expect: wanted }) => {
    expect(codeOf(() => decode("rtp", rtpPacket, bytes))).toBe(wanted);
  });

  test("encoding and decoding give the same packet back", () => {
    const packet = fc.record(
      {
        marker: fc.boolean(),
        payloadType: u(7),
        sequence: u(16),
        timestamp: u(32),
        ssrc: u(32),
        csrcs: fc.array(u(32), { maxLength: 15 }),
        extension: fc.option(fc.record({ profile: u(16), data: words }, { noNullPrototype: true }), {
          nil: undefined,
        }),
        payload: octets(200),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(packet, (value) => {
        expect(decode("rtp", rtpPacket, encode(rtpPacket, value))).toEqual(value);
      }),
    );
  });

  test("a sixteenth contributing source is our own mistake", () => {
    const packet = decode("rtp", rtpPacket, vector("rtp/packets", "asterisk-sound").bytes);
    expect(() => encode(rtpPacket, { ...packet, csrcs: Array(16).fill(1) })).toThrow(InvariantError);
  });
});

describe("RTCP", () => {
  const all = vectors("rtp/control");

  test.each(all.filter((item) => item.expect === "ok"))("$name both ways", ({ bytes, value }) => {
    expect(decode("rtcp", rtcpCompound, bytes)).toEqual(value);
    expect(encode(rtcpCompound, value as RtcpPacket[])).toEqual(bytes); // the value was made for this vector
  });

  test.each(all.filter((item) => item.expect !== "ok"))("$name", ({ bytes, expect: wanted }) => {
    expect(codeOf(() => decode("rtcp", rtcpCompound, bytes))).toBe(wanted);
  });

  test("padding behind the last packet is left out", () => {
    const report = hex("80c90001 11223344");
    const padded = hex("80c90001 11223344 a1cb0002 11223344 00000004");
    expect(decode("rtcp", rtcpCompound, padded)).toEqual([
      ...decode("rtcp", rtcpCompound, report),
      { kind: "bye", ssrcs: [0x11223344], reason: undefined },
    ]);
  });

  test("decoding what was encoded changes nothing", () => {
    const block = fc.record(
      {
        ssrc: u(32),
        fractionLost: u(8).map((lost) => lost / 256),
        cumulativeLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
        highestSequence: u(32),
        jitterUnits: u(32),
        lastSenderReport: u(32),
        delaySinceSenderReportMs: u(32).map((units) => (units * 1000) / 65536),
      },
      { noNullPrototype: true },
    );
    const text = fc.string({ maxLength: 30 }).filter((item) => /^[ -ÿ]*$/.test(item));
    const packet = fc.oneof(
      fc
        .record({ ssrc: u(32), reports: fc.array(block, { maxLength: 4 }), extension: words })
        .map((value): RtcpPacket => ({ kind: "receiverReport", ...value })),
      fc
        .array(
          fc.record(
            {
              ssrc: u(32),
              items: fc.array(
                fc.record({ type: fc.integer({ min: 1, max: 255 }), text }, { noNullPrototype: true }),
                { maxLength: 3 },
              ),
            },
            { noNullPrototype: true },
          ),
          { maxLength: 3 },
        )
        .map((chunks): RtcpPacket => ({ kind: "description", chunks })),
      fc
        .record({ ssrcs: fc.array(u(32), { maxLength: 31 }), reason: text })
        .map((value): RtcpPacket => ({ kind: "bye", ...value })),
    );
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 4 }), (packets) => {
        expect(decode("rtcp", rtcpCompound, encode(rtcpCompound, packets))).toEqual(packets);
      }),
    );
  });

  test("any bytes give a value or a WireError", () => {
    fc.assert(
      fc.property(octets(80), (bytes) => {
        codeOf(() => decode("rtcp", rtcpCompound, bytes));
        codeOf(() => decode("rtp", rtpPacket, bytes));
      }),
    );
  });
});

describe("telephone events", () => {
  test("the packet of RFC 4733 figure 3", () => {
    const { payload } = decode("rtp", rtpPacket, vector("rtp/packets", "rfc4733-figure-3").bytes);
    const events = decode("event", telephoneEvents, payload);
    expect(events).toEqual([{ event: 1, report: { isEnd: true, levelDbm0: -20 }, durationUnits: 1760 }]);
    expect(encode(telephoneEvents, events)).toEqual(payload);
  });

  test("the three events of RFC 2833 figure 2, one after the other", () => {
    const payload = hex("09 87 0640  01 8a 07d0  01 14 0190");
    expect(decode("event", telephoneEvents, payload)).toEqual([
      { event: 9, report: { isEnd: true, levelDbm0: -7 }, durationUnits: 1600 },
      { event: 1, report: { isEnd: true, levelDbm0: -10 }, durationUnits: 2000 },
      { event: 1, report: { isEnd: false, levelDbm0: -20 }, durationUnits: 400 },
    ]);
  });

  test("the reserved bit is ignored", () => {
    expect(decode("event", telephoneEvents, hex("0b 4a 00a0"))).toEqual([
      { event: 11, report: { isEnd: false, levelDbm0: -10 }, durationUnits: 160 },
    ]);
  });

  test("digits 0 to 9, star and pound are events 0 to 11, A to D 12 to 15", () => {
    expect([..."0123456789*#ABCD"].map(eventOfDigit)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ]);
    expect([0, 10, 11, 15, 16].map(digitOfEvent)).toEqual(["0", "*", "#", "D", undefined]);
    expect(eventOfDigit("12")).toBeUndefined();
    expect(eventOfDigit("")).toBeUndefined();
  });
});

describe("comfort noise payload", () => {
  test("a level alone", () => {
    expect(decode("noise", comfortNoise, hex("28"))).toEqual({ levelDbov: -40, reflections: [] });
    expect(encode(comfortNoise, { levelDbov: -40, reflections: [] })).toEqual(hex("28"));
  });

  test("reflection coefficients by the formula of RFC 3389 3.2", () => {
    const { reflections } = decode("noise", comfortNoise, hex("28 7f 00 fe"));
    expect(reflections.map((value) => value.toFixed(5))).toEqual(["0.00000", "-0.99994", "0.99994"]);
    expect(encode(comfortNoise, { levelDbov: -40, reflections })).toEqual(hex("28 7f 00 fe"));
  });

  test("the reserved index is refused, and so is nothing at all", () => {
    expect(codeOf(() => decode("noise", comfortNoise, hex("28 ff")))).toBe("bad-value");
    expect(codeOf(() => decode("noise", comfortNoise, hex("")))).toBe("truncated");
  });
});

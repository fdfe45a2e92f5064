// LLDP frames: vectors both ways, the order of the mandatory TLVs, unknown TLVs, hostile lengths.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeLldpFrame, encodeLldpFrame, type LldpFrame, type LldpTlv } from "#firmware/lldp/messages.ts";
import { locationOf, neighbourOf } from "#firmware/lldp/neighbour.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { hex, vector, vectors } from "#test/vectors/load.ts";

const head = "0180c200000e 001122334401 88cc";
const identity = "0205 07 61626364 0405 05 65746830 0602 0078";
const source = "00:11:22:33:44:01";
const withTlvs = (tlvs: string): Uint8Array => hex(`${head} ${identity} ${tlvs} 0000`);
const lastTlv = (tlvs: string): LldpTlv | undefined => decodeLldpFrame(withTlvs(tlvs)).tlvs.at(-1);

function failure(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error("no WireError was thrown");
}

describe("vectors", () => {
  test.each(vectors("lldp/frames"))("$name decodes to its value and encodes back", ({ bytes, value }) => {
    const frame = decodeLldpFrame(bytes);
    expect(frame).toEqual(value);
    expect(encodeLldpFrame(frame)).toEqual(bytes);
  });

  test("BOOT-028 the TLVs of reference 3.3, both ways", () => {
    const policy = (bits: object) => ({ kind: "networkPolicy", application: 1, policy: bits });
    const table: [string, object][] = [
      ["fe07 0012bb01 0033 03", { kind: "medCapabilities", bits: 0x33, deviceClass: 3 }],
      [
        "fe08 0012bb02 01800000",
        policy({ isKnown: false, isTagged: false, vlanId: 0, priority: 0, dscp: 0 }),
      ],
      [
        "fe08 0012bb02 0140296e",
        policy({ isKnown: true, isTagged: true, vlanId: 20, priority: 5, dscp: 46 }),
      ],
      [
        "fe07 0012bb04 52 003f",
        { kind: "extendedPower", power: { type: 1, source: 1, priority: 2 }, tenthsWatt: 63 },
      ],
      ["fe09 0012bb0a 3739363078", { kind: "model", text: "7960x" }],
    ];
    for (const [tlv, value] of table) {
      expect(lastTlv(tlv)).toEqual(value);
      const frame = decodeLldpFrame(withTlvs(tlv));
      expect(encodeLldpFrame(frame)).toEqual(withTlvs(tlv));
    }
  });
});

describe("frames", () => {
  test("BOOT-027 chassis, port and TTL come first, in this order and once", () => {
    const [chassis, port, ttl] = ["0205 07 61626364", "0405 05 65746830", "0602 0078"];
    for (const wrong of [
      `${port} ${chassis} ${ttl}`,
      `${chassis} ${ttl} ${port}`,
      `${chassis} ${port}`,
      "",
      `${chassis} ${port} ${ttl} ${ttl}`,
      `${chassis} ${port} ${ttl} ${chassis}`,
    ])
      expect(failure(() => decodeLldpFrame(hex(`${head} ${wrong} 0000`))).code).toBe("bad-value");
  });

  test("the End TLV ends the frame, what follows is padding; without it the bytes do", () => {
    const frame = decodeLldpFrame(withTlvs(""));
    expect(decodeLldpFrame(new Uint8Array([...withTlvs(""), 9, 9, 9]))).toEqual(frame);
    expect(decodeLldpFrame(hex(`${head} ${identity}`))).toEqual(frame);
  });

  test("another destination or EtherType, a TLV past the end, an End with a value: refused", () => {
    expect(failure(() => decodeLldpFrame(hex(`0180c2000000 001122334401 88cc ${identity} 0000`))).code).toBe(
      "bad-value",
    );
    expect(failure(() => decodeLldpFrame(hex(`0180c200000e 001122334401 88cd ${identity} 0000`))).code).toBe(
      "bad-value",
    );
    expect(failure(() => decodeLldpFrame(hex(`${head} ${identity} 0a20 61`))).code).toBe("truncated");
    expect(failure(() => decodeLldpFrame(hex(`${head} ${identity} 0002 0000`))).code).toBe("trailing");
    expect(failure(() => decodeLldpFrame(withTlvs("0e02 0004"))).path).toBe(
      "lldp.tlvs[3].capabilities.enabled",
    );
    expect(failure(() => decodeLldpFrame(withTlvs("0a01 61".repeat(62)))).code).toBe("bad-length");
  });

  test("a TLV nobody knows keeps its bytes, plain or organizational", () => {
    expect(lastTlv("fe06 0080c2 01 0064")).toEqual({
      kind: "unknown",
      id: 0x1_0000_0000 + 0x80c201,
      raw: hex("0064"),
    });
    expect(lastTlv("1202 abcd")).toEqual({ kind: "unknown", id: 9, raw: hex("abcd") });
    expect(lastTlv("fe04 000000 09")).toEqual({ kind: "unknown", id: 0x1_0000_0009, raw: hex("") });
    for (const tlv of ["fe06 0080c2 01 0064", "1202 abcd", "fe04 000000 09"])
      expect(encodeLldpFrame(decodeLldpFrame(withTlvs(tlv)))).toEqual(withTlvs(tlv));
  });

  test("any bytes give a value or a WireError, and a value survives encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (tail) => {
        const bytes = new Uint8Array([...hex(`${head} ${identity}`), ...tail]);
        let frame: LldpFrame;
        try {
          frame = decodeLldpFrame(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
          return;
        }
        neighbourOf(frame);
        expect(decodeLldpFrame(encodeLldpFrame(frame))).toEqual(frame);
      }),
    );
  });
});

describe("what the phone believes", () => {
  const believed = (tlvs: string) => neighbourOf(decodeLldpFrame(withTlvs(tlvs)));

  test("lldpd's frame: names, addresses, policies", () => {
    const neighbour = neighbourOf(decodeLldpFrame(vector("lldp/frames", "lldpd-1.0.16-policy-100").bytes));
    expect(neighbour).toMatchObject({
      mac: source,
      chassisId: source,
      systemName: "probe-sw1",
      systemDescription: "Probe switch",
      managementAddresses: ["10.77.0.1"],
      isMed: true,
      voice: { isKnown: true, isTagged: true, vlanId: 100, priority: 5, dscp: 46 },
      voiceSignalling: { vlanId: 100, priority: 3, dscp: 24 },
      location: undefined,
    });
  });

  test("the policy of an endpoint is what it uses, not what we shall use", () => {
    const policy = "fe08 0012bb02 0140296e";
    expect(believed(`fe07 0012bb01 0033 03 ${policy}`).voice).toBeUndefined();
    expect(believed(`fe07 0012bb01 0033 04 ${policy}`).voice?.vlanId).toBe(20);
    expect(believed(policy).voice?.vlanId).toBe(20);
  });

  test("granted power: LLDP-MED of a PSE, else the 802.3at allocation, never what another PD wants", () => {
    expect(believed("fe07 0012bb04 10 009a").grantedMilliwatts).toBe(15_400);
    expect(believed("fe07 0012bb04 50 009a").grantedMilliwatts).toBeUndefined();
    expect(believed("fe0c 00120f02 070104 51 003f 0040").grantedMilliwatts).toBe(6400);
    expect(believed("fe07 00120f02 070104").grantedMilliwatts).toBeUndefined();
  });

  test("location: coordinates, civic address, emergency number; nonsense is none", () => {
    expect(locationOf(1, new Uint8Array(16))).toMatchObject({ kind: "coordinates" });
    expect(locationOf(1, new Uint8Array(15))).toBeUndefined();
    expect(locationOf(2, hex("0d 02 4445 03 04 42657a31 13 02 3132"))).toEqual({
      kind: "civic",
      country: "DE",
      elements: [
        { type: 3, text: "Bez1" },
        { type: 19, text: "12" },
      ],
    });
    for (const nonsense of ["0e 02 4445", "05 02 4445 03 04", "", "02 02 44"])
      expect(locationOf(2, hex(nonsense))).toBeUndefined();
    expect(locationOf(3, hex("31313535353031323334"))).toEqual({ kind: "elin", digits: "1155501234" });
    expect(locationOf(3, hex("3131"))).toBeUndefined();
    expect(locationOf(9, new Uint8Array())).toBeUndefined();
    expect(believed("fe0f 0012bb03 03 31313535353031323334").location).toMatchObject({ kind: "elin" });
  });

  test("text is cut and printable, ids are read by their subtype", () => {
    expect(believed("0a04 611b5b41").systemName).toBe("a.[A");
    const frame = decodeLldpFrame(hex(`${head} 0206 05 01 c0000201 0407 03 001122334455 0602 0078 0000`));
    expect(neighbourOf(frame)).toMatchObject({ chassisId: "192.0.2.1", portId: "00:11:22:33:44:55" });
  });
});

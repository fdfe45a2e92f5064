// The codec kit: one declaration gives decoder, encoder and type; any bytes give a value or a WireError.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ip4, mac, rest, restText, text, textZ } from "#firmware/wire/bytes.ts";
import { decode, encode, type Of } from "#firmware/wire/field.ts";
import { flags, mapped, oneOf, u8, u16, u16le, u32, u32le } from "#firmware/wire/numbers.ts";
import type { Reader } from "#firmware/wire/reader.ts";
import { list, orDefault, sized, struct, tlvs, union } from "#firmware/wire/structures.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { Writer } from "#firmware/wire/writer.ts";
import { InvariantError } from "#hal/contract/errors.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(" ", ""), "hex"));

function failure(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error("no WireError was thrown");
}

const header = struct({
  version: u8,
  role: oneOf(u8, { client: 3, server: 4 }),
  port: u16,
  length: u32le,
  address: ip4,
  hardware: mac,
  name: text(8),
});

describe("structures", () => {
  const bytes = hex("02 04 1f90 78563412 c0000207 00005e005301 6162630000000000");
  const value: Of<typeof header> = {
    version: 2,
    role: "server",
    port: 8080,
    length: 0x12345678,
    address: "192.0.2.7",
    hardware: "00:00:5e:00:53:01",
    name: "abc",
  };

  test("decode and encode from one declaration", () => {
    expect(decode("header", header, bytes)).toEqual(value);
    expect(encode(header, value)).toEqual(bytes);
  });

  test("a truncated input names message, field and offset", () => {
    const error = failure(() => decode("header", header, bytes.subarray(0, 10)));
    expect(error.code).toBe("truncated");
    expect(error.path).toBe("header.address");
    expect(error.offset).toBe(8);
  });

  test("bytes left over are an error", () => {
    expect(failure(() => decode("header", header, new Uint8Array([...bytes, 0]))).code).toBe("trailing");
  });

  test("an unknown enumeration value stays a number and is written back", () => {
    const role = oneOf(u8, { client: 3 });
    expect(decode("role", role, hex("09"))).toBe(9);
    expect(encode(role, 9)).toEqual(hex("09"));
  });

  test("flags keep the bits nobody named", () => {
    const capabilities = flags(u16, { host: 0x10, phone: 0x80 });
    const decoded = decode("capabilities", capabilities, hex("0491"));
    expect(decoded).toEqual({ host: true, phone: true, rest: 0x401 });
    expect(encode(capabilities, decoded)).toEqual(hex("0491"));
  });

  test("a short body gives the default of the missing field", () => {
    const body = struct({ line: u32le, call: orDefault(u32le, 0) });
    expect(decode("body", body, hex("01000000"))).toEqual({ line: 1, call: 0 });
  });

  test("a mapped field refuses what its conversion refuses", () => {
    const vlan = mapped(
      u16,
      (wire) => {
        if (wire > 4095) throw new RangeError(`VLAN ${wire}, 0 to 4095 belongs`);
        return wire;
      },
      (id: number) => id,
    );
    expect(failure(() => decode("vlan", vlan, hex("1000"))).code).toBe("bad-value");
  });

  test("a part longer than what is left is refused before anything is allocated", () => {
    const part = sized(u16, rest);
    expect(failure(() => decode("part", part, hex("ffff 01"))).code).toBe("truncated");
    expect(failure(() => decode("part", sized(u16, rest, 4), hex("0003"))).code).toBe("bad-length");
  });

  test("lists are bounded", () => {
    expect(failure(() => decode("list", list(u8, { most: 2 }), hex("010203"))).path).toBe("list");
  });

  test("text without its NUL is truncated", () => {
    expect(decode("name", textZ, hex("61620000".slice(0, 6)))).toBe("ab");
    expect(failure(() => decode("name", textZ, hex("6162"))).code).toBe("truncated");
  });

  test("a value that does not fit its field is our own mistake", () => {
    expect(() => encode(u8, 256)).toThrow(InvariantError);
    expect(() => encode(u16, -1)).toThrow(InvariantError);
  });
});

describe("unions and TLVs", () => {
  const items = union({
    deviceId: [0x0001, struct({ deviceId: restText })],
    vlan: [0x000a, struct({ vlanId: u16 })],
  });
  const typeAndLength = {
    read: (r: Reader) => ({ type: r.u16(), length: Math.max(0, r.u16() - 4) }),
    write: (w: Writer, type: number, length: number) => {
      w.u16(type);
      w.u16(length + 4);
    },
  };
  const field = tlvs(typeAndLength, items, { most: 8 });

  test("known items are told apart, unknown ones keep their bytes", () => {
    const bytes = hex("0001 0007 737731 000a 0006 006e 0099 0005 ff");
    const decoded = decode("tlvs", field, bytes);
    expect(decoded).toEqual([
      { kind: "deviceId", deviceId: "sw1" },
      { kind: "vlan", vlanId: 110 },
      { kind: "unknown", id: 0x99, raw: hex("ff") },
    ]);
    expect(encode(field, decoded)).toEqual(bytes);
  });

  test("an error inside an item names the item", () => {
    expect(failure(() => decode("cdp", field, hex("000a 0005 00"))).path).toBe("cdp[0].vlan.vlanId");
  });
});

test("any bytes give a value or a WireError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        decode("header", header, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});

test("numbers of every width come back as they went", () => {
  const all = struct({ a: u8, b: u16, c: u16le, d: u32, e: u32le });
  const u = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
  fc.assert(
    fc.property(
      fc.record({ a: u(8), b: u(16), c: u(16), d: u(32), e: u(32) }, { noNullPrototype: true }),
      (value) => {
        expect(decode("all", all, encode(all, value))).toEqual(value);
      },
    ),
  );
});

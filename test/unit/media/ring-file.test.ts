// RINGLIST.DAT and ring recordings, good and bad.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeRing, parseRingList } from "#firmware/media/ring-file.ts";
import { ConfigError } from "#hal/contract/errors.ts";

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, "latin1"));

describe("the list", () => {
  test("RNG-002 RNG-003 display name, TAB, file name, one ring per line", () => {
    const list = parseRingList(text("Old Phone\toldphone.raw\r\nKlaxon\tklaxon.raw\r\n\r\n"));
    expect(list).toEqual({
      entries: [
        { name: "Old Phone", file: "oldphone.raw" },
        { name: "Klaxon", file: "klaxon.raw" },
      ],
      unusableLines: [],
    });
  });

  test("RNG-004 names and file names have 25 characters at most", () => {
    const longest = "x".repeat(25);
    const list = parseRingList(text(`${longest}\t${longest}\n${longest}x\tf\nn\t${longest}x\n`));
    expect(list.entries).toEqual([{ name: longest, file: longest }]);
    expect(list.unusableLines).toEqual([2, 3]);
  });

  test("RNG-005 the fifty-first entry is not offered", () => {
    const list = parseRingList(text(Array.from({ length: 51 }, (_, i) => `Ring ${i}\tr${i}.raw`).join("\n")));
    expect(list.entries).toHaveLength(50);
    expect(list.unusableLines).toEqual([51]);
  });

  test("a path, a line without TAB, and one with two are named and left out", () => {
    const list = parseRingList(text("A\t../etc/passwd\nB b.raw\nC\tc.raw\tx\nD\td.raw"));
    expect(list).toEqual({ entries: [{ name: "D", file: "d.raw" }], unusableLines: [1, 2, 3] });
  });

  test("any bytes give a list", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => parseRingList(bytes).entries.length <= 50));
  });
});

describe("recordings", () => {
  test("RNG-006 raw mu-law, one octet per sample", () => {
    const bytes = new Uint8Array(240).fill(0xff);
    bytes[1] = 0x00;
    bytes[2] = 0x80;
    expect([...decodeRing("a.raw", bytes).slice(0, 4)]).toEqual([0, -32124, 32124, 0]);
  });

  test.each([0, 239, 241, 16_079, 16_081, 16_320])("RNG-007 %i octets are refused", (length) => {
    expect(() => decodeRing("a.raw", new Uint8Array(length))).toThrow(ConfigError);
  });

  test.each([240, 480, 16_080])("RNG-007 %i octets are a ring", (length) => {
    expect(decodeRing("a.raw", new Uint8Array(length))).toHaveLength(length);
  });
});

// Logos as bitmaps: what netpbm writes, and what is no picture.
import { describe, expect, test } from "vitest";
import { WireError } from "#firmware/wire/wire-error.ts";
import { readBmp } from "#firmware/xml/bmp.ts";
import { vector } from "#test/vectors/load.ts";

const bytesOf = (name: string): Uint8Array => vector("picture", name).bytes.slice();
/** Rows as digits: 0 white … 3 black. */
const drawn = (name: string): readonly string[] => {
  const { width, levels } = readBmp(bytesOf(name));
  const text = [...levels].join("");
  return text.match(new RegExp(`.{${width}}`, "g")) ?? [];
};

describe("XML-027", () => {
  test("XML-027 90 × 56 in the four greys 00, 40, 80 and FF", () => {
    const rows = drawn("logo-90x56");
    expect(rows).toHaveLength(56);
    expect(new Set(rows.slice(0, 28))).toEqual(new Set([`${"3".repeat(45)}${"2".repeat(45)}`]));
    expect(new Set(rows.slice(28))).toEqual(new Set([`${"1".repeat(45)}${"0".repeat(45)}`]));
  });

  test.each(["tiny-24-bits", "tiny-8-bits"])("XML-027 deeper pictures are reduced: %s", (name) => {
    // black dark light white red / white and black / blue green yellow nearly black nearly white
    expect(drawn(name)).toEqual(["32102", "03030", "31030"]);
  });

  test("XML-027 black and white", () => {
    expect(drawn("tiny-1-bit")).toEqual(["30303", "03030", "33300"]);
  });
});

const changed = (at: number, ...values: number[]): Uint8Array => {
  const bytes = bytesOf("tiny-24-bits");
  bytes.set(values, at);
  return bytes;
};

test.each([
  ["another kind of file", changed(0, 0x89, 0x50)],
  ["a short header", changed(14, 12)],
  ["a compressed picture", changed(30, 1)],
  ["no width", changed(18, 0)],
  ["a picture of four thousand pixels a side", changed(18, 0, 16)],
  ["sixteen bits a pixel", changed(28, 16)],
  ["pixels beyond the end", changed(10, 0, 4)],
  ["pixels in the header", changed(10, 0)],
  ["half of it", bytesOf("tiny-24-bits").slice(0, 80)],
  ["nothing", new Uint8Array()],
])("%s is refused", (_what, bytes) => {
  expect(() => readBmp(bytes)).toThrow(WireError);
});

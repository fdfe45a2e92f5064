// The pictures between phone and page: packed, unpacked, and only what changed.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPageMessage } from "#ui/handset/protocol.ts";
import { applyBand, changedBands, packRuns } from "#ui/handset/runs.ts";

const panel = { kind: "pixels", width: 8, height: 3, depthBits: 2 } as const;

test("a run is one byte: length less one above two bits of value", () => {
  // 5 white, 3 black: (5-1)<<2|0 = 0x10, (3-1)<<2|3 = 0x0b
  expect(packRuns(Uint8Array.of(0, 0, 0, 0, 0, 3, 3, 3), 2)).toBe(
    Buffer.from([0x10, 0x0b]).toString("base64"),
  );
  // 300 equal pixels of 24 bits: 256 and 44
  expect(packRuns(new Uint32Array(300).fill(0x102030), 24)).toBe(
    Buffer.from([255, 0x10, 0x20, 0x30, 43, 0x10, 0x20, 0x30]).toString("base64"),
  );
});

test("only changed rows travel, as few bands as there are gaps", () => {
  const last = new Uint8Array(24);
  const next = last.slice();
  next[3] = 1;
  next[20] = 2;
  expect(changedBands(panel, last, next).map((band) => [band.y, band.rows])).toEqual([
    [0, 1],
    [2, 1],
  ]);
  expect(changedBands(panel, next, next)).toEqual([]);
  expect(changedBands(panel, undefined, next).map((band) => [band.y, band.rows])).toEqual([[0, 3]]);
});

test("the page's picture after the bands is the phone's picture", () => {
  const picture = fc.uint8Array({ minLength: 24, maxLength: 24, max: 3 });
  fc.assert(
    fc.property(picture, picture, (last, next) => {
      const shown = last.slice();
      for (const band of changedBands(panel, last, next)) applyBand(panel, shown, band);
      expect(shown).toEqual(next);
    }),
  );
  const colours = fc.uint32Array({ minLength: 24, maxLength: 24, max: 0xffffff });
  fc.assert(
    fc.property(colours, (next) => {
      const colour = { ...panel, depthBits: 24 } as const;
      const shown = new Uint32Array(24);
      for (const band of changedBands(colour, undefined, next)) applyBand(colour, shown, band);
      expect(shown).toEqual(next);
    }),
  );
});

test("a band that lies beyond the panel changes nothing outside it", () => {
  const shown = new Uint8Array(24);
  applyBand(panel, shown, { y: 2, rows: 9, runs: packRuns(new Uint8Array(80).fill(3), 2) });
  expect([...shown.subarray(0, 16)]).toEqual(new Array(16).fill(0));
  expect([...shown.subarray(16)]).toEqual(new Array(8).fill(3));
});

test("what a page sends is a message or says why not", () => {
  expect(readPageMessage('{"type":"key","key":"5","isDown":true}')).toEqual({
    type: "key",
    key: "5",
    isDown: true,
  });
  expect(readPageMessage('{"type":"restart","how":"reset"}')).toEqual({ type: "restart", how: "reset" });
  for (const text of ["", "null", "[]", "7", "{}", '{"type":"key"}', '{"type":"restart","how":"burn"}'])
    expect(readPageMessage(text).type).toBe("bad");
  fc.assert(fc.property(fc.string(), (text) => readPageMessage(text).type.length > 0));
  expect(readPageMessage(`"${"x".repeat(5000)}"`).type).toBe("bad");
});

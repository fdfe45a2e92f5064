// The framer: any chunking gives the same messages, nonsense closes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Framer } from "#firmware/sccp/framer.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { readConversations } from "./capture.ts";

const messages = [...readConversations().values()].flat().map(({ bytes }) => bytes);
const stream = new Uint8Array(Buffer.concat(messages));

test("SCCP-002 several messages in one segment come out in order", () => {
  expect(new Framer().push(stream)).toEqual(messages);
});

test("SCCP-003 a stream cut anywhere gives the same messages", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sizes) => {
      const framer = new Framer();
      const got: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        got.push(...framer.push(stream.subarray(at, at + size)));
        at += size;
      }
      expect(got.length).toBe(messages.length);
      expect(Buffer.concat(got).equals(stream)).toBe(true);
      expect(framer.pendingBytes).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test("byte by byte", () => {
  const framer = new Framer();
  const got = [...stream.subarray(0, 2000)].flatMap((byte) => framer.push(Uint8Array.of(byte)));
  expect(got).toEqual(messages.slice(0, got.length));
  expect(got.length).toBeGreaterThan(5);
});

test.each([
  ["zero", [0, 0, 0, 0]],
  ["below the message id", [3, 0, 0, 0]],
  ["absurdly large", [0, 0, 1, 0]],
  ["negative-looking", [255, 255, 255, 255]],
])("a length that is %s ends the stream", (_, length) => {
  expect(() => new Framer().push(Uint8Array.from(length))).toThrow(WireError);
});

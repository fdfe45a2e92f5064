// The constructed vectors of the reference, both ways, and the tables a 7960 announces.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codecFor, reencodeServer } from "#firmware/sccp/messages/codec.ts";
import { capabilitiesOf } from "#firmware/sccp/payloads.ts";
import { toneOf } from "#firmware/sccp/tones.ts";
import { toneSpecOf } from "#ui/tones/call-tones.ts";

const file = join(import.meta.dirname, "../../vectors/sccp/constructed.hex");
const vectors = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => /^[SP] v/.test(line))
  .map((line) => {
    const [sender, version = "", hex = ""] = line.split(" ");
    return { sender, version: Number(version.slice(1)), bytes: Uint8Array.from(Buffer.from(hex, "hex")) };
  });

test("SCCP-075 the fifteen constructed vectors decode and encode bit-exact", () => {
  expect(vectors).toHaveLength(15);
  for (const { sender, version, bytes } of vectors) {
    const codec = codecFor(version);
    if (sender === "P") {
      const { message } = codec.decodePhone(bytes);
      expect(message.kind).not.toBe("unknown");
      expect(codec.encodePhone(message)).toEqual(bytes);
    } else {
      const envelope = codec.decodeServer(bytes);
      expect(envelope.message.kind).not.toBe("unknown");
      expect(reencodeServer(version, envelope)).toEqual(bytes);
    }
  }
});

test("SCCP-020 capabilities are 292 bytes with 18 places, greatest packet times in milliseconds", () => {
  const capabilities = capabilitiesOf(["PCMU", "PCMA", "G729"]).map((one) => ({
    ...one,
    param1: 0,
    param2: 0,
  }));
  const frame = codecFor(11).encodePhone({ kind: "capabilitiesRes", capabilities });
  const body = frame.subarray(12);
  expect(body.length).toBe(4 + 18 * 16);
  const words = new DataView(body.buffer, body.byteOffset);
  const entries = Array.from({ length: 18 }, (_, i) => [
    words.getUint32(4 + i * 16, true),
    words.getUint32(8 + i * 16, true),
  ]);
  expect(words.getUint32(0, true)).toBe(7);
  expect(entries.slice(0, 7)).toEqual([
    [4, 40],
    [2, 40],
    [0x0b, 60],
    [0x0c, 60],
    [0x0f, 60],
    [0x10, 60],
    [0x101, 4],
  ]);
  expect(
    entries
      .slice(7)
      .flat()
      .every((word) => word === 0),
  ).toBe(true);
});

test("SCCP-035 every tone of the minimum list is known and has a cadence, silence and none have no sound", () => {
  const ids = [0x21, 0x22, 0x23, 0x24, 0x25, 0x28, 0x29, 0x2a, 0x2d, 0x2e, 0x31, 0x32, 0x33];
  for (const id of ids) {
    const tone = toneOf(id);
    expect(tone, `tone ${id}`).not.toBe("none");
    expect(toneSpecOf(tone)?.segments.length, tone).toBeGreaterThan(0);
  }
  expect([toneOf(0x00), toneOf(0x7f)]).toEqual(["none", "none"]);
  expect(toneSpecOf("none")).toBeUndefined();
});

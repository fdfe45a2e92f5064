// G.711 against the standard's tables and another implementation's, never against our own encoder alone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aLaw, type CompandingLaw, muLaw } from "#firmware/media/g711.ts";
import { levelDbov } from "#firmware/media/voice-activity.ts";

const decoded = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../vectors/g711/decoded.json"), "utf8"),
) as { readonly muLaw: readonly number[]; readonly aLaw: readonly number[] };

const allOctets = Uint8Array.from({ length: 256 }, (_, octet) => octet);
const allSamples = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);

describe.each([
  ["mu-law", muLaw, decoded.muLaw],
  ["A-law", aLaw, decoded.aLaw],
] as const)("%s", (_, law: CompandingLaw, table) => {
  test("all 256 octets decode as another implementation decodes them", () => {
    expect([...law.decode(allOctets)]).toEqual(table);
  });

  test("every quantised value encodes to its own octet", () => {
    const octets = law.encode(law.decode(allOctets));
    // µ-law has two zeros: the negative one (0x7F) is never sent.
    expect([...octets]).toEqual(
      [...allOctets].map((octet) => (law === muLaw && octet === 0x7f ? 0xff : octet)),
    );
  });

  test("every sample becomes a value no farther away than half a step of its segment", () => {
    const values = [...new Set(table)].sort((a, b) => a - b);
    const halfStep = new Map(
      values.map((value, i) => [
        value,
        Math.max(value - (values[i - 1] ?? value), (values[i + 1] ?? value) - value) / 2,
      ]),
    );
    const largest = Math.max(...values);
    // 16-bit samples are finer than the standard's 14 (µ) or 13 (A) bits: one such step is no error.
    const fine = law === muLaw ? 4 : 8;
    const results = law.decode(law.encode(allSamples));
    const wrong = [...allSamples].filter((sample, i) => {
      const result = results[i] as number; // as many as samples
      return Math.abs(sample) <= largest && Math.abs(result - sample) > (halfStep.get(result) ?? -1) + fine;
    });
    expect(wrong).toEqual([]);
  });
});

describe("the tables of ITU-T G.711", () => {
  // Character signals at both ends of each segment, as transmitted, and their quantised values.
  test("table 2a: mu-law values at the segment ends", () => {
    const ends = [
      0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xaf, 0xb0, 0xbf, 0xc0, 0xcf, 0xd0, 0xdf, 0xe0, 0xef, 0xf0, 0xfe,
    ];
    const values = [8031, 4191, 3999, 2079, 1983, 1023, 975, 495, 471, 231, 219, 99, 93, 33, 30, 2];
    expect([...muLaw.decode(Uint8Array.from(ends))]).toEqual(values.map((value) => value * 4));
    expect([...muLaw.decode(Uint8Array.of(0xff, 0x00))]).toEqual([0, -8031 * 4]);
  });

  test("table 1a: A-law values at the segment ends", () => {
    const ends = [0xff, 0xf0, 0xef, 0xe0, 0xdf, 0xd0, 0xcf, 0xc0, 0xbf, 0xb0, 0xaf, 0xa0, 0x9f, 0x80];
    const values = [4032, 2112, 2016, 1056, 1008, 528, 504, 264, 252, 132, 126, 66, 63, 1];
    const sent = Uint8Array.from(ends, (octet) => octet ^ 0x55);
    expect([...aLaw.decode(sent)]).toEqual(values.map((value) => value * 8));
  });

  test("tables 5 and 6: the sequences of a nominal 1 kHz sine at 0 dBm0", () => {
    const mu = muLaw.decode(Uint8Array.of(0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e));
    const a = aLaw.decode(Uint8Array.of(0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4));
    // 0 dBm0 lies 3.17 dB (µ) and 3.14 dB (A) below the overload point of a sine, and a sine 3.01 dB below a square.
    expect(levelDbov(mu)).toBeCloseTo(-6.18, 1);
    expect(levelDbov(a)).toBeCloseTo(-6.15, 1);
  });
});

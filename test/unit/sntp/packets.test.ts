// NTP packets and arithmetic against chrony and against worked examples.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measure, timestampOf, unixMsOf } from "#firmware/sntp/arithmetic.ts";
import { decodeNtp, encodeNtp, kissCode, ntpRequest } from "#firmware/sntp/messages.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { vector, vectors } from "#test/vectors/load.ts";

const stamps = new Set(["reference", "originate", "receive", "transmit"]);
const withBigints = (value: unknown): unknown =>
  Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([key, field]) => [
      key,
      stamps.has(key) ? BigInt(field as string) : field,
    ]),
  );

describe.each(vectors("ntp").filter((one) => one.expect === "ok"))("$name", ({ bytes, value }) => {
  test("BOOT-065 decodes to the value beside it, and encodes to the same bytes", () => {
    const packet = decodeNtp(bytes);
    expect(packet).toEqual(withBigints(value));
    expect(encodeNtp(packet)).toEqual(bytes);
  });
});

test("a packet that is too short is refused", () => {
  expect(() => decodeNtp(vector("ntp", "bad-short").bytes)).toThrow(WireError);
});

test("BOOT-065 our question is the one that chrony answered: everything 0 but version, mode and time", () => {
  expect(encodeNtp(ntpRequest(0xeeaac4b800001234n))).toEqual(vector("ntp", "request-v4").bytes);
  expect(encodeNtp(ntpRequest(0xeeaac4b800001234n, 3))).toEqual(vector("ntp", "request-v3").bytes);
});

test("a kiss code is four letters", () => {
  expect(kissCode(decodeNtp(vector("ntp", "kiss-rate").bytes))).toBe("RATE");
});

describe("eras", () => {
  test.each([
    // timestamp seconds (hex), Unix ms
    ["80000000", Date.UTC(1968, 0, 20, 3, 14, 8)],
    ["83aa7e80", 0],
    ["ffffffff", Date.UTC(2036, 1, 7, 6, 28, 15)],
    ["00000000", Date.UTC(2036, 1, 7, 6, 28, 16)],
    ["0000f680", Date.UTC(2036, 1, 8, 0, 0, 0)],
    ["7fffffff", Date.UTC(2104, 1, 26, 9, 42, 23)],
  ])("BOOT-065 seconds %s are Unix %i ms, and back", (seconds, unixMs) => {
    const timestamp = BigInt(`0x${seconds}`) << 32n;
    expect(unixMsOf(timestamp)).toBe(unixMs);
    expect(timestampOf(unixMs)).toBe(timestamp);
  });

  test("2036-02-08 is second 63104 of era 1", () => {
    expect(timestampOf(Date.UTC(2036, 1, 8)) >> 32n).toBe(63_104n);
  });

  test("milliseconds come back for any time of both eras", () => {
    fc.assert(
      fc.property(fc.integer({ min: -61_000_000_000, max: 4_233_000_000_000 }), (unixMs) => {
        expect(Math.abs(unixMsOf(timestampOf(unixMs)) - unixMs)).toBeLessThan(0.001);
      }),
    );
  });
});

describe("an exchange", () => {
  test("BOOT-065 across the 2036 rollover: 0.25 s behind, 0.04 s on the way", () => {
    const { offsetMs, delayMs } = measure({
      originate: 0xffffffff_e6666666n,
      receive: 0x00000000_2b851eb8n,
      transmit: 0x00000000_2cccccccn,
      arrival: 0xffffffff_f1eb851en,
    });
    expect(offsetMs).toBeCloseTo(250, 4);
    expect(delayMs).toBeCloseTo(40, 4);
  });

  test("BOOT-065 a client at 1970 learns of 2026: 56 years, which a 64-bit sum would make −12", () => {
    const [then, now] = [0, Date.UTC(2026, 0, 1)];
    const stamp = timestampOf(now);
    const { offsetMs } = measure({
      originate: timestampOf(then),
      receive: stamp,
      transmit: stamp,
      arrival: timestampOf(then),
    });
    expect(offsetMs).toBe(now);
  });

  test("a slightly negative delay is clamped", () => {
    const second = 1n << 32n;
    expect(
      measure({ originate: second, receive: second, transmit: second + 5n, arrival: second }).delayMs,
    ).toBe(0);
  });

  test("the recorded exchange with chrony took less than a millisecond", () => {
    const { receive, transmit } = decodeNtp(vector("ntp", "reply-v4").bytes);
    const { delayMs } = measure({ originate: receive, receive, transmit, arrival: transmit });
    expect(delayMs).toBe(0);
  });

  test("offset and delay of any honest exchange are found, however far apart the clocks are", () => {
    const year = 365.25 * 86_400_000;
    const start = fc.integer({ min: 0, max: 60 * year });
    const way = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(
        start,
        fc.integer({ min: -30 * year, max: 60 * year }),
        way,
        way,
        (client, offset, there, back) => {
          fc.pre(client + offset > 0 && client + offset < 4_200_000_000_000);
          const { offsetMs, delayMs } = measure({
            originate: timestampOf(client),
            receive: timestampOf(client + there + offset),
            transmit: timestampOf(client + there + offset + 1),
            arrival: timestampOf(client + there + 1 + back),
          });
          expect(Math.abs(offsetMs - (offset + (there - back) / 2))).toBeLessThan(0.01);
          expect(Math.abs(delayMs - (there + back))).toBeLessThan(0.01);
        },
      ),
    );
  });
});

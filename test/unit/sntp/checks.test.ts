// Which answers are believed, in the order of the checks; how often is asked.
import { describe, expect, test } from "vitest";
import { checkBroadcast, checkReply, type Question } from "#firmware/sntp/checks.ts";
import { decodeNtp, type NtpPacket } from "#firmware/sntp/messages.ts";
import { firstPauseMs, leastPollSec, pollSec, slowedPollSec } from "#firmware/sntp/poll.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { vector } from "#test/vectors/load.ts";

const server = { address: "10.77.0.1", port: 123 };
const question: Question = { server: "10.77.0.1", version: 4, transmit: 0xeeaac4b800001234n };
const good = decodeNtp(vector("ntp", "reply-v4").bytes);
const broadcast = decodeNtp(vector("ntp", "broadcast-v4").bytes);

describe("answers", () => {
  test("BOOT-066 the answer of chrony is good", () => {
    expect(checkReply(good, server, question)).toEqual({ kind: "good" });
  });

  const flags = good.flags;
  const cases: [string, Partial<NtpPacket>, typeof server, unknown][] = [
    ["another address", {}, { ...server, address: "10.77.0.9" }, "other-server"],
    ["another port", {}, { ...server, port: 1123 }, "other-server"],
    ["another mode", { flags: { ...flags, mode: 5 } }, server, "wrong-mode"],
    ["another version", { flags: { ...flags, version: 3 } }, server, "wrong-version"],
    ["another question", { originate: 1n }, server, "not-asked"],
    ["leap indicator 3", { flags: { ...flags, leap: 3 } }, server, "unsynchronised"],
    ["stratum 16", { stratum: 16 }, server, "bad-stratum"],
    ["transmit 0", { transmit: 0n }, server, "no-time"],
    ["a root delay over 1 s", { rootDelaySec: 1.5 }, server, "far-from-root"],
    ["a negative root delay", { rootDelaySec: -0.2 }, server, "far-from-root"],
    ["a root dispersion over 1 s", { rootDispersionSec: 1.5 }, server, "far-from-root"],
  ];
  test.each(cases)("BOOT-066 %s is not believed", (_what, change, from, doubt) => {
    expect(checkReply({ ...good, ...change }, from, question)).toEqual({ kind: "doubtful", doubt });
  });

  test("BOOT-066 the checks come in order: address, mode, originate, kiss, then the rest", () => {
    const wrong: NtpPacket = { ...good, flags: { leap: 3, version: 3, mode: 5 }, originate: 1n, stratum: 0 };
    const stranger = { address: "10.77.0.9", port: 1 };
    const seen: unknown[] = [];
    for (const [packet, from] of [
      [wrong, stranger],
      [wrong, server],
      [{ ...wrong, flags: { ...wrong.flags, mode: 4 } }, server],
      [{ ...wrong, flags: { leap: 3, version: 4, mode: 4 } }, server],
      [{ ...wrong, flags: { leap: 3, version: 4, mode: 4 }, originate: question.transmit }, server],
    ] as const) {
      const verdict = checkReply(packet, from, question);
      seen.push(verdict.kind === "doubtful" ? verdict.doubt : verdict.kind);
    }
    expect(seen).toEqual(["other-server", "wrong-mode", "wrong-version", "not-asked", "kiss"]);
  });

  test.each(["kiss-rate", "kiss-deny"])(
    "BOOT-066 %s is a kiss although leap is 3 and every time is 0",
    (name) => {
      const code = name.slice("kiss-".length).toUpperCase();
      expect(checkReply(decodeNtp(vector("ntp", name).bytes), server, question)).toEqual({
        kind: "kiss",
        code,
      });
    },
  );

  test("a broadcast question takes any address, a slightly negative root delay is legal", () => {
    const anybody = { ...question, server: undefined };
    expect(checkReply(good, { address: "10.77.0.9", port: 123 }, anybody).kind).toBe("good");
    expect(checkReply({ ...good, rootDelaySec: -0.05 }, server, question).kind).toBe("good");
  });

  test("without a question nothing is believed", () => {
    expect(checkReply(good, server, undefined)).toEqual({ kind: "doubtful", doubt: "not-asked" });
  });
});

describe("broadcasts", () => {
  test("a broadcast of chrony is good, from anybody or from the one server", () => {
    expect(checkBroadcast(broadcast, server, undefined).kind).toBe("good");
    expect(checkBroadcast(broadcast, server, "10.77.0.1").kind).toBe("good");
    expect(checkBroadcast(broadcast, server, "10.77.0.2")).toEqual({
      kind: "doubtful",
      doubt: "other-server",
    });
  });

  test.each([
    ["an answer", good, "wrong-mode"],
    ["version 5", { ...broadcast, flags: { ...broadcast.flags, version: 5 } }, "wrong-version"],
    ["stratum 0", { ...broadcast, stratum: 0 }, "bad-stratum"],
    ["leap indicator 3", { ...broadcast, flags: { ...broadcast.flags, leap: 3 } }, "unsynchronised"],
  ] as const)("%s is not taken for a broadcast", (_what, packet, doubt) => {
    expect(checkBroadcast(packet, server, undefined)).toEqual({ kind: "doubtful", doubt });
  });
});

describe("polls", () => {
  test("BOOT-066 64 s, after three good answers 1024 s, after six an hour", () => {
    const intervals = [0, 1, 2, 3, 5, 6, 50].map((good) => pollSec({ good, silent: 0, floorSec: 0 }));
    expect(intervals).toEqual([64, 64, 64, 1024, 1024, 3600, 3600]);
  });

  test("BOOT-066 silence doubles up to an hour, and never under 15 s or a minute", () => {
    const intervals = [0, 1, 2, 3, 4, 5, 6, 7, 40].map((silent) => pollSec({ good: 0, silent, floorSec: 0 }));
    expect(intervals).toEqual([64, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(Math.max(leastPollSec, 60));
  });

  test("BOOT-066 each RATE at least doubles the interval", () => {
    let floorSec = 0;
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      floorSec = slowedPollSec({ good: 0, silent: 0, floorSec });
      seen.push(pollSec({ good: 0, silent: 0, floorSec }));
    }
    expect(seen).toEqual([128, 256, 512, 1024]);
  });

  test("the first question waits up to a minute, but not with a clock that was never set", () => {
    const random = createSeededRandom(7);
    expect(firstPauseMs(false, random)).toBe(0);
    const pauses = Array.from({ length: 50 }, () => firstPauseMs(true, random));
    expect(Math.max(...pauses)).toBeLessThan(60_000);
    expect(Math.max(...pauses)).toBeGreaterThan(30_000);
  });
});

// What a person reads of the clock follows from who set it.
import { expect, test } from "vitest";
import { createTimeStanding } from "#firmware/bin/time-standing.ts";
import type { SntpNotice } from "#firmware/sntp/notices.ts";

const noAnswer: SntpNotice = { kind: "no-answer", servers: ["10.77.0.255"], nextInMs: 64_000 };

test("silent time servers are told as long as nobody set the clock", () => {
  const standing = createTimeStanding();
  expect(standing(noAnswer)).toEqual({ kind: "silent", server: "10.77.0.255" });
});

test("once a call manager told the time, silent or refusing time servers are no news", () => {
  const standing = createTimeStanding();
  const told: SntpNotice = {
    kind: "synchronised",
    server: "signalling",
    stratum: undefined,
    unixMs: 1_795_179_134_000,
    offsetMs: undefined,
    delayMs: undefined,
    isStep: true,
  };
  expect(standing(told)).toEqual({ kind: "synchronised", server: "signalling" });
  expect(standing(noAnswer)).toBeUndefined();
  expect(standing({ kind: "refused" })).toBeUndefined();
});

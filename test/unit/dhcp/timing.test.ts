// DHCP timing rules as tables: the waits of RFC 2131 and the pauses after trouble.
import { expect, test } from "vitest";
import {
  conflictWaitMs,
  fuzzed,
  leaseTimes,
  refusedWaitMs,
  renewRetryAt,
  retransmitWaitMs,
} from "#firmware/dhcp/timing.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { lowest, middling } from "#test/unit/machine-rig.ts";

const highest = { u32: () => 0xffff_ffff };

test("waits double from 4 to 64 seconds, each a second more or less (RFC 2131 4.1)", () => {
  expect([1, 2, 3, 4, 5, 6, 9].map((tries) => retransmitWaitMs(tries, middling) / 1000)).toEqual([
    4, 8, 16, 32, 64, 64, 64,
  ]);
  expect(retransmitWaitMs(1, lowest)).toBe(3000);
  expect(Math.round(retransmitWaitMs(1, highest))).toBe(5000);
});

/** When REQUESTs leave, in seconds after the first one, without fuzz. */
function schedule(leaseSec: number): { renewing: number[]; rebinding: number[] } {
  const { t1Sec, t2Sec } = leaseTimes(leaseSec);
  const tries = (fromSec: number, limitSec: number): number[] => {
    const at = [fromSec];
    for (;;) {
      const next = renewRetryAt((at[at.length - 1] ?? 0) as MonoMs, (limitSec * 1000) as MonoMs);
      if (next === undefined) return at;
      at.push(next);
    }
  };
  const seconds = (ms: number[]): number[] => ms.map((at) => Math.round(at / 100) / 10);
  return {
    renewing: seconds(tries(t1Sec * 1000, t2Sec)),
    rebinding: seconds(tries(t2Sec * 1000, leaseSec)),
  };
}

test.each([
  [3600, [1800, 2475, 2812.5, 2981.3, 3065.6, 3125.6], [3150, 3375, 3487.5, 3547.5]],
  [600, [300, 412.5, 472.5], [525, 585]],
  [120, [60], [105]],
])(
  "a lease of %i s is asked for again at half of the time left, at least 60 s apart",
  (leaseSec, renewing, rebinding) => {
    expect(schedule(leaseSec)).toEqual({ renewing, rebinding });
  },
);

test("T1 and T2 are the server's where they make sense, else half and seven eighths", () => {
  const table: [number, number | undefined, number | undefined, number, number][] = [
    [600, undefined, undefined, 300, 525],
    [600, 100, 200, 100, 200],
    [600, 200, 100, 300, 525],
    [600, 100, 600, 300, 525],
    [600, 0, 200, 300, 525],
    [600, 100, undefined, 100, 525],
    [600, 550, undefined, 300, 525],
    [Number.POSITIVE_INFINITY, undefined, undefined, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ];
  for (const [lease, t1, t2, wantedT1, wantedT2] of table)
    expect(leaseTimes(lease, t1, t2)).toEqual({ t1Sec: wantedT1, t2Sec: wantedT2, leaseSec: lease });
});

test("fuzz makes T1 and T2 earlier by at most 2 percent, and never swaps them", () => {
  const random = createSeededRandom(7);
  for (let i = 0; i < 100; i++) {
    const { t1Sec, t2Sec, leaseSec } = fuzzed({ t1Sec: 590, t2Sec: 595, leaseSec: 600 }, random);
    expect(t1Sec).toBeLessThan(t2Sec);
    expect(t1Sec).toBeGreaterThan(578);
    expect(t2Sec).toBeLessThanOrEqual(595);
    expect(leaseSec).toBe(600);
  }
});

test("after DECLINE ten seconds, from the tenth conflict on a minute (RFC 5227 2.1.1)", () => {
  expect([1, 2, 9, 10, 11, 100].map((n) => conflictWaitMs(n) / 1000)).toEqual([10, 10, 10, 60, 60, 60]);
});

test("the first refusal costs no pause, further ones grow to about a minute", () => {
  expect([1, 2, 3, 4, 8, 20].map((n) => refusedWaitMs(n, middling) / 1000)).toEqual([0, 1, 2, 4, 64, 64]);
});

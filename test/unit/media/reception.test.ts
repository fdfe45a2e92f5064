// What a receiver counts: sequence numbers (RFC 3550 A.1, A.3), jitter (A.8), and when it reports (A.7).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JitterEstimate } from "#firmware/media/jitter.ts";
import {
  averageWith,
  calculatedIntervalMs,
  type RtcpSession,
  reportIntervalMs,
} from "#firmware/media/rtcp-interval.ts";
import { SequenceTracker, Unwrapper } from "#firmware/media/sequence.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

function tracked(sequences: readonly number[]): SequenceTracker {
  const tracker = new SequenceTracker(sequences[0] ?? 0);
  for (const sequence of sequences) tracker.update(sequence);
  return tracker;
}

const facts = (tracker: SequenceTracker) => ({
  highest: tracker.highest,
  expected: tracker.expected,
  received: tracker.received,
  missing: tracker.missing,
});

describe("sequence numbers", () => {
  const table: readonly [string, readonly number[], ReturnType<typeof facts>][] = [
    ["one after the other", [7, 8, 9], { highest: 9, expected: 3, received: 3, missing: 0 }],
    ["two lost", [7, 10], { highest: 10, expected: 4, received: 2, missing: 2 }],
    ["reordered", [7, 9, 8], { highest: 9, expected: 3, received: 3, missing: 0 }],
    ["a duplicate makes up for no loss", [7, 7, 9], { highest: 9, expected: 3, received: 3, missing: 1 }],
    ["over the wrap", [65534, 65535, 0, 1], { highest: 65537, expected: 4, received: 4, missing: 0 }],
    ["reordered over the wrap", [65534, 0, 65535], { highest: 65536, expected: 3, received: 3, missing: 0 }],
    ["one before the first", [7, 6, 8], { highest: 8, expected: 3, received: 3, missing: 0 }],
    ["2999 ahead is a loss", [0, 2999], { highest: 2999, expected: 3000, received: 2, missing: 2998 }],
    ["3000 ahead counts for nothing", [0, 3000], { highest: 0, expected: 1, received: 1, missing: 0 }],
    ["99 behind is late", [200, 101], { highest: 200, expected: 100, received: 2, missing: 98 }],
    ["100 behind counts for nothing", [200, 100], { highest: 200, expected: 1, received: 1, missing: 0 }],
    [
      "two in a row after a jump begin anew",
      [5, 9000, 9001],
      { highest: 9001, expected: 1, received: 1, missing: 0 },
    ],
    ["a jump alone is forgotten", [5, 9000, 6, 9001], { highest: 6, expected: 2, received: 2, missing: 0 }],
  ];

  test.each(table)("%s", (_, sequences, wanted) => {
    expect(facts(tracked(sequences))).toEqual(wanted);
  });

  test("a restart is told, and starts the counts again", () => {
    const tracker = tracked([5, 6]);
    expect(tracker.update(40000)).toEqual({ kind: "jump" });
    expect(tracker.update(40001)).toEqual({ kind: "valid", extended: 40001, isRestart: true });
  });

  test("the fraction lost is that of the interval since the last report", () => {
    const tracker = tracked([0, 1, 2, 4]); // 5 expected, 4 received
    expect(tracker.takeFractionLost()).toBe(51 / 256); // floor(256 × 1/5)
    for (const sequence of [5, 6, 7, 8]) tracker.update(sequence);
    expect(tracker.takeFractionLost()).toBe(0);
    tracker.update(8); // a duplicate: less than nothing lost is nothing
    expect(tracker.takeFractionLost()).toBe(0);
    expect(tracker.takeFractionLost()).toBe(0); // nothing expected
  });

  test("any loss and any shuffling by less than the window gives the true number of missing packets", () => {
    const flow = fc.array(fc.record({ isLost: fc.boolean(), delay: fc.integer({ min: 0, max: 40 }) }), {
      minLength: 2,
      maxLength: 400,
    });
    fc.assert(
      fc.property(flow, fc.integer({ min: 0, max: 65535 }), (packets, first) => {
        const sent = packets.map((packet, i) => ({ ...packet, i, due: i + packet.delay }));
        const arrived = sent.filter(({ isLost }) => !isLost).sort((a, b) => a.due - b.due || a.i - b.i);
        if (arrived.length === 0) return;
        const tracker = tracked(arrived.map(({ i }) => (first + i) & 0xffff));
        const lowest = Math.min(...arrived.map(({ i }) => i));
        const highest = Math.max(...arrived.map(({ i }) => i));
        expect(tracker.expected).toBe(highest - lowest + 1);
        expect(tracker.missing).toBe(highest - lowest + 1 - arrived.length);
      }),
    );
  });

  test("a counter is followed over its wraps in both directions", () => {
    const unwrapper = new Unwrapper();
    expect([4294967200, 64, 4294967260, 224].map((wire) => unwrapper.next(wire))).toEqual([
      4294967200, 4294967360, 4294967260, 4294967520,
    ]);
  });
});

describe("interarrival jitter", () => {
  // D(i-1,i) = (R_i − R_{i−1}) − (S_i − S_{i−1}); J += (|D| − J)/16. Arrivals in timestamp units at 8 kHz.
  const arrivals = [1000, 1160, 1400, 1480, 1640]; // the third is 80 units late, the fourth on time again
  const timestamps = [0, 160, 320, 480, 640];

  test("STA-006 the estimate of RFC 3550 6.4.1, computed by hand", () => {
    const jitter = new JitterEstimate();
    const seen = arrivals.map((arrival, i) => {
      jitter.add(arrival, timestamps[i] ?? 0);
      return jitter.units;
    });
    // |D| = 0, 80, 80, 0 → J = 0, 5, 5 + 75/16 = 9.6875, 9.6875 × 15/16 = 9.082…
    expect(seen).toEqual([0, 0, 5, 9, 9]);
  });

  test("neither a wrap of the timestamp nor a late start of the clock makes jitter", () => {
    const jitter = new JitterEstimate();
    for (let i = 0; i < 100; i++) jitter.add(5e9 + 160 * i, (4294960000 + 160 * i) % 2 ** 32);
    expect(jitter.units).toBe(0);
  });

  test("a source that begins anew makes none either", () => {
    const jitter = new JitterEstimate();
    jitter.add(0, 0);
    jitter.restart();
    jitter.add(160, 3_000_000);
    expect(jitter.units).toBe(0);
  });
});

describe("the time between reports", () => {
  const call: RtcpSession = {
    members: 2,
    senders: 2,
    bandwidth: 500,
    hasSent: true,
    averageOctets: 112,
    isInitial: false,
  };

  test("5 s for a telephone call, half of it before the first report", () => {
    expect(calculatedIntervalMs(call)).toBe(5000);
    expect(calculatedIntervalMs({ ...call, isInitial: true })).toBe(2500);
  });

  test("the bandwidth rules of 6.3.1 where many share", () => {
    const many = { ...call, members: 1000, averageOctets: 100 };
    expect(calculatedIntervalMs({ ...many, senders: 500 })).toBe((1000 * 100 * 1000) / 500);
    expect(calculatedIntervalMs({ ...many, senders: 100 })).toBe((100 * 100 * 1000) / 125);
    expect(calculatedIntervalMs({ ...many, senders: 100, hasSent: false })).toBe((900 * 100 * 1000) / 375);
  });

  test("reports are spread between 0.5 and 1.5 of that, over e − 3/2", () => {
    const random = createSeededRandom(1);
    const spans = Array.from({ length: 2000 }, () => reportIntervalMs(call, random));
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(2500 / (Math.E - 1.5));
    expect(Math.max(...spans)).toBeLessThan(7500 / (Math.E - 1.5));
    const mean = spans.reduce((sum, span) => sum + span, 0) / spans.length;
    expect(mean).toBeGreaterThan(4000);
    expect(mean).toBeLessThan(4200);
  });

  test("the average size follows by sixteenths, UDP and IP headers included", () => {
    expect(averageWith(112, 100)).toBe(112 + (128 - 112) / 16);
  });
});

// Digits as telephone events: what goes out packet by packet, and what is understood of what comes in.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DigitReceiver } from "#firmware/media/digit-receiver.ts";
import { DigitSender } from "#firmware/media/digit-sender.ts";
import type { MonoMs } from "#hal/contract/time.ts";

/** marker, timestamp, digit, duration, end: a row of RFC 4733 table 5. */
type Row = readonly [marker: 0 | 1, start: number, digit: string, durationUnits: number, end: 0 | 1];

/** Runs the sender on a grid of `packetMs`; `at` says what is pressed or released before the interval that begins then. */
function sent(packetMs: number, untilMs: number, at: (ms: number, sender: DigitSender) => void): Row[] {
  const sender = new DigitSender(8000);
  const rows: Row[] = [];
  for (let ms = 0; ms < untilMs; ms += packetMs) {
    at(ms, sender);
    for (const packet of sender.packetsFor(ms * 8, (ms + packetMs) * 8)) {
      rows.push([
        packet.marker ? 1 : 0,
        packet.start,
        packet.digit,
        packet.durationUnits,
        packet.isEnd ? 1 : 0,
      ]);
    }
  }
  return rows;
}

describe("sending", () => {
  test("DTM-005 a digit of 100 ms at 20 ms: constant timestamp, growing duration, marker once, end three times", () => {
    const rows = sent(20, 300, (ms, sender) => ms === 40 && sender.press("5", 100));
    expect(rows).toEqual([
      [1, 320, "5", 160, 0],
      [0, 320, "5", 320, 0],
      [0, 320, "5", 480, 0],
      [0, 320, "5", 640, 0],
      [0, 320, "5", 800, 1],
      [0, 320, "5", 800, 1],
      [0, 320, "5", 800, 1],
    ]);
  });

  test("the third digit of RFC 4733 table 5: 220 ms in packets of 50 ms", () => {
    const rows = sent(50, 2000, (ms, sender) => ms === 1400 && sender.press("1", 220));
    expect(rows).toEqual([
      [1, 11200, "1", 400, 0],
      [0, 11200, "1", 800, 0],
      [0, 11200, "1", 1200, 0],
      [0, 11200, "1", 1600, 0],
      [0, 11200, "1", 1760, 1],
      [0, 11200, "1", 1760, 1],
      [0, 11200, "1", 1760, 1],
    ]);
  });

  test("a held key lasts as long as it is held, and 50 ms at least", () => {
    const held = sent(20, 600, (ms, sender) => {
      if (ms === 0) sender.press("#", undefined);
      if (ms === 160) sender.release(160 * 8);
    });
    expect(held.filter(([, , , , end]) => end === 1)).toEqual(Array(3).fill([0, 0, "#", 1280, 1]));
    const tapped = sent(20, 600, (ms, sender) => {
      if (ms === 0) sender.press("#", undefined);
      if (ms === 20) sender.release(160);
    });
    expect(tapped.at(-1)).toEqual([0, 0, "#", 400, 1]);
  });

  test("digits typed ahead follow each other with a pause of 50 ms at least", () => {
    const rows = sent(20, 600, (ms, sender) => {
      if (ms !== 0) return;
      sender.press("1", 80);
      sender.press("2", 80);
    });
    const first = rows.find(([, , digit]) => digit === "2");
    expect(first).toEqual([1, 1120, "2", 160, 0]); // ended at 640, and 400 of pause end inside the packet at 960
    expect(rows).toHaveLength(12);
  });

  test("a key held longer than the duration field goes over into a second segment without marker", () => {
    const rows = sent(20, 9000, (ms, sender) => {
      if (ms === 0) sender.press("0", undefined);
      if (ms === 8400) sender.release(8400 * 8);
    });
    const place = rows.findIndex(([, , , duration]) => duration === 65535);
    expect(rows.slice(place - 1, place + 3)).toEqual([
      [0, 0, "0", 65440, 0],
      [0, 0, "0", 65535, 0],
      [0, 65535, "0", 65, 0],
      [0, 65535, "0", 225, 0],
    ]);
    expect(rows.at(-1)).toEqual([0, 65535, "0", 8400 * 8 - 65535, 1]);
  });
});

describe("receiving", () => {
  const add = (
    receiver: DigitReceiver,
    start: number,
    event: number,
    units: number,
    isEnd: boolean,
    at: number,
  ) =>
    receiver.add(start, [{ event, report: { isEnd, levelDbm0: -10 }, durationUnits: units }], at as MonoMs); // test time

  test("a digit is reported once, at its end, though its end comes three times", () => {
    const receiver = new DigitReceiver(8000);
    expect(add(receiver, 0, 5, 160, false, 20)).toEqual([]);
    expect(receiver.isRunning).toBe(true);
    expect(add(receiver, 0, 5, 800, true, 100)).toEqual([{ event: 5, durationMs: 100 }]);
    expect(add(receiver, 0, 5, 800, true, 120)).toEqual([]);
    expect(add(receiver, 0, 5, 800, true, 140)).toEqual([]);
    expect(receiver.isRunning).toBe(false);
  });

  test("any packet of a digit is enough to know it", () => {
    const kept = fc.subarray([160, 320, 480, 640, 800, -800, -800.5], { minLength: 1 });
    fc.assert(
      fc.property(kept, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (units, start) => {
        const receiver = new DigitReceiver(8000);
        const ended = units.flatMap((unit, i) =>
          add(receiver, start, 7, Math.floor(Math.abs(unit)), unit < 0, i * 20),
        );
        ended.push(...receiver.tick(1000 as MonoMs)); // test time
        expect(ended).toHaveLength(1);
        expect(ended[0]?.event).toBe(7);
      }),
    );
  });

  test("the same digit twice is two digits: the timestamp tells", () => {
    const receiver = new DigitReceiver(8000);
    expect(add(receiver, 0, 1, 400, false, 50)).toEqual([]);
    expect(add(receiver, 1600, 1, 160, false, 220)).toEqual([{ event: 1, durationMs: 50 }]);
    expect(add(receiver, 1600, 1, 800, true, 300)).toEqual([{ event: 1, durationMs: 100 }]);
    expect(add(receiver, 0, 1, 400, true, 320)).toEqual([]); // a straggler of the first
  });

  test("a digit whose end is lost ends 150 ms after its last packet", () => {
    const receiver = new DigitReceiver(8000);
    add(receiver, 0, 9, 160, false, 20);
    expect(receiver.tick(170 as MonoMs)).toEqual([]); // test time
    expect(receiver.tick(171 as MonoMs)).toEqual([{ event: 9, durationMs: 20 }]); // test time
  });

  test("several events in one packet follow each other", () => {
    const receiver = new DigitReceiver(8000);
    const events = [9, 1].map((event) => ({
      event,
      report: { isEnd: true, levelDbm0: -7 },
      durationUnits: 1600,
    }));
    expect(receiver.add(0, events, 0 as MonoMs)).toEqual([
      { event: 9, durationMs: 200 },
      { event: 1, durationMs: 200 },
    ]); // test time
  });

  test("segments of a long event are one event", () => {
    const receiver = new DigitReceiver(8000);
    add(receiver, 0, 0, 65535, false, 8200);
    expect(add(receiver, 65535, 0, 65, false, 8200)).toEqual([]);
    expect(add(receiver, 65535, 0, 1665, true, 8400)).toEqual([{ event: 0, durationMs: 8400 }]);
  });

  test("what our own sender sends is understood, whatever is lost short of everything", () => {
    const rows = sent(20, 700, (ms, sender) => {
      if (ms !== 0) return;
      for (const digit of "19#") sender.press(digit, 80);
    });
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (losses) => {
        const receiver = new DigitReceiver(8000);
        const arrived = rows.filter(() => losses.next().value !== true);
        const wanted = new Set(arrived.map(([, start]) => start)).size;
        const ended = arrived.flatMap(([, start, digit, units, end], i) =>
          add(receiver, start, "0123456789*#".indexOf(digit), units, end === 1, i * 20),
        );
        ended.push(...receiver.tick(10_000 as MonoMs)); // test time
        expect(ended).toHaveLength(wanted);
      }),
    );
  });
});

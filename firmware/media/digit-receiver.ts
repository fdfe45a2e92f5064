// Digits in (RFC 4733 §2.5.2): each event is reported once, at its end, however many of its packets were lost.
// The tone is neither played nor made anew: somebody who wants the digit gets the report.
import type { MonoMs } from "#hal/contract/time.ts";
import type { TelephoneEvent } from "./telephone-event.ts";

/** "the tone SHOULD NOT be extended by more than three packet interarrival times", and 50 ms is the longest usual one. */
const patienceMs = 150;
const longestUnits = 0xffff;

/** An event that is over. */
export interface ReceivedEvent {
  readonly event: number;
  readonly durationMs: number;
}

interface Running {
  readonly event: number;
  /** Timestamp of the present segment. */
  readonly timestamp: number;
  /** Of the segments before it. */
  readonly earlierUnits: number;
  readonly units: number;
  readonly seenAt: MonoMs;
}

/** Events of one source. */
export class DigitReceiver {
  readonly #perMs: number;
  #running: Running | undefined;
  /** Timestamp of the newest event that was reported: its packets still come, three times or late. */
  #done: number | undefined;

  constructor(clockRateHz: number) {
    this.#perMs = clockRateHz / 1000;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** One event packet. Returns what ended by it. */
  add(timestamp: number, events: readonly TelephoneEvent[], at: MonoMs): readonly ReceivedEvent[] {
    const ended: ReceivedEvent[] = [];
    let start = timestamp;
    for (const event of events) {
      ended.push(...this.#one(start, event, at));
      start = (start + event.durationUnits) >>> 0;
    }
    return ended;
  }

  /** Ends an event whose end got lost. */
  tick(now: MonoMs): readonly ReceivedEvent[] {
    return this.#running !== undefined && now - this.#running.seenAt > patienceMs ? this.#finish() : [];
  }

  /** The source is another one: what ran is over, and old timestamps mean nothing. */
  restart(): readonly ReceivedEvent[] {
    const ended = this.#finish();
    this.#done = undefined;
    return ended;
  }

  #one(timestamp: number, report: TelephoneEvent, at: MonoMs): readonly ReceivedEvent[] {
    if (this.#done !== undefined && ((timestamp - this.#done) | 0) <= 0) return [];
    // "The receiver SHOULD ignore an event report with zero duration if the event is not a state."
    if (report.durationUnits === 0) return [];
    const before = this.#running;
    const ended: ReceivedEvent[] = [];
    if (before !== undefined && before.timestamp !== timestamp) {
      if (((timestamp - before.timestamp) | 0) < 0) return [];
      if (!isNextSegment(before, timestamp, report)) ended.push(...this.#finish());
    }
    const running = this.#running;
    const isSame = running?.timestamp === timestamp;
    this.#running = {
      event: running?.event ?? report.event,
      timestamp,
      earlierUnits: running === undefined ? 0 : running.earlierUnits + (isSame ? 0 : longestUnits),
      units: isSame ? Math.max(running.units, report.durationUnits) : report.durationUnits,
      seenAt: at,
    };
    if (report.report.isEnd) ended.push(...this.#finish());
    return ended;
  }

  #finish(): readonly ReceivedEvent[] {
    const running = this.#running;
    if (running === undefined) return [];
    this.#running = undefined;
    this.#done = running.timestamp;
    return [{ event: running.event, durationMs: (running.earlierUnits + running.units) / this.#perMs }];
  }
}

/** "compare the RTP timestamp for the new event with the sum of the RTP timestamp of the previous report plus the duration (0xFFFF)" */
function isNextSegment(before: Running, timestamp: number, report: TelephoneEvent): boolean {
  return (
    report.event === before.event &&
    before.units === longestUnits &&
    timestamp === (before.timestamp + longestUnits) >>> 0
  );
}

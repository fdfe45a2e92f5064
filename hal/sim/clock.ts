// Virtual time: it moves only when a test says so, from alarm to alarm, and fails loudly when nothing happens.
import type { Alarm, Clock, MonoMs, UnixMs, WallClock } from "#hal/contract/time.ts";
import { later } from "#hal/contract/time.ts";

/** An hour of virtual time: a test that waits so long waits for something that will not come. */
const patienceMs = 3_600_000;

interface Pending {
  readonly at: MonoMs;
  readonly order: number;
  readonly ring: () => void;
}

/** Before each advance everything that is ready runs: microtasks, and one turn of the host's event loop. */
export type Settle = () => Promise<void>;

/** A clock that a test moves. Alarms for the same moment ring in the order they were set. */
export class VirtualClock implements Clock, WallClock {
  readonly #settle: Settle;
  #now: MonoMs;
  #order = 0;
  #wallOffset: number | undefined;
  readonly #pending = new Set<Pending>();

  constructor(options: { readonly settle: Settle; readonly startMs?: number }) {
    this.#settle = options.settle;
    this.#now = (options.startMs ?? 0) as MonoMs; // the virtual day begins where the test says
  }

  now(): MonoMs {
    return this.#now;
  }

  wall(): UnixMs | undefined {
    return this.#wallOffset === undefined ? undefined : ((this.#now + this.#wallOffset) as UnixMs); // the one place that knows the offset
  }

  step(at: UnixMs): void {
    this.#wallOffset = at - this.#now;
  }

  slew(offsetMs: number): void {
    if (this.#wallOffset !== undefined) this.#wallOffset += offsetMs;
  }

  alarm(at: MonoMs, ring: () => void): Alarm {
    const entry: Pending = { at, order: this.#order++, ring };
    this.#pending.add(entry);
    return { cancel: () => this.#pending.delete(entry) };
  }

  sleep(spanMs: number, options: { signal: AbortSignal }): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const alarm = this.alarm(later(this.#now, spanMs), resolve);
      signal.addEventListener(
        "abort",
        () => {
          alarm.cancel();
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** How many alarms are set; a shutdown test expects none. */
  get alarmCount(): number {
    return this.#pending.size;
  }

  /** Moves on by `spanMs`, ringing everything on the way. */
  async advance(spanMs: number): Promise<void> {
    const end = later(this.#now, spanMs);
    await this.#settle();
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#ring(next);
      await this.#settle();
    }
    this.#now = end;
    await this.#settle();
  }

  /** Moves on until `done` holds; throws after `withinMs` (an hour unless told) without it. Returns the time it took. */
  async runUntil(what: string, done: () => boolean, withinMs: number = patienceMs): Promise<number> {
    const start = this.#now;
    await this.#settle();
    while (!done()) {
      const next = this.#next();
      if (next === undefined) throw new Error(`${what}: nothing is pending any more at ${this.#now} ms`);
      if (next.at - start > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
      this.#ring(next);
      await this.#settle();
    }
    return this.#now - start;
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const entry of this.#pending) {
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry;
    }
    return first;
  }

  #ring(entry: Pending): void {
    this.#pending.delete(entry);
    if (entry.at > this.#now) this.#now = entry.at;
    entry.ring();
  }
}

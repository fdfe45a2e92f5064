// Every running timer in one list, for `show timers`. Nothing waits anywhere else.
import type { Alarm, Clock, MonoMs } from "#hal/contract/time.ts";

/** One line of `show timers`. */
export interface TimerLine {
  readonly area: string;
  readonly name: string;
  readonly dueInMs: number;
}

interface Entry {
  readonly area: string;
  readonly name: string;
  readonly at: MonoMs;
  readonly alarm: Alarm;
}

/** The list of named alarms on one clock. */
export class TimerTable {
  readonly #clock: Clock;
  readonly #entries = new Set<Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rings once at `at`, and shows as `area name` until then. */
  start(area: string, name: string, at: MonoMs, ring: () => void): Alarm {
    const entry: Entry = {
      area,
      name,
      at,
      alarm: this.#clock.alarm(at, () => {
        this.#entries.delete(entry);
        ring();
      }),
    };
    this.#entries.add(entry);
    return {
      cancel: () => {
        this.#entries.delete(entry);
        entry.alarm.cancel();
      },
    };
  }

  /** What runs now, the next one first. */
  list(): readonly TimerLine[] {
    const now = this.#clock.now();
    return [...this.#entries]
      .sort((a, b) => a.at - b.at)
      .map(({ area, name, at }) => ({ area, name, dueInMs: Math.max(0, Math.round(at - now)) }));
  }
}

// Monotonic time from CLOCK_MONOTONIC, the same numbers on every thread, and alarms by Node's timers.
import type { Alarm, Clock, MonoMs, UnixMs } from "#hal/contract/time.ts";
import { later } from "#hal/contract/time.ts";

/** CLOCK_MONOTONIC in nanoseconds when this process began: give it to each worker, so that all threads agree. */
export function processOriginNs(): bigint {
  return process.hrtime.bigint() - BigInt(Math.round(process.uptime() * 1e9)); // `performance` takes 3 ms to load
}

/** Reads CLOCK_MONOTONIC relative to `originNs`. On Linux, Node's hrtime is that clock on every thread. */
export function createMonotonic(originNs: bigint): () => MonoMs {
  const originSec = Number(originNs / 1_000_000_000n);
  const originRestNs = Number(originNs % 1_000_000_000n);
  return () => {
    const [sec, ns] = process.hrtime();
    return ((sec - originSec) * 1000 + (ns - originRestNs) / 1e6) as MonoMs; // the one place that makes them
  };
}

export interface ClockOptions {
  readonly originNs: bigint;
  /** Where wall time comes from. */
  wall(): UnixMs | undefined;
}

/** The clock and its end. */
export interface LinuxClock extends Clock {
  /** Cancels every alarm that is still set. */
  close(): void;
  /** Alarms that are set; a shutdown test expects none. */
  readonly alarmCount: number;
}

const longestTimerMs = 2 ** 31 - 1;

/** A clock whose alarms never ring early: Node's timers may, by up to a millisecond, and then they are set again. */
export function createClock(options: ClockOptions): LinuxClock {
  const now = createMonotonic(options.originNs);
  const set = new Set<() => void>();

  const alarm = (at: MonoMs, ring: () => void): Alarm => {
    let stop: () => void;
    const cancel = (): void => {
      stop();
      set.delete(cancel);
    };
    const due = (): void => {
      if (now() < at) {
        arm();
        return;
      }
      set.delete(cancel);
      ring();
    };
    const arm = (): void => {
      const leftMs = at - now();
      if (leftMs <= 0) {
        const immediate = setImmediate(due);
        stop = () => clearImmediate(immediate);
      } else {
        const timer = setTimeout(due, Math.min(Math.ceil(leftMs), longestTimerMs));
        stop = () => clearTimeout(timer);
      }
    };
    stop = () => {};
    arm();
    set.add(cancel);
    return { cancel };
  };

  return {
    now,
    wall: options.wall,
    alarm,
    sleep(spanMs, { signal }) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const aborted = (): void => {
          pending.cancel();
          reject(signal.reason);
        };
        const pending = alarm(later(now(), spanMs), () => {
          signal.removeEventListener("abort", aborted);
          resolve();
        });
        signal.addEventListener("abort", aborted, { once: true });
      });
    },
    close() {
      for (const cancel of [...set]) cancel();
    },
    get alarmCount() {
      return set.size;
    },
  };
}

// Time and chance of `npm start`: the machine's own monotonic time for every alarm, wall time as an offset the phone sets,
// OpenSSL's random numbers. Nothing native of ours: a desk needs Node alone.
import { randomFillSync } from "node:crypto";
import type { Random } from "#hal/contract/random.ts";
import type { Clock, WallClock } from "#hal/contract/time.ts";
import { createClock, createMonotonic, processOriginNs } from "#hal/linux/clock.ts";
import { ProcessWallClock } from "#hal/linux/process-wall-clock.ts";

/** A clock that is also a wall clock, and its end. */
export interface RealClock extends Clock, WallClock {
  close(): void;
}

/** Real time from the start of this process. */
export function createRealClock(): RealClock {
  const originNs = processOriginNs();
  const wall = new ProcessWallClock(createMonotonic(originNs));
  const clock = createClock({ originNs, wall: () => wall.wall() });
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    alarm: (at, ring) => clock.alarm(at, ring),
    sleep: (ms, options) => clock.sleep(ms, options),
    step: (at) => wall.step(at),
    slew: (offsetMs) => wall.slew(offsetMs),
    close: () => clock.close(),
  };
}

/** Chance that nobody can foresee. */
export function createRealRandom(): Random {
  const word = new Uint32Array(1);
  return { u32: () => randomFillSync(word)[0] ?? 0 }; // it has one
}

// The clock of `npm start`: the machine's own monotonic time for every alarm, wall time as an offset the phone sets.
import type { Clock, WallClock } from "#hal/contract/time.ts";
import { createClock, createMonotonic, processOriginNs } from "#hal/linux/clock.ts";
import { createWallClock } from "#hal/linux/wall-clock.ts";

/** A clock that is also a wall clock, and its end. */
export interface RealClock extends Clock, WallClock {
  close(): void;
}

/** Real time from the start of this process. */
export function createRealClock(): RealClock {
  const originNs = processOriginNs();
  const wall = createWallClock({ kind: "process", now: createMonotonic(originNs) });
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

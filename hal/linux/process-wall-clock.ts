// Wall time of this process alone, beside a clock that somebody else keeps. No native part: a desk runs on it, too.
import type { MonoMs, UnixMs, WallClock } from "#hal/contract/time.ts";

/** How fast a slew goes, in parts of elapsed time; the kernel's own rate for adjtime. */
const slewRate = 0.0005;

/** The offset between monotonic and wall time, moved by steps and slews; no wall time before the first step. */
export class ProcessWallClock implements WallClock {
  readonly #now: () => MonoMs;
  #offsetMs: number | undefined;
  #slewLeftMs = 0;
  #slewedAt: MonoMs;

  constructor(now: () => MonoMs) {
    this.#now = now;
    this.#slewedAt = now();
  }

  /** Undefined until it was stepped. */
  wall(): UnixMs | undefined {
    const now = this.#now();
    if (this.#offsetMs === undefined) return undefined;
    const most = (now - this.#slewedAt) * slewRate;
    const moved = Math.sign(this.#slewLeftMs) * Math.min(Math.abs(this.#slewLeftMs), most);
    this.#offsetMs += moved;
    this.#slewLeftMs -= moved;
    this.#slewedAt = now;
    return (now + this.#offsetMs) as UnixMs; // the one place that knows the offset
  }

  step(at: UnixMs): void {
    this.#offsetMs = at - this.#now();
    this.#slewLeftMs = 0;
    this.#slewedAt = this.#now();
  }

  slew(offsetMs: number): void {
    this.wall(); // settles what the present slew has moved so far
    this.#slewLeftMs = offsetMs;
    this.#slewedAt = this.#now();
  }
}

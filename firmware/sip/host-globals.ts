// The one place that replaces host globals: sip.js takes timers, the time and chance from globalThis. While its code
// runs, and only then, these names lead to this phone's clock and random source; every timer of it shows in `show timers`.
// Several phones in one process each have their own, and nobody else ever sees the replacements.
import { between } from "#firmware/runtime/chance.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { type Alarm, later } from "#hal/contract/time.ts";
import type { SipTiming } from "./transaction/timing.ts";

/** The names sip.js uses, and what it may call them with. */
interface HostSlots {
  setTimeout: (ring: () => void, delayMs?: number) => unknown;
  clearTimeout: (handle: unknown) => void;
  setInterval: (ring: () => void, delayMs?: number) => unknown;
  clearInterval: (handle: unknown) => void;
  readonly Date: { now: () => number };
  readonly Math: { random: () => number };
}

/** The values of sip.js's own `Timers` that matter here; one object for the whole process. */
export interface CoreTimers {
  T1: number;
  T2: number;
  T4: number;
  TIMER_B: number;
  TIMER_D: number;
  TIMER_F: number;
  TIMER_H: number;
  TIMER_I: number;
  TIMER_J: number;
  TIMER_K: number;
  TIMER_L: number;
  TIMER_M: number;
  TIMER_N: number;
}

/** A delay that stands for never: the layer below decides, and always answers. */
const never = 0x7fff_ffff;

class Pending {
  alarm: Alarm | undefined;
}

/** One phone's view of the host, for sip.js alone. */
export class HostGlobals {
  readonly #runtime: Runtime;
  readonly #host = globalThis as unknown as HostSlots; // the names exist on every JavaScript host
  readonly #coreTimers: CoreTimers;
  readonly #pending = new Set<Pending>();
  #isInside = false;
  #isClosed = false;
  #depth = 0;

  constructor(runtime: Runtime, coreTimers: CoreTimers, timing: SipTiming) {
    this.#runtime = runtime;
    this.#coreTimers = coreTimers;
    const whole = 64 * timing.t1Ms;
    // sip.js stands on our transactions as on a reliable transport: they absorb what is doubled and end what is not
    // answered. Only what belongs to dialogs keeps its time: L, M and N.
    const zero = { TIMER_D: 0, TIMER_H: 0, TIMER_I: 0, TIMER_J: 0, TIMER_K: 0 };
    const kept = { TIMER_L: whole, TIMER_M: whole, TIMER_N: whole };
    this.#other.timers = {
      T1: timing.t1Ms,
      T2: timing.t2Ms,
      T4: 5000,
      TIMER_B: never,
      TIMER_F: never,
      ...zero,
      ...kept,
    };
  }

  /** True while sip.js waits further up for what it called to return: nothing may be handed to it now. */
  get isBusy(): boolean {
    return this.#depth > 0;
  }

  /** Runs code of sip.js. */
  inside<T>(act: () => T): T {
    this.#depth++;
    try {
      return this.#swap(true, act);
    } finally {
      this.#depth--;
    }
  }

  /** Runs code of ours that sip.js called. */
  outside<T>(act: () => T): T {
    return this.#swap(false, act);
  }

  /** Ends every timer. */
  close(): void {
    this.#isClosed = true;
    for (const pending of this.#pending) pending.alarm?.cancel();
    this.#pending.clear();
  }

  #swap<T>(toInside: boolean, act: () => T): T {
    if (this.#isInside === toInside) return act();
    this.#isInside = toInside;
    this.#exchange();
    try {
      return act();
    } finally {
      this.#isInside = !toInside;
      this.#exchange();
    }
  }

  /** What stands in the global names now and what stands here change places. */
  #exchange(): void {
    const host = this.#host;
    const { setTimeout, clearTimeout, setInterval, clearInterval } = host;
    const now = host.Date.now;
    const random = host.Math.random;
    const timers = { ...this.#coreTimers };
    Object.assign(host, this.#other.names);
    host.Date.now = this.#other.now;
    host.Math.random = this.#other.random;
    Object.assign(this.#coreTimers, this.#other.timers);
    this.#other = { names: { setTimeout, clearTimeout, setInterval, clearInterval }, now, random, timers };
  }

  #other = {
    names: {
      setTimeout: (ring: () => void, delayMs = 0): unknown => this.#start(ring, delayMs, false),
      clearTimeout: (handle: unknown): void => this.#stop(handle),
      setInterval: (ring: () => void, delayMs = 0): unknown => this.#start(ring, delayMs, true),
      clearInterval: (handle: unknown): void => this.#stop(handle),
    },
    now: (): number => this.#runtime.clock.wall() ?? this.#runtime.clock.now(),
    random: (): number => between(this.#runtime.random, 0, 1),
    timers: {} as Partial<CoreTimers>,
  };

  #start(ring: () => void, delayMs: number, isRepeated: boolean): Pending {
    const pending = new Pending();
    if (delayMs >= never || this.#isClosed) return pending;
    this.#pending.add(pending);
    const arm = (): void => {
      const { clock, timers } = this.#runtime;
      pending.alarm = timers.start("sip.js", `${delayMs} ms`, later(clock.now(), delayMs), () => {
        if (isRepeated) arm();
        else this.#pending.delete(pending);
        this.inside(ring);
      });
    };
    this.outside(arm);
    return pending;
  }

  #stop(handle: unknown): void {
    if (!(handle instanceof Pending)) return;
    this.#pending.delete(handle);
    this.outside(() => handle.alarm?.cancel());
  }
}

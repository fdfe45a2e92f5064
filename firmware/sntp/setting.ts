// Setting the clock: step or slew, and what is too absurd to believe. Pure.
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { Base, ClockFacts, Effect, Estimate } from "./state.ts";

/** A clock off by more is set at once; by less it is led there (reference boot-and-provisioning 8.3). */
const stepAboveMs = 500;

const dayMs = 86_400_000;

/** No server may set a time before this software was built, or generations after it. */
export function isAbsurd(unixMs: number, { buildUnixMs }: ClockFacts): boolean {
  return unixMs < buildUnixMs - dayMs || unixMs > buildUnixMs + 40 * 365 * dayMs;
}

/** Our own time at `at`. */
export function estimateAt({ unixMs, at }: Estimate, moment: MonoMs): number {
  return unixMs + (moment - at);
}

/** A correction to make. */
export interface Correction {
  readonly server: string;
  readonly stratum: number | undefined;
  /** The right time at `now`. */
  readonly unixMs: number;
  readonly delayMs: number | undefined;
}

/** The new estimate, and what to do to the clock. Timers are not touched: they run on the monotonic clock. */
export function correct(
  base: Base,
  { server, stratum, unixMs, delayMs }: Correction,
  now: MonoMs,
): { readonly base: Base; readonly effects: readonly Effect[] } {
  const offsetMs = unixMs - estimateAt(base.estimate, now);
  const isStep = !base.isClockSet || Math.abs(offsetMs) > stepAboveMs;
  return {
    base: { ...base, estimate: { unixMs, at: later(now, 0) }, isClockSet: true },
    effects: [
      isStep ? { kind: "step", unixMs } : { kind: "slew", offsetMs },
      {
        kind: "notify",
        notice: {
          kind: "synchronised",
          server,
          stratum,
          unixMs,
          offsetMs: base.isClockSet ? offsetMs : undefined,
          delayMs,
          isStep,
        },
      },
    ],
  };
}

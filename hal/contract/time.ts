// Time as the firmware sees it: monotonic for every timer, wall time only for people and certificates.

/** Milliseconds on the monotonic clock since the process (or the virtual day) began; may have a fraction. */
export type MonoMs = number & { readonly __unit: "MonoMs" };

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMs = number & { readonly __unit: "UnixMs" };

/** `at` plus a span, still on the monotonic clock. */
export function later(at: MonoMs, spanMs: number): MonoMs {
  return (at + spanMs) as MonoMs;
}

/** A pending alarm; cancelling one that rang or was cancelled does nothing. */
export interface Alarm {
  cancel(): void;
}

/** Reads time and waits for it. */
export interface Clock {
  now(): MonoMs;
  /** Undefined until somebody set it: there is no battery clock. */
  wall(): UnixMs | undefined;
  /** Calls `ring` once, at `at` or as soon after it as possible; never synchronously. */
  alarm(at: MonoMs, ring: () => void): Alarm;
  /** Resolves after `spanMs`; rejects with the signal's reason when aborted. */
  sleep(spanMs: number, options: { signal: AbortSignal }): Promise<void>;
}

/** Sets the wall clock. No timer depends on it. */
export interface WallClock {
  /** Jumps to `at`. */
  step(at: UnixMs): void;
  /** Moves gradually by `offsetMs` (positive: the clock was slow). */
  slew(offsetMs: number): void;
}

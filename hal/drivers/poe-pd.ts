// The power state of a board: the readings of all its sensors joined, read at start and then now and again.
import { HalError } from "#hal/contract/errors.ts";
import type { PoePd, PowerSource, PowerState } from "#hal/contract/power.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import type { PowerReading, PowerSensor } from "./power-sensors.ts";

/** Between two readings: health and draw change slowly, and reading costs an I2C transfer. */
const pollMs = 10_000;

/** Joins sensors. One that fails is told once and named in the evidence. */
export function createPoePd(options: {
  readonly sensors: readonly PowerSensor[];
  readonly clock: Clock;
  readonly failed?: (error: HalError) => void;
  readonly signal: AbortSignal;
}): PoePd {
  const { sensors, clock, signal } = options;
  const changes = new Emitter<PowerState>();
  let last = "";
  let alarm: Alarm | undefined;

  const readAll = (): PowerState => {
    const readings: PowerReading[] = [];
    const broken: string[] = [];
    for (const sensor of sensors) {
      try {
        const reading = sensor();
        if (reading !== undefined) readings.push(reading);
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        broken.push(error.message);
        options.failed?.(error);
      }
    }
    return joinReadings(readings, broken);
  };
  const poll = (): void => {
    const state = readAll();
    const key = JSON.stringify({ ...state, drawMilliwatts: undefined, evidence: undefined });
    if (key !== last && last !== "") changes.emit(state);
    last = key;
    alarm = signal.aborted ? undefined : clock.alarm(later(clock.now(), pollMs), poll);
  };
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  poll();
  return { read: () => Promise.resolve(readAll()), changes };
}

/** One state of several readings: every source found, the smallest limit, the first draw, the worst health. */
export function joinReadings(readings: readonly PowerReading[], broken: readonly string[]): PowerState {
  const sources = new Set<PowerSource>(readings.flatMap((reading) => reading.sources));
  const limits = readings.flatMap(({ limitMilliwatts }) =>
    limitMilliwatts === undefined ? [] : [limitMilliwatts],
  );
  const healths = new Set(readings.map(({ health }) => health));
  const health =
    (["overcurrent", "undervoltage", "good"] as const).find((kind) => healths.has(kind)) ?? "unknown";
  return {
    sources: sources.size === 0 ? ["unknown"] : [...sources],
    limitMilliwatts: limits.length === 0 ? undefined : Math.min(...limits),
    drawMilliwatts: readings.find(({ drawMilliwatts }) => drawMilliwatts !== undefined)?.drawMilliwatts,
    health,
    evidence: [...readings.map(({ evidence }) => evidence), ...broken],
  };
}

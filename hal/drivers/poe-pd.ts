// The power state of a board: the readings of all its sensors joined, read at start and then now and again.
import { HalError } from "#hal/contract/errors.ts";
import type { PoePd, PowerSource, PowerState } from "#hal/contract/power.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import type { PowerReading, PowerSensor } from "./power-sensors.ts";

/** Between two readings: health and draw change slowly, and reading costs an I2C transfer. */
const pollMs = 10_000;

/** The state of the board's power, with what it was last. */
export interface ReadPoePd extends PoePd {
  /** As read last. */
  last(): PowerState;
}

/**
 * Joins sensors. One that fails is told and named in the evidence, one that was there and is gone likewise, once. HalError
 * `missing` when there are sensors and none is there.
 */
export function createPoePd(options: {
  readonly sensors: readonly PowerSensor[];
  readonly clock: Clock;
  readonly failed?: (error: HalError) => void;
  readonly signal: AbortSignal;
}): ReadPoePd {
  const { sensors, clock, signal } = options;
  const changes = new Emitter<PowerState>();
  /** What each sensor that is there read last. */
  const present = new Map<PowerSensor, string>();
  let last = "";
  let state: PowerState;
  let alarm: Alarm | undefined;

  const readAll = (): PowerState => {
    const readings: PowerReading[] = [];
    const broken: string[] = [];
    for (const sensor of sensors) {
      try {
        const reading = sensor();
        if (reading === undefined) {
          const before = present.get(sensor);
          if (!present.delete(sensor)) continue;
          throw new HalError("missing", "power sensor", "read", `gone; it said last: ${before}`);
        }
        readings.push(reading);
        present.set(sensor, reading.evidence);
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        broken.push(error.message);
        options.failed?.(error);
      }
    }
    state = joinReadings(readings, broken);
    return state;
  };
  const weigh = (): void => {
    const key = JSON.stringify({ ...state, drawMilliwatts: undefined, evidence: undefined });
    if (key !== last && last !== "") changes.emit(state);
    last = key;
    alarm = signal.aborted ? undefined : clock.alarm(later(clock.now(), pollMs), poll);
  };
  const poll = (): void => {
    readAll();
    weigh();
  };
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  state = readAll();
  if (sensors.length > 0 && state.evidence.length === 0)
    throw new HalError("missing", "power", "read", "no sensor of this board answers");
  weigh();
  return { read: () => Promise.resolve(readAll()), changes, last: () => state };
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

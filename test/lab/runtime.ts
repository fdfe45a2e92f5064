// What the firmware's building blocks need when a server of the lab uses them.
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Clock } from "#hal/contract/time.ts";

/** A runtime whose log is nobody's business and in which a bug is thrown. */
export function labRuntime(clock: Clock, random: Random): Runtime {
  const ignore = (): void => undefined;
  return {
    clock,
    random,
    timers: new TimerTable(clock),
    log: () => ({ debug: ignore, info: ignore, warning: ignore, error: ignore }),
    fail(area, error) {
      throw new Error(`lab: ${area}`, { cause: error });
    },
  };
}

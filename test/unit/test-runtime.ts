// A runtime in virtual time for tests of single clients: clock, seeded chance, timers, the log as lines.
import { LogBook } from "#firmware/runtime/log.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

/** Everything a client needs, and what it left behind. */
export function createTestRuntime(options: { readonly seed?: number } = {}) {
  const clock = new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const lines: string[] = [];
  const book = new LogBook(clock, {
    write: ({ atMs, area, text }) => lines.push(`${Math.round(atMs)} ${area} ${text}`),
  });
  book.setDebug("all", true);
  const failures: unknown[] = [];
  const timers = new TimerTable(clock);
  const runtime: Runtime = {
    clock,
    random: createSeededRandom(options.seed ?? 1),
    timers,
    log: (area) => book.area(area),
    fail: (_area, error) => failures.push(error),
  };
  return { clock, runtime, timers, lines, failures };
}

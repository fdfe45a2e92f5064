// A runtime on virtual time, for tests that need a runner but no phone.
import { LogBook } from "#firmware/runtime/log.ts";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import type { Random } from "#hal/contract/random.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

export interface FakeRuntime extends Runtime {
  readonly clock: VirtualClock;
  readonly lines: string[];
  readonly failures: unknown[];
}

export function createFakeRuntime(random: Random = createSeededRandom(1)): FakeRuntime {
  const clock = new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const lines: string[] = [];
  const failures: unknown[] = [];
  const book = new LogBook(clock, { write: (line) => lines.push(`${line.atMs} ${line.area} ${line.text}`) });
  return {
    clock,
    random,
    timers: new TimerTable(clock),
    log: (area) => book.area(area),
    fail: (_area, error) => failures.push(error),
    lines,
    failures,
  };
}

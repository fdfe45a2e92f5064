// The runner: alarms follow the state, effects run once, leaving a state ends what it started.
import { expect, test } from "vitest";
import { LogBook } from "#firmware/runtime/log.ts";
import { go, ignore, type Machine, stay } from "#firmware/runtime/machine.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { TimerTable } from "#firmware/runtime/timers.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "asking"; readonly retryAt: MonoMs; readonly tries: number }
  | { readonly kind: "answered" }
  | { readonly kind: "failed"; readonly reason: "no-answer" };
type Event = { readonly kind: "start" } | { readonly kind: "answer" };
type Effect = { readonly kind: "ask"; readonly attempt: number };

const asker: Machine<State, Event, Effect> = {
  name: "asker",
  initial: { kind: "idle" },
  timers: (state) => (state.kind === "asking" ? [{ name: "retry", at: state.retryAt }] : []),
  step(state, event, { now }) {
    switch (event.kind) {
      case "start":
        return go({ kind: "asking", retryAt: later(now, 1000), tries: 1 }, "asked to", [
          { kind: "ask", attempt: 1 },
        ]);
      case "answer":
        return state.kind === "asking"
          ? go({ kind: "answered" }, "answer")
          : ignore(state, "answer to nothing");
      case "timer": {
        if (state.kind !== "asking") return ignore(state, "late timer");
        const tries = state.tries + 1;
        if (tries > 3) return go({ kind: "failed", reason: "no-answer" }, "no answer to 3 questions");
        return stay({ ...state, retryAt: later(now, 1000), tries }, [{ kind: "ask", attempt: tries }]);
      }
    }
  },
};

function rig() {
  const clock = new VirtualClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const lines: string[] = [];
  const book = new LogBook(clock, { write: (line) => lines.push(`${line.atMs} ${line.area} ${line.text}`) });
  const timers = new TimerTable(clock);
  const failures: unknown[] = [];
  const runtime: Runtime = {
    clock,
    random: createSeededRandom(1),
    timers,
    log: (area) => book.area(area),
    fail: (_area, error) => failures.push(error),
  };
  const performed: number[] = [];
  const aborted: string[] = [];
  const ended = new AbortController();
  const runner = new Runner<State, Event>({
    machine: asker,
    runtime,
    signal: ended.signal,
    perform(effect: Effect, scope) {
      performed.push(effect.attempt);
      scope.spawn(
        "work",
        (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              aborted.push(`attempt ${effect.attempt}`);
              reject(signal.reason);
            });
          }),
      );
    },
  });
  return { clock, lines, timers, runner, performed, aborted, ended, failures };
}

test("a timer of the state shows, rings, and is gone with the state", async () => {
  const { clock, timers, runner, performed } = rig();
  runner.send({ kind: "start" });
  expect(timers.list()).toEqual([{ area: "asker", name: "retry", dueInMs: 1000 }]);
  await clock.advance(1000);
  expect(performed).toEqual([1, 2]);
  runner.send({ kind: "answer" });
  expect(timers.list()).toEqual([]);
  expect(clock.alarmCount).toBe(0);
});

test("failure is a state with a reason, and each transition is one line", async () => {
  const { clock, runner, lines } = rig();
  runner.send({ kind: "start" });
  await clock.advance(5000);
  expect(runner.state).toEqual({ kind: "failed", reason: "no-answer" });
  expect(lines).toEqual([
    "0 asker idle -> asking (asked to)",
    "3000 asker asking -> failed (no answer to 3 questions)",
  ]);
});

test("an unwanted event is counted and changes nothing", () => {
  const { runner } = rig();
  runner.send({ kind: "answer" });
  expect(runner.state).toEqual({ kind: "idle" });
  expect(runner.ignoredCount).toBe(1);
});

test("leaving a state aborts the work it started, without a failure", async () => {
  const { clock, runner, aborted, failures } = rig();
  runner.send({ kind: "start" });
  runner.send({ kind: "answer" });
  await clock.advance(0);
  expect(aborted).toEqual(["attempt 1"]);
  expect(failures).toEqual([]);
});

test("a stopped runner keeps no alarm and takes no event", async () => {
  const { clock, runner, ended } = rig();
  runner.send({ kind: "start" });
  ended.abort(new Error("shutdown"));
  expect(clock.alarmCount).toBe(0);
  runner.send({ kind: "answer" });
  expect(runner.state.kind).toBe("asking");
});

// Time without a battery clock: the floor at start, and the last known time kept hourly and at shutdown (shelf `time`).

import { go, ignore, type Machine, stay } from "#firmware/runtime/machine.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { unreachable } from "#hal/contract/errors.ts";
import type { Storage } from "#hal/contract/storage.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";

/** How often the time is kept: a power cut costs at most so much. */
const keepEveryMs = 3_600_000;

const key = "wall";

/** The clock before any server told the time: the later of build time and last kept time. */
export function clockFloor(buildUnixMs: number, storage: Storage): number {
  const bytes = storage.read("time", key);
  const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
  return /^[0-9]{1,15}$/.test(text) ? Math.max(buildUnixMs, Number(text)) : buildUnixMs;
}

type State = { readonly kind: "unset" } | { readonly kind: "keeping"; readonly nextAt: MonoMs };
type Event = { readonly kind: "set" };
interface Effect {
  readonly kind: "keep";
}

const keeper: Machine<State, Event, Effect> = {
  name: "time",
  initial: { kind: "unset" },
  timers: (state) => (state.kind === "keeping" ? [{ name: "keep the time", at: state.nextAt }] : []),
  step(state, event, { now }) {
    const next: State = { kind: "keeping", nextAt: later(now, keepEveryMs) };
    switch (event.kind) {
      case "set":
        return state.kind === "unset"
          ? go(next, "the clock is set", [{ kind: "keep" }])
          : ignore(state, "kept each hour already");
      case "timer":
        return stay(next, [{ kind: "keep" }]);
      default:
        return unreachable(event);
    }
  },
};

/** The keeper at work. */
export interface TimeKeeper {
  /** The clock was set. */
  set(): void;
  /** For an orderly stop; resolves when the time is kept. */
  keepNow(): Promise<void>;
}

/** Keeps the time once the clock is set. A store that fails is reported by itself. */
export function startTimeKeeper(ports: {
  readonly runtime: Runtime;
  readonly storage: Storage;
  readonly signal: AbortSignal;
}): TimeKeeper {
  const { runtime, storage, signal } = ports;
  const log = runtime.log("time");
  const keepNow = async (): Promise<void> => {
    const wall = runtime.clock.wall();
    if (wall === undefined) return;
    const value = new TextEncoder().encode(String(Math.floor(wall)));
    try {
      await storage.write([{ shelf: "time", key, value }]);
    } catch (error) {
      log.warning(`not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const runner = new Runner<State, Event>({
    machine: keeper,
    runtime,
    signal,
    perform: (_effect: Effect, scope) => scope.spawn("keep", keepNow),
  });
  return { set: () => runner.send({ kind: "set" }), keepNow };
}

// NOTIFY check-sync: "idle: waits 20 s, then fetches …; busy: waits until it has been idle 20 s" (reference
// cisco-7960-sip SYN-002). A further one while waiting changes nothing.
import { go, ignore, type Machine, stay } from "#firmware/runtime/machine.ts";
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import { later, type MonoMs } from "#hal/contract/time.ts";

/** How long the phone must have been idle. */
const syncIdleMs = 20_000;

type State = (
  | { readonly kind: "resting" }
  /** Asked for while calls are up. */
  | { readonly kind: "busy" }
  | { readonly kind: "waiting"; readonly at: MonoMs }
  /** The files are asked for; once more if it was asked again meanwhile. */
  | { readonly kind: "checking"; readonly isAskedAgain: boolean }
) & { readonly callCount: number };

type Event =
  | { readonly kind: "asked" }
  | { readonly kind: "calls"; readonly count: number }
  | { readonly kind: "checked"; readonly verdict: "restart" | "stay" };

type Effect = { readonly kind: "check" } | { readonly kind: "restart" };

const machine: Machine<State, Event, Effect> = {
  name: "check-sync",
  initial: { kind: "resting", callCount: 0 },
  timers: (state) => (state.kind === "waiting" ? [{ name: "idle", at: state.at }] : []),
  step(state, event, { now }) {
    const { callCount } = state;
    const wait = (count: number): State =>
      count > 0
        ? { kind: "busy", callCount: count }
        : { kind: "waiting", at: later(now, syncIdleMs), callCount: count };
    switch (event.kind) {
      case "asked":
        if (state.kind === "checking") return stay({ ...state, isAskedAgain: true });
        return state.kind === "resting" ? go(wait(callCount), "asked") : ignore(state, "asked before");
      case "calls":
        if (state.kind === "resting" || state.kind === "checking")
          return stay({ ...state, callCount: event.count });
        return go(wait(event.count), event.count > 0 ? "a call" : "idle");
      case "timer":
        return state.kind === "waiting"
          ? go({ kind: "checking", isAskedAgain: false, callCount }, "idle long enough", [{ kind: "check" }])
          : ignore(state, "timer");
      case "checked": {
        if (state.kind !== "checking") return ignore(state, "verdict");
        if (event.verdict === "restart")
          return go({ kind: "resting", callCount }, "another level", [{ kind: "restart" }]);
        return go(state.isAskedAgain ? wait(callCount) : { kind: "resting", callCount }, "same level");
      }
    }
  },
};

export interface SyncWaitPorts {
  readonly runtime: Runtime;
  /** Asks for the files and tells whether they want a restart. */
  check(options: { signal: AbortSignal }): Promise<"restart" | "stay">;
  restart(): void;
  readonly signal: AbortSignal;
}

export interface SyncWait {
  /** A check-sync came. */
  asked(): void;
  /** How many calls are up now. */
  setCalls(count: number): void;
}

/** Waits for nothing until asked. */
export function startSyncWait({ runtime, check, restart, signal }: SyncWaitPorts): SyncWait {
  const runner = new Runner<State, Event>({
    machine,
    runtime,
    signal,
    perform(effect: Effect, scope) {
      if (effect.kind === "restart") {
        restart();
        return;
      }
      scope.spawn("check-sync", async (stateSignal) => {
        const verdict = await check({ signal: stateSignal });
        if (!stateSignal.aborted) runner.send({ kind: "checked", verdict });
      });
    },
  });
  return {
    asked: () => runner.send({ kind: "asked" }),
    setCalls: (count) => runner.send({ kind: "calls", count }),
  };
}

// Carries out what machines decide: keeps their alarms, writes one log line per transition, performs effects,
// and ends everything that belongs to a state when the state is left.
import { InvariantError } from "#hal/contract/errors.ts";
import type { Random } from "#hal/contract/random.ts";
import type { Alarm, Clock } from "#hal/contract/time.ts";
import type { Log } from "./log.ts";
import type { Machine, Timer, TimerEvent } from "./machine.ts";
import type { TimerTable } from "./timers.ts";

/** What every runner of one phone shares. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TimerTable;
  log(area: string): Log;
  /** An error nobody handles: our own mistake. Ends the process on a device. */
  fail(area: string, error: unknown): void;
}

/** Work a state started; `signal` aborts when the state (by kind) is left or the runner stops. */
export interface Scope {
  readonly signal: AbortSignal;
  /** Runs in the background; a failure that is not the abort goes to `Runtime.fail` under this name. */
  spawn(name: string, work: (signal: AbortSignal) => Promise<void>): void;
}

export interface RunnerOptions<State extends { readonly kind: string }, Event, Effect> {
  readonly machine: Machine<State, Event, Effect>;
  readonly runtime: Runtime;
  /** Does what the effect says; results come back through `send`. Must not throw. */
  perform(effect: Effect, scope: Scope): void;
  /** Sees every new state, after its effects were performed. */
  changed?(state: State): void;
  readonly signal: AbortSignal;
}

/** A machine at work. */
export class Runner<State extends { readonly kind: string }, Event> {
  #state: State;
  #scope: AbortController;
  #isStepping = false;
  #isStopped = false;
  #ignored = 0;
  readonly #queue: (Event | TimerEvent)[] = [];
  readonly #alarms = new Map<string, { readonly timer: Timer; readonly alarm: Alarm }>();
  readonly #step: (event: Event | TimerEvent) => void;

  constructor(options: RunnerOptions<State, Event, unknown>) {
    const { machine, runtime, signal } = options;
    const log = runtime.log(machine.name);
    this.#state = machine.initial;
    this.#scope = new AbortController();
    this.#step = (event) => {
      const before = this.#state;
      const step = machine.step(before, event, { now: runtime.clock.now(), random: runtime.random });
      this.#state = step.state;
      if (step.isIgnored === true) {
        this.#ignored++;
        log.debug(`${before.kind}: ignored: ${step.why ?? "event"}`);
        return;
      }
      if (step.state.kind !== before.kind) {
        log.info(`${before.kind} -> ${step.state.kind}${step.why === undefined ? "" : ` (${step.why})`}`);
        this.#scope.abort(new StateLeft(machine.name, before.kind));
        this.#scope = new AbortController();
      } else if (step.why !== undefined) {
        log.info(`${before.kind}: ${step.why}`);
      }
      this.#arm(machine.name, machine.timers(step.state), runtime.timers);
      const scope = this.#scopeFor(runtime, machine.name);
      for (const effect of step.effects) options.perform(effect, scope);
      options.changed?.(step.state);
    };
    this.#arm(machine.name, machine.timers(this.#state), runtime.timers);
    signal.addEventListener(
      "abort",
      () => {
        this.#isStopped = true;
        this.#queue.length = 0;
        this.#scope.abort(signal.reason);
        for (const { alarm } of this.#alarms.values()) alarm.cancel();
        this.#alarms.clear();
      },
      { once: true },
    );
  }

  get state(): State {
    return this.#state;
  }

  /** Events that came at the wrong time. */
  get ignoredCount(): number {
    return this.#ignored;
  }

  /** Steps now, or after the step that is under way; nothing happens once the runner was stopped. */
  send(event: Event): void {
    this.#deliver(event);
  }

  #deliver(event: Event | TimerEvent): void {
    if (this.#isStopped) return;
    this.#queue.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
    } finally {
      this.#isStepping = false;
    }
  }

  #arm(area: string, wanted: readonly Timer[], table: TimerTable): void {
    const names = new Set(wanted.map((timer) => timer.name));
    if (names.size !== wanted.length)
      throw new InvariantError(`${area}: timers of one state have different names`);
    for (const [name, { alarm }] of this.#alarms) {
      if (names.has(name)) continue;
      alarm.cancel();
      this.#alarms.delete(name);
    }
    for (const timer of wanted) {
      const present = this.#alarms.get(timer.name);
      if (present !== undefined && present.timer.at === timer.at) continue;
      present?.alarm.cancel();
      const alarm = table.start(area, timer.name, timer.at, () => {
        this.#alarms.delete(timer.name);
        this.#deliver({ kind: "timer", name: timer.name });
      });
      this.#alarms.set(timer.name, { timer, alarm });
    }
  }

  #scopeFor(runtime: Runtime, area: string): Scope {
    const { signal } = this.#scope;
    return {
      signal,
      spawn: (name, work) => {
        work(signal).catch((error: unknown) => {
          if (!signal.aborted) runtime.fail(`${area} ${name}`, error);
        });
      },
    };
  }
}

/** The reason work is aborted with when its state is left. */
export class StateLeft extends Error {
  constructor(area: string, state: string) {
    super(`${area} left ${state}`);
    this.name = "StateLeft";
  }
}

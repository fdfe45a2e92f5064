// Steps a machine by hand: events in, effects out with their time, timers rung in order. No runner, no promises.
import type { Machine, TimerEvent } from "#firmware/runtime/machine.ts";
import type { Random } from "#hal/contract/random.ts";
import type { MonoMs } from "#hal/contract/time.ts";

/** Chance that never deviates: the middle of every range. */
export const middling: Random = { u32: () => 0x8000_0000 };

/** Chance at the low end of every range. */
export const lowest: Random = { u32: () => 0 };

/** Numbers in a row, for transaction ids that must differ. */
export function counting(start = 1): Random {
  let next = start;
  return { u32: () => next++ };
}

export class MachineRig<State extends { readonly kind: string }, Event, Effect> {
  readonly #machine: Machine<State, Event, Effect>;
  readonly #random: Random;
  state: State;
  now = 0;
  /** Every effect since the last `take`, with the time it happened. */
  #trace: [ms: number, effect: Effect][] = [];
  ignored = 0;
  /** `before -> after` of every transition. */
  readonly transitions: string[] = [];

  constructor(machine: Machine<State, Event, Effect>, options: { random?: Random; state?: State } = {}) {
    this.#machine = machine;
    this.#random = options.random ?? middling;
    this.state = options.state ?? machine.initial;
  }

  /** Sends an event now; gives its effects. */
  send(event: Event | TimerEvent): readonly Effect[] {
    const before = this.state;
    const moment = { now: this.now as MonoMs, random: this.#random }; // the rig's own clock
    const step = this.#machine.step(before, event, moment);
    this.state = step.state;
    if (step.isIgnored === true) this.ignored++;
    if (before.kind !== step.state.kind) this.transitions.push(`${before.kind} -> ${step.state.kind}`);
    for (const effect of step.effects) this.#trace.push([this.now, effect]);
    return step.effects;
  }

  /** Moves on to `ms`, ringing what is due on the way. */
  runTo(ms: number): void {
    for (;;) {
      const next = [...this.#machine.timers(this.state)].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > ms) break;
      this.now = Math.max(this.now, next.at);
      this.send({ kind: "timer", name: next.name });
    }
    this.now = ms;
  }

  run(spanMs: number): void {
    this.runTo(this.now + spanMs);
  }

  /** What happened since the last call. */
  take(): readonly (readonly [ms: number, effect: Effect])[] {
    const taken = this.#trace;
    this.#trace = [];
    return taken;
  }

  /** Names of the timers that run. */
  timers(): readonly string[] {
    return this.#machine.timers(this.state).map(({ name }) => name);
  }
}

// A machine is a pure step: state and event in, state and effects out. Timers are part of the state.
import type { Random } from "#hal/contract/random.ts";
import type { MonoMs } from "#hal/contract/time.ts";

/** When and with what luck a step happens. The clock was read once, by the runner. */
export interface Moment {
  readonly now: MonoMs;
  readonly random: Random;
}

/** A wait that can change what the phone does: it shows in `show timers` and in the log. */
export interface Timer {
  readonly name: string;
  readonly at: MonoMs;
}

/** Delivered when a timer of the present state is due. */
export interface TimerEvent {
  readonly kind: "timer";
  readonly name: string;
}

/** What a step decided. `why` goes into the log line of a transition. */
export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
  readonly why?: string;
  /** An event from outside that is not wanted now: counted, nothing else. */
  readonly isIgnored?: boolean;
}

/** One protocol's decisions. `State` and `Event` are unions told apart by `kind`. */
export interface Machine<State extends { readonly kind: string }, Event, Effect> {
  /** Area name in the log and in `show timers`. */
  readonly name: string;
  readonly initial: State;
  /** No I/O, no clock, no chance but `moment`'s. Throws InvariantError for what cannot happen. */
  step(state: State, event: Event | TimerEvent, moment: Moment): Step<State, Effect>;
  /** What this state waits for; the runner keeps exactly these alarms. */
  timers(state: State): readonly Timer[];
}

/** Goes to `state` because of `why`. */
export function go<State, Effect>(
  state: State,
  why: string,
  effects: readonly Effect[] = [],
): Step<State, Effect> {
  return { state, effects, why };
}

/** Stays in the same kind of state, perhaps with other fields. */
export function stay<State, Effect>(state: State, effects: readonly Effect[] = []): Step<State, Effect> {
  return { state, effects };
}

/** Not wanted now; the runner counts it. */
export function ignore<State, Effect>(state: State, why: string): Step<State, Effect> {
  return { state, effects: [], why, isIgnored: true };
}

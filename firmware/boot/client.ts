// Binds the boot machine to whoever performs its effects: the composition root.
import { Runner, type Runtime } from "#firmware/runtime/runner.ts";
import type { BootEffect, BootEvent } from "./events.ts";
import { bootMachine } from "./machine.ts";
import type { BootView, PhaseRecord } from "./notices.ts";
import { type AnyBootState, bootView } from "./state.ts";

export interface BootOptions {
  readonly runtime: Runtime;
  /**
   * Does what the effect says, in the order given. Effects that change the interface (`set-vlan`, `use-address`,
   * `remove-address`) must not overtake each other; `set-vlan`, `use-address` and `fetch-load` are answered by events.
   */
  readonly perform: (effect: BootEffect) => void;
  /** After every step: what a screen shows. Equal views may come more than once. */
  readonly changed?: (view: BootView) => void;
  readonly signal: AbortSignal;
}

export interface Boot {
  /** Everything that happens; the first event is `begin`. */
  send(event: BootEvent): void;
  view(): BootView;
  /** One record per phase that began, in the order of phases, `time` last. */
  timeline(): readonly PhaseRecord[];
  state(): AnyBootState;
}

/** The boot machine at work; nothing happens before `begin`. */
export function createBoot({ runtime, perform, changed, signal }: BootOptions): Boot {
  const runner = new Runner<AnyBootState, BootEvent>({
    machine: bootMachine,
    runtime,
    signal,
    perform: (effect: BootEffect) => perform(effect),
    changed: (state) => changed?.(bootView(state)),
  });
  return {
    send: (event) => runner.send(event),
    view: () => bootView(runner.state),
    timeline: () => (runner.state.kind === "off" ? [] : runner.state.records),
    state: () => runner.state,
  };
}

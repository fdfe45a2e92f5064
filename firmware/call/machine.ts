// The machine of the calls: a step takes an event to whoever controls the calls, then derives lamps, sound, streams
// and ports from what came out and orders the difference.
import { ignore, type Machine, type Moment, type Step, type TimerEvent } from "#firmware/runtime/machine.ts";
import { idleAudio, type Volumes } from "./audio.ts";
import {
  type Control,
  configure,
  controlOutputs,
  controlTimers,
  controlView,
  hearControl,
  stopControl,
} from "./control.ts";
import { type CallEffect, type CallEvent, type Desk, idleDesk, type Turn } from "./desk.ts";
import { commit, deskTimer, deskTimers, hearDesk } from "./desk-events.ts";
import { changes, type Outputs, silentOutputs } from "./outputs.ts";
import { phoneView } from "./phone-view.ts";
import type { CallLog, CallView, PhoneView } from "./view.ts";

export interface PhoneState {
  readonly kind: Control["kind"];
  readonly desk: Desk;
  readonly control: Control;
  /** What lamps, sound, streams and ports were last told. */
  readonly shown: Outputs;
}

export type CallMachine = Machine<PhoneState, CallEvent, CallEffect>;

/** What was kept from before, and what the hardware says at the start. */
export interface Kept {
  readonly log?: CallLog;
  readonly volumes?: Volumes;
  readonly isHandsetUp?: boolean;
}

/** The machine, beginning with what was kept. */
export function createCallMachine(kept: Kept = {}): CallMachine {
  const { log = idleDesk.log, volumes = idleAudio.volumes, isHandsetUp = false } = kept;
  const desk: Desk = { ...idleDesk, log, audio: { ...idleAudio, volumes, isHandsetUp } };
  return {
    name: "call",
    initial: { kind: "starting", desk, control: { kind: "starting" }, shown: { ...silentOutputs, volumes } },
    step,
    timers: ({ desk: now, control }) => [...deskTimers(now), ...controlTimers(control)],
  };
}

function step(
  state: PhoneState,
  event: CallEvent | TimerEvent,
  { now }: Moment,
): Step<PhoneState, CallEffect> {
  const turn: Turn = { now, effects: [], desk: state.desk };
  const control = hear(turn, state.control, event);
  if (control === state.control && turn.desk === state.desk && turn.effects.length === 0)
    return ignore(state, event.kind === "timer" ? event.name : event.kind);
  const shown = controlOutputs(turn.desk, control);
  const next: PhoneState = { kind: control.kind, desk: turn.desk, control, shown };
  const effects = [...turn.effects, ...changes(state.shown, shown)];
  const why = whatChanged(state, next);
  return why === undefined ? { state: next, effects } : { state: next, effects, why };
}

function hear(turn: Turn, control: Control, event: CallEvent | TimerEvent): Control {
  switch (event.kind) {
    case "boot":
    case "time":
      hearDesk(turn, event);
      return control;
    case "settings":
      return configure(turn, control, event.settings);
    case "stop": {
      const stopped = stopControl(turn, control);
      commit(turn);
      return stopped;
    }
    case "timer":
      return deskTimer(turn, event.name) ? control : hearControl(turn, control, event);
    default:
      return hearControl(turn, control, event);
  }
}

/** What the screens show of a state. */
export function viewOf({ desk, control }: PhoneState): PhoneView {
  return phoneView(desk, controlView(desk, control));
}

/** Each call that came, went or changed, for the log. */
function whatChanged(before: PhoneState, after: PhoneState): string | undefined {
  if (before.control === after.control) return undefined;
  const old = controlView(before.desk, before.control).calls;
  const now = controlView(after.desk, after.control).calls;
  const lines = now.flatMap((call) => {
    const was = old.find(({ id }) => id === call.id);
    return was?.state === call.state
      ? []
      : [`${call.id} ${was?.state ?? "none"} -> ${call.state} (${about(call)})`];
  });
  const gone = old.filter(({ id }) => !now.some((call) => call.id === id));
  lines.push(...gone.map((call) => `${call.id} ${call.state} -> none`));
  return lines.length === 0 ? undefined : lines.join(", ");
}

const about = ({ direction, line, peer, digits }: CallView): string =>
  `${direction} line ${line} ${digits || peer?.number || ""}`.trimEnd();

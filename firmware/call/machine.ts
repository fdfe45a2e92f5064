// The machine of the calls: a step takes an event to whoever controls the calls, then derives lamps, sound, streams
// and ports from what came out and orders the difference.

import { advance } from "#firmware/call/local/advance.ts";
import type { LocalState } from "#firmware/call/local/calls.ts";
import { hearLocal, startLocal, stopLocal } from "#firmware/call/local/control.ts";
import { localOutputs } from "#firmware/call/local/outputs.ts";
import { localTimer, localTimers } from "#firmware/call/local/timers.ts";
import type { LocalTurn } from "#firmware/call/local/turn.ts";
import { localView } from "#firmware/call/local/view.ts";
import {
  ignore,
  type Machine,
  type Moment,
  type Step,
  type Timer,
  type TimerEvent,
} from "#firmware/runtime/machine.ts";
import { changeVolume, idleAudio, restHandset, type Volumes } from "./audio.ts";
import {
  type CallEffect,
  type CallEvent,
  type Desk,
  emit,
  idleDesk,
  say,
  setAudio,
  type Turn,
} from "./desk.ts";
import { commit, deskTimer, deskTimers, hearDesk } from "./desk-events.ts";
import { changes, type Outputs, silentOutputs } from "./outputs.ts";
import { type ControlView, lampsFor, phoneView } from "./phone-view.ts";
import type { CallSettings } from "./settings.ts";
import type { CallLog, CallView, PhoneView } from "./view.ts";

/** `starting`: no configuration yet; `local`: the phone controls the calls (SIP). */
export type Control = { readonly kind: "starting" } | { readonly kind: "local"; readonly local: LocalState };

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

function controlTimers(control: Control): readonly Timer[] {
  return control.kind === "local" ? localTimers(control.local) : [];
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
  const shown = outputs(turn.desk, control);
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
    case "stop":
      return stop(turn, control);
    case "timer":
      if (deskTimer(turn, event.name)) return control;
      break;
    default:
      break;
  }
  if (control.kind === "starting") {
    if (event.kind !== "timer") hearStarting(turn, event);
    return control;
  }
  return withLocal(turn, control.local, (local) => {
    if (event.kind === "timer") {
      localTimer(local, event.name);
      advance(local);
    } else hearLocal(local, event);
  });
}

/** Lets local control work on the draft. */
function withLocal(turn: Turn, before: LocalState, work: (turn: LocalTurn) => void): Control {
  const draft: LocalTurn = { now: turn.now, effects: turn.effects, desk: turn.desk, local: before };
  work(draft);
  turn.desk = draft.desk;
  return { kind: "local", local: draft.local };
}

/** A configuration came: control begins, or goes on under its calls. */
function configure(turn: Turn, control: Control, settings: CallSettings): Control {
  turn.desk = { ...turn.desk, settings };
  if (control.kind === "local")
    return withLocal(turn, control.local, (local) => hearLocal(local, { kind: "settings", settings }));
  return { kind: "local", local: startLocal(settings) };
}

/** Every call ends; what was to be written is written now. */
function stop(turn: Turn, control: Control): Control {
  if (control.kind === "local") withLocal(turn, control.local, stopLocal);
  commit(turn);
  return control.kind === "starting" ? control : { kind: "starting" };
}

/** Before there is anybody to control calls, hook and keys only follow the hand. */
function hearStarting(turn: Turn, event: CallEvent): void {
  if (event.kind === "ports" && event.local !== undefined)
    emit(turn, { kind: "release", portsId: event.local.portsId });
  if (event.kind !== "intent") return;
  const { audio } = turn.desk;
  const { intent } = event;
  switch (intent.kind) {
    case "off-hook":
      setAudio(turn, { ...audio, isHandsetUp: true });
      break;
    case "on-hook":
      setAudio(turn, restHandset(audio).audio);
      return;
    case "volume":
      setAudio(turn, changeVolume(audio, intent.steps));
      return;
    case "digit-up":
    case "mute":
    case "scroll":
      return;
    default:
      break;
  }
  say(turn, "not-ready");
}

const startingView: ControlView = {
  lineKeys: [],
  selectedLine: 1,
  calls: [],
  softkeys: [],
  prompt: undefined,
  hasMessages: false,
  isDoNotDisturb: false,
  forwardedTo: undefined,
  idleText: undefined,
};

function controlView(desk: Desk, control: Control): ControlView {
  return control.kind === "local" ? { ...localView(desk, control.local), idleText: undefined } : startingView;
}

/** What the screens show of a state. */
export function viewOf({ desk, control }: PhoneState): PhoneView {
  return phoneView(desk, controlView(desk, control));
}

function outputs(desk: Desk, control: Control): Outputs {
  const lamps = lampsFor(desk, controlView(desk, control));
  if (control.kind === "local") return { ...localOutputs(desk, control.local), lamps };
  return { ...silentOutputs, volumes: desk.audio.volumes, lamps };
}

/** Each call that came, went or changed, for the log. */
function whatChanged(before: PhoneState, after: PhoneState): string | undefined {
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

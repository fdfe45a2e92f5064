// Who controls the calls: nobody yet, the phone itself, or a call manager. Chooses by what was provisioned and takes
// events, views and outputs from the one in charge.
import { advance } from "#firmware/call/local/advance.ts";
import type { LocalState } from "#firmware/call/local/calls.ts";
import { hearLocal, startLocal, stopLocal } from "#firmware/call/local/control.ts";
import { localOutputs } from "#firmware/call/local/outputs.ts";
import { localTimer, localTimers } from "#firmware/call/local/timers.ts";
import type { LocalTurn } from "#firmware/call/local/turn.ts";
import { localView } from "#firmware/call/local/view.ts";
import { hearServer, serverTimer, serverTimers } from "#firmware/call/server/control.ts";
import { blankTerminal, type ServerTurn, type Terminal } from "#firmware/call/server/terminal.ts";
import { serverOutputs, serverView } from "#firmware/call/server/view.ts";
import type { Timer, TimerEvent } from "#firmware/runtime/machine.ts";
import { changeVolume, closePath, restHandset } from "./audio.ts";
import { type CallEvent, type Desk, emit, say, setAudio, type Turn } from "./desk.ts";
import { type Outputs, silentOutputs } from "./outputs.ts";
import { type ControlView, lampsFor } from "./phone-view.ts";
import type { CallSettings } from "./settings.ts";

/** `starting`: no configuration yet; `local`: the phone controls the calls (SIP); `server`: a call manager (SCCP). */
export type Control =
  | { readonly kind: "starting" }
  | { readonly kind: "local"; readonly local: LocalState }
  | { readonly kind: "server"; readonly server: Terminal };

export function controlTimers(control: Control): readonly Timer[] {
  switch (control.kind) {
    case "starting":
      return [];
    case "local":
      return localTimers(control.local);
    case "server":
      return serverTimers(control.server);
  }
}

/** One event for whoever is in charge. */
export function hearControl(turn: Turn, control: Control, event: CallEvent | TimerEvent): Control {
  switch (control.kind) {
    case "starting":
      if (event.kind !== "timer") hearStarting(turn, event);
      return control;
    case "local":
      return withLocal(turn, control, (local) => {
        if (event.kind === "timer") {
          localTimer(local, event.name);
          advance(local);
        } else hearLocal(local, event);
      });
    case "server":
      return withServer(turn, control, (server) => {
        if (event.kind === "timer") serverTimer(server, event.name);
        else hearServer(server, event);
      });
  }
}

/** Lets local control work on the draft. */
function withLocal(
  turn: Turn,
  control: Control & { kind: "local" },
  work: (turn: LocalTurn) => void,
): Control {
  const draft: LocalTurn = { now: turn.now, effects: turn.effects, desk: turn.desk, local: control.local };
  work(draft);
  turn.desk = draft.desk;
  return draft.local === control.local ? control : { kind: "local", local: draft.local };
}

/** Lets the terminal work on the draft. */
function withServer(
  turn: Turn,
  control: Control & { kind: "server" },
  work: (turn: ServerTurn) => void,
): Control {
  const draft: ServerTurn = { now: turn.now, effects: turn.effects, desk: turn.desk, server: control.server };
  work(draft);
  turn.desk = draft.desk;
  return draft.server === control.server ? control : { kind: "server", server: draft.server };
}

/** A configuration came: the right control begins, or goes on under its calls. */
export function configure(turn: Turn, control: Control, settings: CallSettings): Control {
  turn.desk = { ...turn.desk, settings };
  const isLocal = settings.protocol === "sip";
  if (control.kind === (isLocal ? "local" : "server"))
    return hearControl(turn, control, { kind: "settings", settings });
  stopControl(turn, control);
  return isLocal ? { kind: "local", local: startLocal(settings) } : { kind: "server", server: blankTerminal };
}

/** Every call ends and the path closes. A call manager sees the closed connection; SIP is told call by call. */
export function stopControl(turn: Turn, control: Control): Control {
  if (control.kind === "local") withLocal(turn, control, stopLocal);
  setAudio(turn, closePath(turn.desk.audio).audio);
  turn.desk = { ...turn.desk, preDial: undefined, passingTone: undefined, pressedDigit: undefined };
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

/** What the one in charge shows. */
export function controlView(desk: Desk, control: Control): ControlView {
  switch (control.kind) {
    case "starting":
      return startingView;
    case "local":
      return { ...localView(desk, control.local), idleText: undefined };
    case "server":
      return serverView(desk, control.server);
  }
}

/** What lamps, sound, streams and ports should be. */
export function controlOutputs(desk: Desk, control: Control): Outputs {
  const lamps = lampsFor(desk, controlView(desk, control));
  switch (control.kind) {
    case "starting":
      return { ...silentOutputs, volumes: desk.audio.volumes, lamps };
    case "local":
      return { ...localOutputs(desk, control.local), lamps };
    case "server":
      return { ...serverOutputs(desk, control.server), lamps };
  }
}

// A person's presses at a terminal: hook and keys go up as they are; path, mute and volume are the phone's own.
import { closePath, openPath, pressHandsfree } from "#firmware/call/audio.ts";
import { beep, emit, holdDigit, say, setAudio, setPreDial } from "#firmware/call/desk.ts";
import type { CallRef, Intent, SoftkeyId, StationIntent, ToneName } from "#firmware/call/intents.ts";
import {
  applyPath,
  isHandsetPress,
  type OtherPress,
  type PathEnds,
  pressHandset,
  stepsFrom,
} from "#firmware/call/presses.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import { later } from "#hal/contract/time.ts";
import { echoDigit, endCall, viewStates } from "./calls.ts";
import { keysShown } from "./softkeys.ts";
import { focusedCall, type ServerCall, type ServerTurn } from "./terminal.ts";

/** No call in particular. */
const nowhere: CallRef = { line: 0, ref: 0 };

/** How long a number waits for the server to open a call for it. */
const pendingMs = 5_000;

/** Stimulus of the messages key (voicemail). */
const messagesStimulus = 0x0f;

/** Longest number that can be typed on hook. */
const mostDigits = 64;

function up(turn: ServerTurn, intent: StationIntent): void {
  emit(turn, { kind: "station", intent });
}

/** Whether there is a server that listens; without one keys say so. */
function isListening(turn: ServerTurn): boolean {
  if (turn.server.link.kind === "registered") return true;
  say(turn, "not-ready");
  return false;
}

export function press(turn: ServerTurn, intent: Intent): void {
  if (isHandsetPress(intent)) pressHandset(turn, intent, pathEnds);
  else pressOther(turn, intent);
}

function pressOther(turn: ServerTurn, intent: OtherPress): void {
  switch (intent.kind) {
    case "speaker":
    case "headset":
      pressPath(turn, intent.kind);
      break;
    case "digit":
      pressDigit(turn, intent.digit);
      break;
    case "softkey":
      pressSoftkey(turn, intent.id, intent.place);
      break;
    case "line-key":
      pressButton(turn, intent.key);
      break;
    case "messages":
      if (isListening(turn))
        up(turn, { kind: "stimulus", stimulus: messagesStimulus, instance: 1, at: nowhere });
      break;
    case "flash":
      if (isListening(turn)) up(turn, { kind: "flash", at: focusedCall(turn)?.at ?? nowhere });
      break;
    case "dial":
      dialNumber(turn, intent.target);
      break;
    case "scroll":
      scroll(turn, intent.steps);
      break;
  }
}

/** The speaker or headset key; a headset that comes or goes is told. */
function pressPath(turn: ServerTurn, key: "speaker" | "headset"): void {
  const wasHeadset = turn.desk.audio.path === "headset";
  applyPath(turn, pressHandsfree(turn.desk.audio, key), pathEnds);
  const isHeadset = turn.desk.audio.path === "headset";
  if (wasHeadset !== isHeadset) up(turn, { kind: "headset", isOn: isHeadset });
}

/** Hook changes go up with line 0 and reference 0 (SCCP-041). Without a server a lifted handset says why it is silent. */
function opened(turn: ServerTurn): void {
  const digits = turn.desk.preDial?.digits;
  setPreDial(turn, "", undefined);
  if (!isListening(turn)) return;
  if (digits !== undefined) awaitCall(turn, digits);
  up(turn, { kind: "off-hook", at: nowhere });
}

function closed(turn: ServerTurn): void {
  turn.server = { ...turn.server, tone: undefined, pending: undefined };
  for (const call of turn.server.calls) if (call.isKept) endKept(turn, call);
  if (turn.server.link.kind === "registered") up(turn, { kind: "on-hook", at: nowhere });
}

const pathEnds: PathEnds<ServerTurn> = { opened, closed };

/** A call whose server is gone ends here, with its sound. */
export function endKept(turn: ServerTurn, call: ServerCall): void {
  endCall(turn, call);
  const channels = turn.server.channels.filter(
    ({ at }) => at.line !== call.at.line || at.ref !== call.at.ref,
  );
  turn.server = { ...turn.server, channels: turn.server.calls.length === 0 ? [] : channels };
}

function awaitCall(turn: ServerTurn, number: string): void {
  turn.server = { ...turn.server, pending: { number, until: later(turn.now, pendingMs) } };
}

/** Digits go up one by one; before anything is lifted they are collected. */
function pressDigit(turn: ServerTurn, digit: DigitKey): void {
  const call = focusedCall(turn);
  const shown = call === undefined ? undefined : viewStates[call.state];
  if (turn.desk.audio.path === undefined) {
    if (shown !== undefined && shown !== "hold") return;
    const digits = ((turn.desk.preDial?.digits ?? "") + digit).slice(0, mostDigits);
    setPreDial(turn, digits, undefined);
    return;
  }
  beep(turn, `dtmf-${digit}` satisfies ToneName);
  if (!isListening(turn)) return;
  up(turn, { kind: "digit", digit, at: call?.at ?? nowhere });
  if (call === undefined) return;
  echoDigit(turn, call, digit);
  if (call.state === "connected") holdDigit(turn, digit);
}

/** A key of the set shown goes up with its event; those of typed digits and of a kept call are the phone's own. */
function pressSoftkey(turn: ServerTurn, id: SoftkeyId, place: number): void {
  const { preDial } = turn.desk;
  if (preDial !== undefined) {
    if (id === "dial") dialNumber(turn, preDial.digits);
    else setPreDial(turn, id === "backspace" ? preDial.digits.slice(0, -1) : "", undefined);
    return;
  }
  const call = focusedCall(turn);
  if (call?.isKept === true) {
    if (id === "endCall") {
      endKept(turn, call);
      setAudio(turn, closePath(turn.desk.audio).audio);
    }
    return;
  }
  const key = keysShown(turn.server).find((slot) => slot.place === place)?.key;
  if (key === undefined || !isListening(turn)) return;
  up(turn, { kind: "softkey", event: key.event, at: call?.at ?? nowhere });
}

/** A button of the template: lines, speed dials and features go up as stimulus, a service opens its page. */
function pressButton(turn: ServerTurn, place: number): void {
  const button = turn.server.buttons[place - 1];
  if (button === undefined || button.kind === "none") return;
  const { stimulus, instance } = button;
  if (button.kind === "service") {
    const url = turn.server.services.get(instance)?.url;
    if (url !== undefined && url !== "") emit(turn, { kind: "open-service", url });
    return;
  }
  if (!isListening(turn)) return;
  const digits = turn.desk.preDial?.digits;
  if (button.kind === "line" && digits !== undefined) {
    setPreDial(turn, "", undefined);
    awaitCall(turn, digits);
  }
  up(turn, { kind: "stimulus", stimulus, instance, at: focusedCall(turn)?.at ?? nowhere });
}

/** A number known as a whole: for the call that collects digits, else for one the server is asked to open. */
function dialNumber(turn: ServerTurn, target: string): void {
  setPreDial(turn, "", undefined);
  const number = target.replace(/[\s().\-/]/g, "");
  if (number === "" || !isListening(turn)) return;
  const call = focusedCall(turn);
  if (call?.state === "off-hook" && call.digits === "") {
    up(turn, { kind: "dial", number, at: call.at });
    for (const digit of number) echoDigit(turn, focusedCall(turn) ?? call, digit);
    return;
  }
  awaitCall(turn, number);
  const step = openPath(turn.desk.audio);
  setAudio(turn, step.audio);
  up(turn, { kind: "off-hook", at: nowhere });
}

/** Shows another call of the phone. */
function scroll(turn: ServerTurn, steps: number): void {
  const shown = turn.server.calls.filter(({ state }) => viewStates[state] !== undefined);
  const at = shown.findIndex(({ id }) => id === turn.server.focus);
  const next = stepsFrom(shown, at, steps);
  if (next !== undefined) turn.server = { ...turn.server, focus: next.id, selectedLine: next.at.line };
}

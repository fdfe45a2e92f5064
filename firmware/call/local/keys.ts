// What a person's presses mean while the phone itself controls the calls (reference 6.1).
import { pressHandsfree } from "#firmware/call/audio.ts";
import { beep, holdDigit, say, setPreDial } from "#firmware/call/desk.ts";
import type { Intent, ToneName } from "#firmware/call/intents.ts";
import {
  applyPath,
  isHandsetPress,
  type OtherPress,
  type PathEnds,
  pressHandset,
  stepsFrom,
} from "#firmware/call/presses.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import { addDigit, addPreDial, dialPreDialled, dialTarget, lineToUse, openLine } from "./dialling.ts";
import { heldCall, hold, take } from "./holding.ts";
import { answerCall, ringingCall } from "./incoming.ts";
import { completeTransfer, endConversation, pressTransfer } from "./joining.ts";
import { endByKey, pressSoftkey } from "./softkey-press.ts";
import { activeCall, change, emergencyCall, focusOn, type LocalTurn } from "./turn.ts";

/** Intents that an emergency call does not shut out. */
const allowedInEmergency: readonly Intent["kind"][] = [
  "off-hook",
  "on-hook",
  "speaker",
  "headset",
  "mute",
  "volume",
  "digit",
  "digit-up",
];

export function press(turn: LocalTurn, intent: Intent): void {
  const emergency = emergencyCall(turn);
  if (emergency !== undefined && !allowedInEmergency.includes(intent.kind)) {
    if (intent.kind === "softkey" && intent.id === "endCall") endByKey(turn, emergency);
    else say(turn, "emergency-call");
    return;
  }
  if (isHandsetPress(intent)) pressHandset(turn, intent, pathEnds);
  else pressOther(turn, intent);
}

function pressOther(turn: LocalTurn, intent: OtherPress): void {
  switch (intent.kind) {
    case "speaker":
    case "headset":
      applyPath(turn, pressHandsfree(turn.desk.audio, intent.kind), pathEnds);
      break;
    case "digit":
      pressDigit(turn, intent.digit);
      break;
    case "softkey":
      pressSoftkey(turn, intent.id);
      break;
    case "line-key":
      pressLineKey(turn, intent.key);
      break;
    case "flash":
      flash(turn);
      break;
    case "messages":
      dialMessages(turn);
      break;
    case "dial":
      dialTarget(turn, intent.target, intent.line);
      break;
    case "scroll":
      scroll(turn, intent.steps);
      break;
  }
}

/** Lifting answers, dials what was typed, or opens a line. */
function pathOpened(turn: LocalTurn): void {
  const ringing = ringingCall(turn);
  if (ringing !== undefined) answerCall(turn, ringing);
  else if (turn.desk.preDial !== undefined) dialPreDialled(turn, lineToUse(turn));
  else openLine(turn, lineToUse(turn));
}

/** Hanging up ends what has the ear, or completes a transfer where that is configured. Held calls stay. */
function pathClosed(turn: LocalTurn): void {
  const call = activeCall(turn);
  if (call === undefined) return;
  if (turn.desk.settings.isTransferOnHook && completeTransfer(turn, call)) return;
  endConversation(turn, call);
}

const pathEnds: PathEnds<LocalTurn> = { opened: pathOpened, closed: pathClosed };

function pressDigit(turn: LocalTurn, digit: DigitKey): void {
  const call = activeCall(turn);
  if (turn.desk.audio.path !== undefined) beep(turn, `dtmf-${digit}` satisfies ToneName);
  if (call === undefined && turn.desk.audio.path === undefined) {
    if (ringingCall(turn) === undefined) addPreDial(turn, digit);
  } else if (call === undefined) startWith(turn, digit);
  else if (call.stage.kind === "dialling") addDigit(turn, call, digit);
  else holdDigit(turn, digit);
}

/** A digit with the path open but nothing on it, as after Hold: a new call. */
function startWith(turn: LocalTurn, digit: DigitKey): void {
  const call = openLine(turn, lineToUse(turn));
  if (call !== undefined) addDigit(turn, call, digit);
}

/** Idle: dial tone; ringing: answers; talking: hold; on hold: resumes; speed dial: dials (KEY-001). */
function pressLineKey(turn: LocalTurn, key: number): void {
  const meaning = turn.desk.settings.keys[key - 1];
  if (meaning === undefined || meaning.kind === "none") return;
  if (meaning.kind === "speed-dial") {
    dialTarget(turn, meaning.target, undefined);
    return;
  }
  const { line } = meaning;
  const ringing = ringingCall(turn, line);
  const active = activeCall(turn);
  const held = heldCall(turn, line);
  if (ringing !== undefined) answerCall(turn, ringing);
  else if (active?.line === line) {
    if (active.stage.kind === "talking") hold(turn, active);
  } else if (held !== undefined) take(turn, held);
  else if (turn.desk.preDial !== undefined) dialPreDialled(turn, line);
  else openLine(turn, line);
}

/** A short press on the hook: takes a waiting call, swaps two, or begins a transfer. */
function flash(turn: LocalTurn): void {
  const ringing = ringingCall(turn);
  const held = heldCall(turn);
  const active = activeCall(turn);
  if (ringing !== undefined) answerCall(turn, ringing);
  else if (held !== undefined) take(turn, held);
  else if (active?.stage.kind === "talking") pressTransfer(turn, active);
}

function dialMessages(turn: LocalTurn): void {
  const { messagesTarget } = turn.desk.settings;
  if (messagesTarget === "") say(turn, "no-messages-number");
  else dialTarget(turn, messagesTarget, undefined);
}

/** Takes the number offered while dialling, else goes through the calls of the selected line. */
function scroll(turn: LocalTurn, steps: number): void {
  const call = activeCall(turn);
  if (call?.stage.kind === "dialling" && call.suggestion !== undefined) {
    change(turn, call.id, { digits: call.suggestion, suggestion: undefined });
    return;
  }
  const { preDial } = turn.desk;
  if (preDial?.suggestion !== undefined) {
    setPreDial(turn, preDial.suggestion, undefined);
    return;
  }
  const calls = turn.local.calls.filter(({ line }) => line === turn.local.selectedLine);
  const at = calls.findIndex(({ id }) => id === turn.local.focus);
  const next = stepsFrom(calls, at, steps);
  if (next !== undefined) focusOn(turn, next);
}

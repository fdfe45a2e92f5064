// What a person's presses mean while the phone itself controls the calls (reference 4.11, 6.1, 6.3).
import {
  type AudioStep,
  changeVolume,
  liftHandset,
  pressHandsfree,
  pressMute,
  restHandset,
} from "#firmware/call/audio.ts";
import { beep, emit, holdDigit, releaseDigit, say, setAudio, setPreDial } from "#firmware/call/desk.ts";
import type { Intent, SoftkeyId, ToneName } from "#firmware/call/intents.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import { resume } from "./advance.ts";
import type { LocalCall } from "./calls.ts";
import {
  addDigit,
  addPreDial,
  dialPreDialled,
  dialTarget,
  finishDialling,
  lineToUse,
  openLine,
  redial,
  removeDigit,
  setForward,
  suggestionFor,
} from "./dialling.ts";
import { closeEar, hangUp, park, wantHold } from "./ear.ts";
import { answerCall, ringingCall } from "./incoming.ts";
import { completeTransfer, endConversation, pressConference, pressTransfer } from "./joining.ts";
import { activeCall, change, emergencyCall, findCall, focusedCall, focusOn, type LocalTurn } from "./turn.ts";

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
  switch (intent.kind) {
    case "off-hook":
      applyPath(turn, liftHandset(turn.desk.audio));
      break;
    case "on-hook":
      applyPath(turn, restHandset(turn.desk.audio));
      break;
    case "speaker":
    case "headset":
      applyPath(turn, pressHandsfree(turn.desk.audio, intent.kind));
      break;
    case "mute":
      setAudio(turn, pressMute(turn.desk.audio));
      break;
    case "volume":
      setAudio(turn, changeVolume(turn.desk.audio, intent.steps));
      break;
    case "digit":
      pressDigit(turn, intent.digit);
      break;
    case "digit-up":
      releaseDigit(turn, intent.digit);
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

/** Hook, speaker and headset: what opening or closing the path means. */
function applyPath(turn: LocalTurn, { audio, change: what }: AudioStep): void {
  setAudio(turn, audio);
  if (what === "opened") pathOpened(turn);
  else if (what === "closed") pathClosed(turn);
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

function pressDigit(turn: LocalTurn, digit: DigitKey): void {
  const call = activeCall(turn);
  if (turn.desk.audio.path !== undefined) beep(turn, `dtmf-${digit}` satisfies ToneName);
  if (call === undefined && turn.desk.audio.path === undefined) addPreDial(turn, digit);
  else if (call === undefined) startWith(turn, digit);
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

/** A call on hold: the one shown, else the newest. */
function heldCall(turn: LocalTurn, line?: number): LocalCall | undefined {
  const held = turn.local.calls.filter(
    ({ stage, line: on }) =>
      stage.kind === "talking" && stage.hold.isWanted && (line === undefined || on === line),
  );
  return held.find(({ id }) => id === turn.local.focus) ?? held.at(-1);
}

/** Puts a conversation on hold, a conference as a whole. The hands-free path closes, a handset stays silent. */
function hold(turn: LocalTurn, call: LocalCall): void {
  for (const id of turn.local.conference?.includes(call.id) === true ? turn.local.conference : [call.id]) {
    const member = findCall(turn, id);
    if (member !== undefined) wantHold(turn, member, true);
  }
  if (turn.desk.audio.path !== "handset") closeEar(turn);
}

/** Brings a held call back; whatever has the ear goes on hold. */
function take(turn: LocalTurn, call: LocalCall): void {
  park(turn);
  if (findCall(turn, call.id) !== undefined) resume(turn, call);
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
  const next = calls[(((at + steps) % calls.length) + calls.length) % calls.length];
  if (next !== undefined) focusOn(turn, next);
}

/** One soft key, for the call shown. A key that does not fit the moment is said to be inactive. */
function pressSoftkey(turn: LocalTurn, id: SoftkeyId): void {
  if (!softkeyWorked(turn, id, focusedCall(turn))) say(turn, "key-not-active");
}

function softkeyWorked(turn: LocalTurn, id: SoftkeyId, call: LocalCall | undefined): boolean {
  const stage = call?.stage;
  switch (id) {
    case "redial":
      redial(turn);
      return true;
    case "newCall":
      if (turn.desk.preDial !== undefined) dialPreDialled(turn, lineToUse(turn));
      else openLine(turn, lineToUse(turn));
      return true;
    case "dial":
      return pressDial(turn);
    case "backspace":
      return pressBackspace(turn);
    case "cancel":
      setPreDial(turn, "", undefined);
      return true;
    case "endCall":
      return pressEndCall(turn, call);
    case "answer": {
      const ringing = ringingCall(turn);
      if (ringing !== undefined) answerCall(turn, ringing);
      return ringing !== undefined;
    }
    case "hold":
      if (call === undefined || stage?.kind !== "talking" || stage.hold.isWanted) return false;
      hold(turn, call);
      return true;
    case "resume":
      if (call === undefined || stage?.kind !== "talking" || !stage.hold.isWanted) return false;
      take(turn, call);
      return true;
    case "transfer":
      return call !== undefined && (completeTransfer(turn, call) || pressTransfer(turn, call));
    case "blindTransfer":
      if (call === undefined || stage?.kind !== "talking") return false;
      openLine(turn, call.line, { kind: "blind-transfer", of: call.id });
      return true;
    case "conference":
      return call !== undefined && pressConference(turn, call);
    case "forwardAll":
      return pressForward(turn);
    case "doNotDisturb":
      return pressDoNotDisturb(turn);
    default:
      return false;
  }
}

function pressDial(turn: LocalTurn): boolean {
  const call = activeCall(turn);
  if (call?.stage.kind === "dialling") finishDialling(turn, call.id);
  else if (turn.desk.preDial !== undefined) dialPreDialled(turn, lineToUse(turn));
  else return false;
  return true;
}

function pressBackspace(turn: LocalTurn): boolean {
  const call = activeCall(turn);
  const { preDial } = turn.desk;
  if (call?.stage.kind === "dialling") removeDigit(turn, call);
  else if (preDial !== undefined) {
    const digits = preDial.digits.slice(0, -1);
    setPreDial(turn, digits, suggestionFor(turn, digits));
  } else return false;
  return true;
}

/** Ends the call shown. While a call waits, it ends the one that has the ear. */
function pressEndCall(turn: LocalTurn, call: LocalCall | undefined): boolean {
  const target = call?.stage.kind === "ring-in" ? activeCall(turn) : call;
  if (target === undefined) {
    closeEar(turn);
    return call === undefined;
  }
  endByKey(turn, target);
  return true;
}

function endByKey(turn: LocalTurn, call: LocalCall): void {
  if (activeCall(turn)?.id === call.id) endConversation(turn, call);
  else hangUp(turn, call);
  closeEar(turn);
}

/** Asks where calls shall go, or ends the forwarding. */
function pressForward(turn: LocalTurn): boolean {
  if (!turn.desk.settings.canForward) return false;
  if (turn.local.forwardTo !== undefined) {
    setForward(turn, undefined);
    say(turn, "forward-cancelled");
    return true;
  }
  const open = activeCall(turn);
  if (open?.stage.kind === "dialling" && open.purpose.kind === "call")
    change(turn, open.id, { purpose: { kind: "forward" } });
  else openLine(turn, lineToUse(turn), { kind: "forward" });
  return true;
}

function pressDoNotDisturb(turn: LocalTurn): boolean {
  if (turn.desk.settings.preferences.doNotDisturb.isLocked) {
    say(turn, "preference-locked");
    return true;
  }
  const isOn = !turn.local.isDoNotDisturb;
  turn.local = { ...turn.local, isDoNotDisturb: isOn };
  emit(turn, { kind: "preference", name: "doNotDisturb", isOn });
  say(turn, isOn ? "do-not-disturb" : "do-not-disturb-off");
  return true;
}

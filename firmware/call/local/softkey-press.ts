// What each soft key does (reference 4.11, 6.3). Which of them show is in softkeys.ts.
import { emit, say, setPreDial } from "#firmware/call/desk.ts";
import type { SoftkeyId } from "#firmware/call/intents.ts";
import type { LocalCall } from "./calls.ts";
import {
  dialPreDialled,
  finishDialling,
  lineToUse,
  openLine,
  redial,
  removeDigit,
  setForward,
  suggestionFor,
} from "./dialling.ts";
import { closeEar, hangUp } from "./ear.ts";
import { hold, take } from "./holding.ts";
import { answerCall, ringingCall } from "./incoming.ts";
import { completeTransfer, endConversation, pressConference, pressTransfer } from "./joining.ts";
import { activeCall, change, focusedCall, type LocalTurn } from "./turn.ts";

/** One soft key, for the call shown. A key that does not fit the moment is said to be inactive. */
export function pressSoftkey(turn: LocalTurn, id: SoftkeyId): void {
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

export function endByKey(turn: LocalTurn, call: LocalCall): void {
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

// Two calls together: transfer with consultation, conference, and leaving them (reference 4.11, 5.5, 5.7).
import { say } from "#firmware/call/desk.ts";
import { later } from "#hal/contract/time.ts";
import { join, transferMs } from "./advance.ts";
import type { LocalCall } from "./calls.ts";
import { openLine } from "./dialling.ts";
import { closeEar, drop, hangUp, wantHold } from "./ear.ts";
import { activeCalls, change, findCall, focusOn, type LocalTurn, session, setStage } from "./turn.ts";

/** First press: the other party waits on hold while the target is dialled. */
export function pressTransfer(turn: LocalTurn, call: LocalCall): boolean {
  if (call.stage.kind !== "talking" || turn.local.conference?.includes(call.id) === true) return false;
  openLine(turn, call.line, { kind: "transfer", of: call.id });
  return true;
}

/**
 * Second press, or hanging up: sends the first party to the second. While the second still rings that call ends and
 * the first is sent to its number (an early dialog cannot be replaced, RFC 3891 §3). False: this is no consultation.
 */
export function completeTransfer(turn: LocalTurn, call: LocalCall): boolean {
  if (call.purpose.kind !== "transfer") return false;
  const first = findCall(turn, call.purpose.of);
  if (first?.stage.kind !== "talking") return false;
  if (call.stage.kind === "talking") {
    wantHold(turn, call, true);
    turn.local = { ...turn.local, transfer: { first: first.id, consultation: call.id } };
    closeEar(turn);
    return true;
  }
  if (call.stage.kind !== "ring-out" || !turn.desk.settings.isSemiAttendedTransfer) return false;
  session(turn, { kind: "hang-up", call: call.id });
  drop(turn, call.id);
  session(turn, { kind: "transfer", call: first.id, target: call.target });
  setStage(turn, first.id, {
    kind: "transferring",
    consultation: undefined,
    hold: first.stage.hold.now,
    dueAt: later(turn.now, transferMs),
  });
  closeEar(turn);
  return true;
}

/** First press: dials a third party. Second press, once it has answered: all three talk. */
export function pressConference(turn: LocalTurn, call: LocalCall): boolean {
  if (call.stage.kind !== "talking" || turn.local.conference !== undefined) return false;
  if (call.purpose.kind !== "conference") {
    openLine(turn, call.line, { kind: "conference", of: call.id });
    return true;
  }
  const first = findCall(turn, call.purpose.of);
  if (first?.stage.kind !== "talking") return false;
  wantHold(turn, first, false);
  wantHold(turn, call, false);
  change(turn, call.id, { purpose: { kind: "call" } });
  turn.local = { ...turn.local, conference: [first.id, call.id] };
  focusOn(turn, first);
  return true;
}

/** Ends what has the ear. Leaving a conference joins the two others, where that is configured. */
export function endConversation(turn: LocalTurn, call: LocalCall): void {
  const [first, second] = turn.local.conference ?? [];
  const members = activeCalls(turn).filter(({ id }) => id === first || id === second);
  const [one, other] = members;
  if (one === undefined || other === undefined || members.every(({ id }) => id !== call.id)) {
    hangUp(turn, call);
    closeEar(turn);
    return;
  }
  if (turn.desk.settings.isConferenceJoined) {
    join(turn, one, other);
    say(turn, "transferring");
    return;
  }
  hangUp(turn, one);
  hangUp(turn, other);
  closeEar(turn);
}

// Holding and taking calls by key: which call a key means, and what has the ear meanwhile.
import { resume } from "./advance.ts";
import type { LocalCall } from "./calls.ts";
import { closeEar, park, wantHold } from "./ear.ts";
import { findCall, type LocalTurn } from "./turn.ts";

/** A call on hold: the one shown, else the newest. */
export function heldCall(turn: LocalTurn, line?: number): LocalCall | undefined {
  const held = turn.local.calls.filter(
    ({ stage, line: on }) =>
      stage.kind === "talking" && stage.hold.isWanted && (line === undefined || on === line),
  );
  return held.find(({ id }) => id === turn.local.focus) ?? held.at(-1);
}

/** Puts a conversation on hold, a conference as a whole. The hands-free path closes, a handset stays silent. */
export function hold(turn: LocalTurn, call: LocalCall): void {
  for (const id of turn.local.conference?.includes(call.id) === true ? turn.local.conference : [call.id]) {
    const member = findCall(turn, id);
    if (member !== undefined) wantHold(turn, member, true);
  }
  if (turn.desk.audio.path !== "handset") closeEar(turn);
}

/** Brings a held call back; whatever has the ear goes on hold. */
export function take(turn: LocalTurn, call: LocalCall): void {
  park(turn);
  if (findCall(turn, call.id) !== undefined) resume(turn, call);
}

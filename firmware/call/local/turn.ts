// The draft of one step over local calls: finding, changing and dropping them.

import { emit, type Turn } from "#firmware/call/desk.ts";
import type { CallId, SessionIntent } from "#firmware/call/intents.ts";
import { isActive, type LocalCall, type LocalState, type Stage } from "./calls.ts";

export interface LocalTurn extends Turn {
  local: LocalState;
}

export function session(turn: LocalTurn, intent: SessionIntent): void {
  emit(turn, { kind: "session", intent });
}

export function findCall(turn: LocalTurn, id: CallId | undefined): LocalCall | undefined {
  return turn.local.calls.find((call) => call.id === id);
}

export function addCall(turn: LocalTurn, call: LocalCall): void {
  turn.local = { ...turn.local, calls: [...turn.local.calls, call] };
}

/** Changes fields of a call that is still there. */
export function change(turn: LocalTurn, id: CallId, fields: Partial<Omit<LocalCall, "id">>): void {
  const calls = turn.local.calls.map((call) => (call.id === id ? { ...call, ...fields } : call));
  turn.local = { ...turn.local, calls };
}

export function setStage(turn: LocalTurn, id: CallId, stage: Stage): void {
  change(turn, id, { stage });
}

/** The calls that have the ear: one, the two of a conference, or none. */
export function activeCalls(turn: LocalTurn): readonly LocalCall[] {
  return turn.local.calls.filter(isActive);
}

export function activeCall(turn: LocalTurn): LocalCall | undefined {
  return turn.local.calls.find(isActive);
}

/** The call whose keys are shown. */
export function focusedCall(turn: LocalTurn): LocalCall | undefined {
  return findCall(turn, turn.local.focus);
}

/** Shows this call and selects its line. */
export function focusOn(turn: LocalTurn, call: LocalCall): void {
  turn.local = { ...turn.local, focus: call.id, selectedLine: call.line };
}

/** An emergency call is up: nothing may take the ear from it. */
export function emergencyCall(turn: LocalTurn): LocalCall | undefined {
  return turn.local.calls.find((call) => call.isEmergency && isActive(call) && call.stage.kind !== "failed");
}

/** Which call to show when the one shown is gone: the one with the ear, one that rings, the newest on hold. */
function nextFocus(calls: readonly LocalCall[]): CallId | undefined {
  const call =
    calls.find(isActive) ??
    calls.find(({ stage }) => stage.kind === "ring-in") ??
    calls.findLast(({ stage }) => stage.kind !== "replaced");
  return call?.id;
}

/** Takes a call off the phone. Whatever was meant for it stands alone from now on. */
export function removeCall(turn: LocalTurn, id: CallId): void {
  const { local } = turn;
  const gone = local.calls.find((call) => call.id === id);
  if (gone === undefined) return;
  const calls = local.calls
    .filter((call) => call.id !== id)
    .map((call) =>
      "of" in call.purpose && call.purpose.of === id ? { ...call, purpose: { kind: "call" } as const } : call,
    );
  const origin = "of" in gone.purpose ? gone.purpose.of : undefined;
  const isFocused = local.focus === id || !calls.some((call) => call.id === local.focus);
  const back = calls.some((call) => call.id === origin) ? origin : undefined;
  const focus = isFocused ? (calls.find(isActive)?.id ?? back ?? nextFocus(calls)) : local.focus;
  const conference = local.conference?.includes(id) === true ? undefined : local.conference;
  const { first, consultation } = local.transfer ?? {};
  const transfer = first === id || consultation === id ? undefined : local.transfer;
  const selectedLine = calls.find((call) => call.id === focus)?.line ?? local.selectedLine;
  turn.local = { ...local, calls, focus, conference, transfer, selectedLine };
}

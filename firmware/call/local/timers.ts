// What local calls wait for, and what happens then. Every wait is a field of the state.
import type { Timer } from "#firmware/runtime/machine.ts";
import type { LocalState } from "./calls.ts";
import { diallingDue } from "./dialling.ts";
import { leftAlone } from "./ear.ts";
import { holdDone, transferProgress } from "./session.ts";
import { findCall, type LocalTurn } from "./turn.ts";

/** What a transfer without an outcome counts as. */
const noAnswer = 408;

export function localTimers(local: LocalState): readonly Timer[] {
  const timers: Timer[] = [];
  for (const { id, stage } of local.calls) {
    if (stage.kind === "talking" && stage.hold.answerBy !== undefined)
      timers.push({ name: `${stage.hold.now} ${id}`, at: stage.hold.answerBy });
    if ("dueAt" in stage && stage.dueAt !== undefined)
      timers.push({ name: `${stage.kind} ${id}`, at: stage.dueAt });
  }
  const { callbackUntil, remindUntil, forgotten } = local;
  if (callbackUntil !== undefined) timers.push({ name: "emergency callback", at: callbackUntil });
  if (remindUntil !== undefined) timers.push({ name: "hold reminder", at: remindUntil });
  if (forgotten !== undefined && forgotten !== "warning")
    timers.push({ name: "off-hook warning", at: forgotten.warnsAt });
  return timers;
}

export function localTimer(turn: LocalTurn, name: string): void {
  switch (name) {
    case "emergency callback":
      turn.local = { ...turn.local, callbackUntil: undefined };
      return;
    case "hold reminder":
      turn.local = { ...turn.local, remindUntil: undefined };
      return;
    case "off-hook warning":
      turn.local = { ...turn.local, forgotten: "warning" };
      return;
    default: {
      const call = findCall(turn, name.slice(name.indexOf(" ") + 1));
      if (call?.stage.kind === "dialling") diallingDue(turn, call);
      else if (call?.stage.kind === "failed" || call?.stage.kind === "over") leftAlone(turn, call);
      else if (call?.stage.kind === "talking")
        holdDone(turn, call, call.stage, call.stage.hold.now === "resuming");
      else if (call?.stage.kind === "transferring") transferProgress(turn, call, call.stage, noAnswer);
    }
  }
}

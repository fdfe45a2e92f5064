// Events that concern the desk and not the calls: boot, time, and waits that run out.
import type { Timer } from "#firmware/runtime/machine.ts";
import { type CallEvent, type Desk, emit, setPreDial, type Turn } from "./desk.ts";

/** Waits of the desk. */
export function deskTimers(desk: Desk): readonly Timer[] {
  const timers: Timer[] = [];
  if (desk.passingPrompt !== undefined) timers.push({ name: "prompt", at: desk.passingPrompt.until });
  if (desk.passingTone !== undefined) timers.push({ name: "passing tone", at: desk.passingTone.until });
  if (desk.pressedDigit !== undefined) timers.push({ name: "held digit", at: desk.pressedDigit.until });
  if (desk.preDial !== undefined) timers.push({ name: "digits typed on hook", at: desk.preDial.clearsAt });
  if (desk.commitAt !== undefined) timers.push({ name: "write call log", at: desk.commitAt });
  return timers;
}

/** Takes a timer of the desk; false: it belongs to somebody else. */
export function deskTimer(turn: Turn, name: string): boolean {
  switch (name) {
    case "prompt":
      turn.desk = { ...turn.desk, passingPrompt: undefined };
      return true;
    case "passing tone":
      turn.desk = { ...turn.desk, passingTone: undefined };
      return true;
    case "held digit":
      turn.desk = { ...turn.desk, pressedDigit: undefined };
      return true;
    case "digits typed on hook":
      setPreDial(turn, "", undefined);
      return true;
    case "write call log":
      commit(turn);
      return true;
    default:
      return false;
  }
}

/** Writes what changed, now. */
export function commit(turn: Turn): void {
  if (turn.desk.commitAt === undefined) return;
  turn.desk = { ...turn.desk, commitAt: undefined };
  emit(turn, { kind: "store", log: turn.desk.log, volumes: turn.desk.audio.volumes });
}

/** Boot and time, which only show. */
export function hearDesk(turn: Turn, event: CallEvent & { kind: "boot" | "time" }): void {
  if (event.kind === "boot") turn.desk = { ...turn.desk, boot: event.boot };
  else turn.desk = { ...turn.desk, time: event.time, wallOffsetMs: event.unixMs - turn.now };
}

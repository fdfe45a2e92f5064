// Local control as a whole: one event in, calls and desk changed.
import { losesHeadset } from "#firmware/call/audio.ts";
import { type CallEvent, emit, setAudio } from "#firmware/call/desk.ts";
import type { Ports } from "#firmware/call/outputs.ts";
import type { CallSettings } from "#firmware/call/settings.ts";
import { advance } from "./advance.ts";
import { idleLocal, type LocalState } from "./calls.ts";
import { consultNewPlan } from "./dialling.ts";
import { closeEar, hangUp } from "./ear.ts";
import { press } from "./keys.ts";
import { hearSip } from "./session.ts";
import { change, findCall, type LocalTurn } from "./turn.ts";

/** Local control at the beginning, as the settings want it. */
export function startLocal(settings: CallSettings): LocalState {
  return applySettings(
    { ...idleLocal, selectedLine: settings.lines.find(({ isProvisioned }) => isProvisioned)?.line ?? 1 },
    settings,
  );
}

/** New settings under running calls: what keys had changed comes back with them. */
export function applySettings(local: LocalState, settings: CallSettings): LocalState {
  return {
    ...local,
    forwardTo: settings.forwardTo,
    isDoNotDisturb: settings.preferences.doNotDisturb.isOn,
  };
}

/** Events for the calls; those of another protocol change nothing. */
export function hearLocal(turn: LocalTurn, event: CallEvent): void {
  switch (event.kind) {
    case "intent":
      press(turn, event.intent);
      break;
    case "sip":
      hearSip(turn, event.notice);
      break;
    case "ports":
      hearPorts(
        turn,
        event.owner,
        event.local === undefined ? { kind: "failed" } : { kind: "reserved", ...event.local },
      );
      break;
    case "media":
      if (event.report.kind === "first-packet") firstPacket(turn, event.report.id);
      break;
    case "headset":
      if (!event.isPlugged) setAudio(turn, losesHeadset(turn.desk.audio).audio);
      break;
    case "settings":
      turn.local = applySettings(turn.local, event.settings);
      consultNewPlan(turn);
      break;
    case "sccp":
    case "boot":
    case "time":
    case "stop":
      return;
  }
  advance(turn);
}

/** Ports that come for a call that is gone, or has some, go back at once. */
function hearPorts(turn: LocalTurn, owner: string, ports: Ports): void {
  const call = findCall(turn, owner);
  if (call?.ports.kind === "reserving") change(turn, owner, { ports });
  else if (ports.kind === "reserved") emit(turn, { kind: "release", portsId: ports.portsId });
}

function firstPacket(turn: LocalTurn, id: string): void {
  const call = findCall(turn, id);
  if (call !== undefined && !call.isHeard) change(turn, id, { isHeard: true });
}

/** Ends every call and closes the path. */
export function stopLocal(turn: LocalTurn): void {
  for (const call of turn.local.calls) hangUp(turn, call);
  closeEar(turn);
}

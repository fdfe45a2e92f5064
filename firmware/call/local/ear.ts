// Who has the ear: putting calls aside, ending them, opening and closing the path, and what follows from that.
import { closePath, openPath } from "#firmware/call/audio.ts";
import type { LogKind } from "#firmware/call/call-log.ts";
import { logCall, say, setAudio, wallNow } from "#firmware/call/desk.ts";
import type { CallId, ToneName } from "#firmware/call/intents.ts";
import type { PromptCode } from "#firmware/call/view.ts";
import type { Party } from "#firmware/sip/notices.ts";
import { later } from "#hal/contract/time.ts";
import { isActive, type LocalCall } from "./calls.ts";
import {
  activeCall,
  activeCalls,
  change,
  findCall,
  type LocalTurn,
  removeCall,
  session,
  setStage,
} from "./turn.ts";

/** How long busy or reorder is heard before a lifted handset is warned, or the speaker closes. */
export const failureToneMs = 30_000;
/** A handset left up without a call is warned then. */
export const forgottenMs = 60_000;
/** One reminder of a held call. */
const reminderMs = 2_000;
/** How long anybody may call back after an emergency call (architecture section 7). */
export const callbackMs = 30 * 60_000;

/** Opens a path for a call made or answered with a key. */
export function openEar(turn: LocalTurn): void {
  setAudio(turn, openPath(turn.desk.audio).audio);
}

/** Closes the path, if no call has the ear any more. */
export function closeEar(turn: LocalTurn): void {
  if (activeCall(turn) === undefined) setAudio(turn, closePath(turn.desk.audio).audio);
}

/** Wants a call on hold, or back; what is signalled follows as soon as it may. */
export function wantHold(turn: LocalTurn, call: LocalCall, isWanted: boolean): void {
  const { stage } = call;
  if (stage.kind === "talking") setStage(turn, call.id, { ...stage, hold: { ...stage.hold, isWanted } });
  else if (stage.kind === "answering") setStage(turn, call.id, { ...stage, isHoldWanted: isWanted });
}

/** Frees the ear for another call: conversations go on hold, everything unfinished ends. */
export function park(turn: LocalTurn): void {
  for (const call of activeCalls(turn)) {
    if (call.stage.kind === "talking" || call.stage.kind === "answering") wantHold(turn, call, true);
    else hangUp(turn, call);
  }
}

/** Ends a call from our side, whatever stage it is in, and takes it off the phone. */
export function hangUp(turn: LocalTurn, call: LocalCall): void {
  switch (call.stage.kind) {
    case "proceeding":
    case "ring-out":
    case "talking":
    case "transferring":
    case "joining":
    case "replaced":
      session(turn, { kind: "hang-up", call: call.id });
      break;
    case "ring-in":
    case "answering":
      session(turn, { kind: "refuse", call: call.id, reason: "declined" });
      break;
    case "dialling":
    case "placing":
    case "failed":
    case "over":
      break;
  }
  drop(turn, call.id);
}

/** Writes a call into the log and takes it off the phone. */
export function drop(turn: LocalTurn, id: CallId): void {
  const call = findCall(turn, id);
  if (call === undefined) return;
  record(turn, call);
  const wasConversation = call.connectedAt !== undefined && isActive(call);
  removeCall(turn, id);
  if (wasConversation) remind(turn);
}

function record(turn: LocalTurn, call: LocalCall): void {
  if (call.isEmergency) turn.local = { ...turn.local, callbackUntil: later(turn.now, callbackMs) };
  const kind = logKind(call);
  if (kind === undefined || call.peer === undefined) return;
  logCall(turn, kind, {
    line: call.line,
    peer: call.peer,
    target: call.direction === "out" ? call.digits : targetOf(call.peer),
    atUnixMs: call.startedUnixMs,
    durationSec: call.connectedAt === undefined ? 0 : Math.round((turn.now - call.connectedAt) / 1000),
  });
}

/** Calls never sent are in no log; the peer is set when one is sent or comes in. What is over was written down then. */
function logKind(call: LocalCall): LogKind | undefined {
  if (call.stage.kind === "over") return undefined;
  if (call.direction === "in") return call.connectedAt === undefined ? "missed" : "received";
  return call.stage.kind === "dialling" || call.stage.kind === "placing" ? undefined : "placed";
}

/** What to dial to reach a caller. */
function targetOf(peer: Party): string {
  return peer.number === "" ? peer.uri : peer.number;
}

/** A call that was refused here without ringing is listed as missed all the same. */
export function logRefused(turn: LocalTurn, line: number, peer: Party): void {
  const entry = { line, peer, target: targetOf(peer), atUnixMs: wallNow(turn), durationSec: 0 };
  logCall(turn, "missed", entry);
}

/** One conversation ended while another is on hold: the ringer says so (`call_hold_ringback`). */
function remind(turn: LocalTurn): void {
  if (!turn.desk.settings.preferences.callHoldRingback.isOn) return;
  const isWaiting = turn.local.calls.some(({ stage }) => stage.kind === "talking" && stage.hold.isWanted);
  if (isWaiting && activeCall(turn) === undefined)
    turn.local = { ...turn.local, remindUntil: later(turn.now, reminderMs) };
}

export interface Failure {
  readonly tone: ToneName;
  readonly status?: number | undefined;
  readonly reason?: string;
  readonly retryAfterSec?: number | undefined;
  readonly remark?: PromptCode;
}

/** An attempt failed: its tone and its reason stay until the person hangs up, or for a while. */
export function fail(turn: LocalTurn, id: CallId, failure: Failure): void {
  const { tone, status, reason = "", retryAfterSec, remark } = failure;
  change(turn, id, {
    stage: { kind: "failed", tone, status, reason, retryAfterSec, dueAt: later(turn.now, failureToneMs) },
    remark,
  });
}

/** The other side is gone. With the handset still up and nothing else on the phone it tells so, else the path closes. */
export function lostPeer(turn: LocalTurn, call: LocalCall): void {
  const wasActive = isActive(call);
  const isAlone = turn.local.calls.length === 1;
  if (wasActive && isAlone && turn.desk.audio.path === "handset") {
    record(turn, call);
    const dueAt = later(turn.now, failureToneMs);
    change(turn, call.id, {
      stage: { kind: "over", tone: "reorder", dueAt },
      remark: "ended-by-peer",
    });
    return;
  }
  drop(turn, call.id);
  if (!wasActive) return;
  closeEar(turn);
  if (call.connectedAt !== undefined) say(turn, "ended-by-peer");
}

/** A failed or finished call was left alone: a lifted handset is warned, a hands-free path closes. */
export function leftAlone(turn: LocalTurn, call: LocalCall): void {
  if (turn.desk.audio.path === "handset") {
    if (call.stage.kind === "failed") record(turn, call);
    change(turn, call.id, { stage: { kind: "over", tone: "permanent", dueAt: undefined }, peer: undefined });
    return;
  }
  drop(turn, call.id);
  closeEar(turn);
}

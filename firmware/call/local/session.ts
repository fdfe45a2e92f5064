// What SIP reports, folded into the calls. Notices for calls that are gone change nothing: they crossed our own end.
import { beep, say } from "#firmware/call/desk.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { unreachable } from "#hal/contract/errors.ts";
import { resume } from "./advance.ts";
import type { LocalCall, Stage } from "./calls.ts";
import { closeEar, drop, fail, hangUp, lostPeer, wantHold } from "./ear.ts";
import { answerCall, incoming, ringbackOf, ringingCall } from "./incoming.ts";
import { activeCall, change, emergencyCall, findCall, focusOn, type LocalTurn, setStage } from "./turn.ts";

export function hearSip(turn: LocalTurn, notice: SipNotice): void {
  switch (notice.kind) {
    case "line":
      turn.local = {
        ...turn.local,
        registrations: new Map(turn.local.registrations).set(notice.line, notice.state),
      };
      return;
    case "incoming":
      incoming(turn, notice);
      return;
    case "messages-waiting":
      messagesWaiting(turn, notice);
      return;
    case "remote-control":
      remoteControl(turn, notice);
      return;
    case "list-exhausted":
    case "check-sync":
    case "date":
      return; // for boot and time
    default: {
      const call = findCall(turn, notice.call);
      if (call !== undefined) hearAboutCall(turn, call, notice);
    }
  }
}

type AboutCall = Exclude<
  SipNotice,
  {
    readonly kind:
      | "line"
      | "incoming"
      | "messages-waiting"
      | "remote-control"
      | "list-exhausted"
      | "check-sync"
      | "date";
  }
>;

function hearAboutCall(turn: LocalTurn, call: LocalCall, notice: AboutCall): void {
  const { stage } = call;
  switch (notice.kind) {
    case "progress":
      progress(turn, call, notice);
      return;
    case "media":
      change(turn, call.id, { media: notice.media });
      return;
    case "answered":
      answered(turn, call, notice.peer);
      return;
    case "party":
      if (stage.kind !== "over") change(turn, call.id, { peer: notice.peer });
      return;
    case "held-by-peer":
      if (stage.kind === "talking") setStage(turn, call.id, { ...stage, isHeldByPeer: notice.isHeld });
      return;
    case "hold-done":
      if (stage.kind === "talking") holdDone(turn, call, stage, notice.isHeld);
      return;
    case "trying-backup":
      change(turn, call.id, { remark: "trying-backup" });
      return;
    case "transfer-progress":
      if (stage.kind === "transferring") transferProgress(turn, call, stage, notice.status);
      return;
    case "ended":
      ended(turn, call, notice);
      return;
    default:
      unreachable(notice);
  }
}

function progress(turn: LocalTurn, call: LocalCall, notice: SipNotice & { kind: "progress" }): void {
  if (call.stage.kind !== "proceeding" && call.stage.kind !== "ring-out") return;
  if (notice.status === 181 || notice.status === 182) {
    change(turn, call.id, { remark: notice.status === 181 ? "being-forwarded" : "queued" });
    return;
  }
  const before = call.stage.kind === "ring-out" ? call.stage.ringback : undefined;
  const ringback = notice.isRinging ? ringbackOf(notice.alertInfo) : before;
  const isEarly = notice.isRinging || notice.status !== 100;
  const remark = call.remark === "being-forwarded" || call.remark === "queued" ? call.remark : undefined;
  if (isEarly)
    change(turn, call.id, {
      stage: { kind: "ring-out", ringback },
      remark: call.isEmergency ? call.remark : remark,
    });
}

/** Our call was taken, or the caller has heard our answer. */
function answered(turn: LocalTurn, call: LocalCall, peer: LocalCall["peer"]): void {
  if (call.stage.kind === "failed" || call.stage.kind === "over") return;
  const isOurs = call.stage.kind === "proceeding" || call.stage.kind === "ring-out";
  change(turn, call.id, { peer: mergePeer(call.peer, peer) });
  if (!isOurs) return;
  change(turn, call.id, {
    stage: { kind: "talking", hold: { isWanted: false, now: "active" }, isHeldByPeer: false },
    connectedAt: turn.now,
    remark: call.isEmergency ? "emergency-call" : undefined,
  });
}

/** A party without name or number does not wipe out what was known. */
function mergePeer(known: LocalCall["peer"], told: LocalCall["peer"]): LocalCall["peer"] {
  if (known === undefined || told === undefined) return told ?? known;
  return {
    ...told,
    name: told.name || known.name,
    number: told.number || known.number,
    uri: told.uri || known.uri,
  };
}

export function holdDone(
  turn: LocalTurn,
  call: LocalCall,
  stage: Stage & { kind: "talking" },
  isHeld: boolean,
): void {
  const { hold } = stage;
  if (hold.now === "holding") {
    // A refused hold is kept on our side alone: the other party hears nothing, and resuming is signalled as usual.
    if (!isHeld) say(turn, "hold-refused");
    setStage(turn, call.id, { ...stage, hold: { isWanted: hold.isWanted, now: "held" } });
  } else if (hold.now === "resuming") {
    if (isHeld) say(turn, "resume-refused");
    const isWanted = isHeld ? true : hold.isWanted;
    setStage(turn, call.id, { ...stage, hold: { isWanted, now: isHeld ? "held" : "active" } });
    if (isHeld) closeEar(turn);
  }
}

/** 202: the REFER was accepted; a blind transfer leaves then (reference 5.4). A final NOTIFY ends an attended one. */
export function transferProgress(
  turn: LocalTurn,
  call: LocalCall,
  stage: Stage & { kind: "transferring" },
  status: number,
): void {
  const consultation = findCall(turn, stage.consultation);
  if (status >= 300) {
    backOnHold(turn, call);
    if (consultation !== undefined) backOnHold(turn, consultation);
    say(turn, "transfer-failed", { status });
    focusOn(turn, call);
    return;
  }
  const isAttended = stage.consultation !== undefined;
  if (status < 200 || (status === 202 && isAttended)) return;
  hangUp(turn, call);
  if (consultation?.stage.kind === "joining") hangUp(turn, consultation);
  say(turn, "transferred");
}

/** A transfer did not happen: the call is where it was, and on hold. */
function backOnHold(turn: LocalTurn, call: LocalCall): void {
  if (call.stage.kind !== "transferring" && call.stage.kind !== "joining") return;
  const hold = { isWanted: true, now: call.stage.hold };
  setStage(turn, call.id, { kind: "talking", hold, isHeldByPeer: false });
}

function ended(turn: LocalTurn, call: LocalCall, notice: SipNotice & { kind: "ended" }): void {
  const { status, reason } = notice;
  switch (call.stage.kind) {
    case "proceeding":
    case "ring-out": {
      if (status === undefined || status < 300 || status === 487) {
        lostPeer(turn, call);
        return;
      }
      const isBusy = status === 486 || status === 600;
      fail(turn, call.id, {
        tone: isBusy ? "busy" : "reorder",
        status,
        reason,
        retryAfterSec: notice.retryAfterSec,
        remark: isBusy ? "busy" : "call-failed",
      });
      return;
    }
    case "transferring": {
      const consultation = findCall(turn, call.stage.consultation);
      if (consultation !== undefined) backOnHold(turn, consultation);
      drop(turn, call.id);
      return;
    }
    case "ring-in":
    case "answering":
    case "talking":
    case "joining":
    case "replaced":
    case "dialling":
    case "placing":
      lostPeer(turn, call);
      return;
    case "failed":
    case "over":
      return; // heard before
    default:
      unreachable(call.stage);
  }
}

function messagesWaiting(turn: LocalTurn, notice: SipNotice & { kind: "messages-waiting" }): void {
  const others = turn.local.waiting.filter(({ line }) => line !== notice.line);
  const waiting = notice.isWaiting ? [...others, { line: notice.line, newCount: notice.newCount }] : others;
  turn.local = { ...turn.local, waiting };
}

/** NOTIFY talk answers or resumes, NOTIFY hold holds. */
function remoteControl(turn: LocalTurn, notice: SipNotice & { kind: "remote-control" }): void {
  if (emergencyCall(turn) !== undefined) return;
  const named = findCall(turn, notice.call);
  if (notice.action === "hold") {
    const call = named ?? activeCall(turn);
    if (call?.stage.kind === "talking") wantHold(turn, call, true);
    return;
  }
  const ringing = named ?? ringingCall(turn);
  if (ringing?.stage.kind === "ring-in") {
    answerCall(turn, ringing);
    beep(turn, "auto-answer");
    return;
  }
  const held =
    named ?? turn.local.calls.findLast(({ stage }) => stage.kind === "talking" && stage.hold.isWanted);
  if (held?.stage.kind !== "talking" || !held.stage.hold.isWanted) return;
  const active = activeCall(turn);
  if (active?.stage.kind === "talking") wantHold(turn, active, true);
  if (activeCall(turn) === undefined) resume(turn, held);
}

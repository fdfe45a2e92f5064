// What may go on now: ports are asked for, numbers sent, calls answered, held, resumed and joined as soon as nothing
// they wait for is missing. Runs after every event until nothing changes.
import { say } from "#firmware/call/desk.ts";
import { noPorts, type Ports } from "#firmware/call/outputs.ts";
import { later } from "#hal/contract/time.ts";
import type { Hold, LocalCall, Stage } from "./calls.ts";
import { closeEar, drop, fail, forgottenMs, openEar, wantHold } from "./ear.ts";
import { change, findCall, focusOn, type LocalTurn, session, setStage } from "./turn.ts";

/** Longer than any transaction lasts (64·T1 at 500 ms), so that nothing waits for a hold for ever. */
const holdMs = 40_000;

/** How long the outcome of a transfer may be unknown; as long as an INVITE may ring (RFC 3515 §2.4.4: of the referee). */
export const transferMs = 180_000;

/** More rounds than calls can depend on each other. */
const mostRounds = 16;

export function advance(turn: LocalTurn): void {
  for (let round = 0; round < mostRounds; round++) {
    const before = turn.local;
    for (const { id } of before.calls) advanceCall(turn, id);
    advanceTransfer(turn);
    if (turn.local === before) break;
  }
  watchHandset(turn);
}

function advanceCall(turn: LocalTurn, id: string): void {
  const call = findCall(turn, id);
  if (call === undefined) return;
  const ports = portsFor(call);
  if (ports !== call.ports) change(turn, id, { ports });
  switch (call.stage.kind) {
    case "placing":
      place(turn, call, call.stage);
      break;
    case "answering":
      answer(turn, call, call.stage.isHoldWanted);
      break;
    case "ring-in":
      if (ports.kind === "failed") refuse(turn, call);
      break;
    case "talking":
      signalHold(turn, call, call.stage);
      break;
    case "dialling":
    case "proceeding":
    case "ring-out":
    case "transferring":
    case "joining":
    case "replaced":
    case "failed":
    case "over":
      break;
  }
}

/** A call keeps ports from dial tone or ringing to its end; a number that is only told to others needs none. */
function portsFor({ stage, purpose, ports }: LocalCall): Ports {
  if (stage.kind === "failed" || stage.kind === "over") return noPorts;
  if (purpose.kind === "forward" || purpose.kind === "blind-transfer") return ports;
  return ports.kind === "none" ? { kind: "reserving" } : ports;
}

/** Another call's hold is under way: nothing new starts before the other side knows (SEED-020). */
function isHolding(turn: LocalTurn, except: string): boolean {
  return turn.local.calls.some(
    ({ id, stage }) =>
      id !== except &&
      stage.kind === "talking" &&
      (stage.hold.now === "holding" || (stage.hold.isWanted && stage.hold.now !== "held")),
  );
}

function place(turn: LocalTurn, call: LocalCall, { dialled }: Stage & { kind: "placing" }): void {
  if (!call.isEmergency && isHolding(turn, call.id)) return;
  if (call.purpose.kind === "blind-transfer") {
    const first = call.purpose.of;
    drop(turn, call.id);
    session(turn, { kind: "transfer", call: first, target: dialled.target });
    setStage(turn, first, {
      kind: "transferring",
      consultation: undefined,
      hold: "held",
      dueAt: later(turn.now, transferMs),
    });
    closeEar(turn);
    return;
  }
  if (call.ports.kind === "failed") fail(turn, call.id, { tone: "reorder", remark: "no-ports" });
  if (call.ports.kind !== "reserved") return;
  const { portsId, rtpPort } = call.ports;
  session(turn, {
    kind: "place",
    call: call.id,
    line: call.line,
    target: dialled.target,
    route: dialled.route,
    local: { portsId, rtpPort },
    isAnonymous: turn.desk.settings.preferences.callerIdBlocking.isOn && !call.isEmergency,
    ...(dialled.user === undefined ? {} : { user: dialled.user }),
  });
  setStage(turn, call.id, { kind: "proceeding" });
}

function answer(turn: LocalTurn, call: LocalCall, isHoldWanted: boolean): void {
  if (call.ports.kind === "failed") {
    refuse(turn, call);
    return;
  }
  if (call.ports.kind !== "reserved" || isHolding(turn, call.id)) return;
  const { portsId, rtpPort } = call.ports;
  session(turn, { kind: "answer", call: call.id, local: { portsId, rtpPort } });
  change(turn, call.id, {
    stage: { kind: "talking", hold: { isWanted: isHoldWanted, now: "active" }, isHeldByPeer: false },
    connectedAt: turn.now,
  });
}

/** No ports for a call that came in. */
function refuse(turn: LocalTurn, call: LocalCall): void {
  session(turn, { kind: "refuse", call: call.id, reason: "busy" });
  drop(turn, call.id);
  closeEar(turn);
  say(turn, "no-ports");
}

/** Brings what was signalled to what is wanted, one step at a time. */
function signalHold(turn: LocalTurn, call: LocalCall, stage: Stage & { kind: "talking" }): void {
  const { hold } = stage;
  if (hold.isWanted && hold.now === "active") {
    session(turn, { kind: "hold", call: call.id });
    setStage(turn, call.id, {
      ...stage,
      hold: { ...hold, now: "holding", answerBy: later(turn.now, holdMs) },
    });
  } else if (!hold.isWanted && hold.now === "held" && !isHolding(turn, call.id)) {
    session(turn, { kind: "resume", call: call.id });
    setStage(turn, call.id, {
      ...stage,
      hold: { ...hold, now: "resuming", answerBy: later(turn.now, holdMs) },
    });
  }
}

/** Joins two calls once the second is on hold as well (reference 5.5). */
function advanceTransfer(turn: LocalTurn): void {
  const { transfer } = turn.local;
  if (transfer === undefined) return;
  const first = findCall(turn, transfer.first);
  const consultation = findCall(turn, transfer.consultation);
  if (first?.stage.kind !== "talking" || consultation?.stage.kind !== "talking") {
    turn.local = { ...turn.local, transfer: undefined };
    return;
  }
  if (first.stage.hold.now === "held" && consultation.stage.hold.now === "held")
    join(turn, first, consultation);
}

/** Sends the first party to the second one, in place of us. */
export function join(turn: LocalTurn, first: LocalCall, consultation: LocalCall): void {
  session(turn, { kind: "transfer-to-call", call: first.id, consultation: consultation.id });
  turn.local = { ...turn.local, transfer: undefined, conference: undefined };
  setStage(turn, first.id, {
    kind: "transferring",
    consultation: consultation.id,
    hold: holdOf(first),
    dueAt: later(turn.now, transferMs),
  });
  setStage(turn, consultation.id, { kind: "joining", hold: holdOf(consultation) });
  change(turn, consultation.id, { purpose: { kind: "call" } });
  closeEar(turn);
}

const holdOf = ({ stage }: LocalCall): Hold["now"] => (stage.kind === "talking" ? stage.hold.now : "active");

/** A handset left up without any call is warned after a while. */
function watchHandset(turn: LocalTurn): void {
  const { audio } = turn.desk;
  const isForgotten = audio.isHandsetUp && audio.path === undefined && turn.local.calls.length === 0;
  if (!isForgotten && turn.local.forgotten !== undefined)
    turn.local = { ...turn.local, forgotten: undefined };
  if (isForgotten && turn.local.forgotten === undefined)
    turn.local = { ...turn.local, forgotten: { warnsAt: later(turn.now, forgottenMs) } };
}

/** Brings a held call back, with its conference if it is part of one. */
export function resume(turn: LocalTurn, call: LocalCall): void {
  openEar(turn);
  for (const id of turn.local.conference?.includes(call.id) === true ? turn.local.conference : [call.id]) {
    const member = findCall(turn, id);
    if (member !== undefined) wantHold(turn, member, false);
  }
  focusOn(turn, call);
}

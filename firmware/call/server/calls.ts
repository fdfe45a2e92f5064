// Calls as a server orders them: state, information, numbers (sccp 5.1, 5.8 … 5.10). Reference 0 is no call.
import { emit, logCall, setPreDial, wallNow } from "#firmware/call/desk.ts";
import type { CallRef } from "#firmware/call/intents.ts";
import type { CallState } from "#firmware/call/view.ts";
import type { ServerCallInfo, ServerCallState, ServerParty } from "#firmware/sccp/notices.ts";
import type { Party } from "#firmware/sip/notices.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import {
  callId,
  changeCall,
  findCall,
  limits,
  put,
  type ServerCall,
  type ServerTurn,
  without,
} from "./terminal.ts";

/** What the screens call a server's states; undefined: not shown. */
export const viewStates: Readonly<Record<ServerCallState, CallState | undefined>> = {
  idle: undefined,
  "off-hook": "off-hook",
  "on-hook": undefined,
  "ring-out": "ring-out",
  "ring-in": "ring-in",
  connected: "connected",
  busy: "busy",
  congestion: "failed",
  hold: "hold",
  "call-waiting": "ring-in",
  "call-transfer": "transfer",
  "call-park": "transfer",
  proceed: "proceeding",
  "remote-in-use": "remote-in-use",
  "invalid-number": "failed",
  "hold-reversion": "hold",
  whisper: "connected",
  "remote-hold": "held",
};

/** Longest number a person can type. */
const mostDigits = 64;

/** The record of a call, made when it is first named. */
function known(turn: ServerTurn, at: CallRef): ServerCall | undefined {
  const present = findCall(turn, at);
  if (present !== undefined || at.ref === 0 || turn.server.calls.length >= limits.calls) return present;
  const call: ServerCall = {
    id: callId(at),
    at,
    state: "idle",
    direction: "out",
    info: undefined,
    digits: "",
    connectedAt: undefined,
    startedUnixMs: wallNow(turn),
    keys: undefined,
    prompt: undefined,
    history: "unknown",
    isKept: false,
  };
  turn.server = { ...turn.server, calls: [...turn.server.calls, call] };
  return call;
}

export function callState(turn: ServerTurn, at: CallRef, state: ServerCallState): void {
  const isOver = viewStates[state] === undefined;
  if (at.ref === 0) {
    const { hints } = turn.server;
    turn.server = { ...turn.server, hints: isOver ? without(hints, at.line) : put(hints, at.line, state) };
    return;
  }
  if (isOver) {
    const gone = findCall(turn, at);
    if (gone !== undefined) endCall(turn, gone);
    return;
  }
  const call = known(turn, at);
  if (call === undefined) return;
  const isFirst = viewStates[call.state] === undefined;
  const isIncoming = isFirst ? viewStates[state] === "ring-in" : call.direction === "in";
  changeCall(turn, call.id, {
    state,
    direction: isIncoming || call.info?.direction === "in" ? "in" : "out",
    connectedAt: call.connectedAt ?? (state === "connected" ? turn.now : undefined),
    isKept: false,
  });
  if (shouldFocus(turn, state)) turn.server = { ...turn.server, focus: call.id, selectedLine: at.line };
  if (state === "off-hook") dialPending(turn, at);
}

/** A call that the server acts on is shown; one that rings only where nobody is dialling. */
function shouldFocus(turn: ServerTurn, state: ServerCallState): boolean {
  const shown = turn.server.calls.find(({ id }) => id === turn.server.focus);
  if (shown === undefined || viewStates[shown.state] === undefined) return true;
  if (viewStates[state] === "ring-in")
    return shown.state !== "off-hook" && viewStates[shown.state] !== "ring-in";
  return state !== "hold" && state !== "hold-reversion" && state !== "remote-in-use";
}

/** The server opened a call for a number the phone knows as a whole, or for one whose first digits came too early. */
function dialPending(turn: ServerTurn, at: CallRef): void {
  const { pending } = turn.server;
  if (pending === undefined) {
    typedAhead(turn, at);
    return;
  }
  turn.server = { ...turn.server, pending: undefined };
  changeCall(turn, callId(at), { digits: pending.number });
  emit(turn, { kind: "station", intent: { kind: "dial", number: pending.number, at } });
}

/** Digits typed between a key that opens a call (NewCall, a line) and the server's answer to it. */
function typedAhead(turn: ServerTurn, at: CallRef): void {
  const { preDial } = turn.desk;
  if (preDial === undefined) return;
  setPreDial(turn, "", undefined);
  changeCall(turn, callId(at), { digits: preDial.digits });
  for (const digit of preDial.digits)
    emit(turn, { kind: "station", intent: { kind: "digit", digit: digit as DigitKey, at } }); // typed on digit keys
}

/** Takes a call off the phone and lists it; the next one that is there is shown. */
export function endCall(turn: ServerTurn, call: ServerCall): void {
  record(turn, call);
  const calls = turn.server.calls.filter(({ id }) => id !== call.id);
  const isShown = turn.server.focus === call.id;
  const next = isShown ? calls.findLast(({ state }) => viewStates[state] !== undefined) : undefined;
  turn.server = {
    ...turn.server,
    calls,
    focus: isShown ? next?.id : turn.server.focus,
    selectedLine: next?.at.line ?? turn.server.selectedLine,
  };
}

function record(turn: ServerTurn, call: ServerCall): void {
  const peer = peerOf(call);
  if (call.history === "ignore" || peer === undefined || viewStates[call.state] === undefined) return;
  const incoming = call.connectedAt === undefined ? "missed" : "received";
  const derived = call.direction === "in" ? incoming : "placed";
  const kind = call.history === "unknown" ? derived : call.history;
  logCall(turn, kind, {
    line: call.at.line,
    peer,
    target: peer.number,
    atUnixMs: call.startedUnixMs,
    durationSec: call.connectedAt === undefined ? 0 : Math.round((turn.now - call.connectedAt) / 1000),
  });
}

/** Who is at the other end, as far as the server told. */
export function peerOf({ info, direction, digits }: ServerCall): Party | undefined {
  const told = direction === "in" ? info?.calling : info?.called;
  const isHidden =
    direction === "in" ? info?.isCallingRestricted === true : info?.isCalledRestricted === true;
  const number = told?.number || (direction === "out" ? digits : "");
  if (isHidden) return { name: "", number: "", uri: "", isAnonymous: true };
  return number === "" && (told?.name ?? "") === "" ? undefined : party({ name: told?.name ?? "", number });
}

function party({ name, number }: ServerParty): Party {
  return { name, number, uri: "", isAnonymous: false };
}

/** Who the call was for first. Only of calls that come in: some servers fill the fields on plain calls out as well. */
export function divertedBy({ info, direction }: ServerCall): Party | undefined {
  if (info === undefined || direction === "out") return undefined;
  const first = info.originalCalled.number === "" ? info.lastRedirecting : info.originalCalled;
  return first.number === "" || first.number === info.called.number ? undefined : party(first);
}

export function callInfo(turn: ServerTurn, at: CallRef, info: ServerCallInfo): void {
  const call = known(turn, at);
  if (call === undefined) return;
  const isIncoming = call.direction === "in" || info.direction !== "out";
  changeCall(turn, call.id, { info, direction: isIncoming ? "in" : "out" });
}

/** What the server says was dialled replaces the echo of what was typed. */
export function dialledNumber(turn: ServerTurn, at: CallRef, number: string): void {
  const call = findCall(turn, at);
  if (call !== undefined) changeCall(turn, call.id, { digits: number });
}

/** Echo of a typed digit. */
export function echoDigit(turn: ServerTurn, call: ServerCall, digit: string): void {
  if (call.state === "off-hook" && call.digits.length < mostDigits)
    changeCall(turn, call.id, { digits: call.digits + digit });
}

export function backspace(turn: ServerTurn, at: CallRef): void {
  const call = findCall(turn, at);
  if (call !== undefined) changeCall(turn, call.id, { digits: call.digits.slice(0, -1) });
}

/** Shows the calls of a line. */
export function callPlane(turn: ServerTurn, line: number | undefined): void {
  if (line === undefined || line === 0) return;
  const shown = turn.server.calls.find(({ id }) => id === turn.server.focus);
  const newest = turn.server.calls.findLast(
    ({ at, state }) => at.line === line && viewStates[state] !== undefined,
  );
  const focus = shown?.at.line === line ? turn.server.focus : (newest?.id ?? turn.server.focus);
  turn.server = { ...turn.server, selectedLine: line, focus };
}

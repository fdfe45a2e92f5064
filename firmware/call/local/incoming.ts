// Calls that come in: refused, sent on, offered while talking, ringing, answered by themselves or by a key.
import { beep, type Desk, setPreDial, wallNow } from "#firmware/call/desk.ts";
import { toneNamed } from "#firmware/call/dialplan/plan.ts";
import type { RefusalReason, RingName, ToneName } from "#firmware/call/intents.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { blankCall, isActive, isParty, type LocalCall, type LocalState } from "./calls.ts";
import { logRefused, openEar, park } from "./ear.ts";
import {
  activeCall,
  addCall,
  change,
  emergencyCall,
  findCall,
  focusedCall,
  focusOn,
  type LocalTurn,
  session,
  setStage,
} from "./turn.ts";

export type Incoming = SipNotice & { readonly kind: "incoming" };

/** The beep before a call that answers itself. */
const autoAnswerMs = 400;

/** Stages with a dialog that another call may take the place of; one that rings here is none (RFC 3891 §3). */
const replaceable: readonly LocalCall["stage"]["kind"][] = [
  "proceeding",
  "ring-out",
  "talking",
  "transferring",
  "joining",
];

/** A new call from outside. */
export function incoming(turn: LocalTurn, notice: Incoming): void {
  if (findCall(turn, notice.call) !== undefined) return;
  const replaced = findCall(turn, notice.replaces);
  if (replaced !== undefined && replaceable.includes(replaced.stage.kind)) {
    takePlace(turn, notice, replaced);
    return;
  }
  const reason = refusal(turn, notice);
  if (reason !== undefined) {
    session(turn, { kind: "refuse", call: notice.call, reason });
    logRefused(turn, notice.line, notice.from);
    return;
  }
  const target = turn.local.forwardTo;
  if (target !== undefined && !mayCallBack(turn)) {
    session(turn, { kind: "deflect", call: notice.call, target });
    return;
  }
  ring(turn, notice);
}

/** After an emergency call anybody may call back for a while, whatever is switched off. */
function mayCallBack(turn: LocalTurn): boolean {
  const { callbackUntil } = turn.local;
  return callbackUntil !== undefined && turn.now < callbackUntil;
}

/** Why the call cannot be offered; forwarding all calls comes before do not disturb and busy. */
function refusal(turn: LocalTurn, { line, from }: Incoming): RefusalReason | undefined {
  const { settings } = turn.desk;
  const { forwardTo, isDoNotDisturb } = turn.local;
  if (emergencyCall(turn) !== undefined) return "busy";
  if (!settings.lines.some((entry) => entry.line === line && entry.isProvisioned)) return "no-line";
  if (mayCallBack(turn)) return undefined;
  if (from.isAnonymous && settings.preferences.anonymousCallBlock.isOn) return "anonymous";
  if (forwardTo !== undefined) return undefined;
  if (isDoNotDisturb) return "do-not-disturb";
  return isFull(turn.desk, turn.local, line) ? "busy" : undefined;
}

/** Without call waiting one call is enough; with it, a line takes some. */
function isFull({ settings }: Desk, { calls }: LocalState, line: number): boolean {
  if (calls.length > 0 && !settings.preferences.callWaiting.isOn) return true;
  return calls.filter((call) => call.line === line && isParty(call)).length >= settings.callsPerLine;
}

/** Whether a call on this line would be refused as busy, or because nobody is to be disturbed. */
export function wouldRefuse(desk: Desk, local: LocalState, line: number): boolean {
  return local.isDoNotDisturb || isFull(desk, local, line);
}

function ring(turn: LocalTurn, notice: Incoming): void {
  const { settings } = turn.desk;
  const wasIdle = turn.local.calls.length === 0 && turn.desk.audio.path === undefined;
  const call = arrived(turn, notice, { kind: "ring-in", ...ringOf(notice.alertInfo) });
  addCall(turn, call);
  session(turn, { kind: "ring", call: call.id });
  const active = activeCall(turn);
  const isFree = active === undefined && focusedCall(turn)?.stage.kind !== "ring-in";
  if (isFree || active?.stage.kind === "talking" || active?.stage.kind === "over") focusOn(turn, call);
  const isAuto =
    settings.autoAnswerLines.includes(notice.line) || (notice.isAutoAnswer && settings.canCallerAutoAnswer);
  if (!isAuto || !wasIdle) return;
  answerCall(turn, call);
  beep(turn, "auto-answer", autoAnswerMs);
}

function arrived(turn: LocalTurn, notice: Incoming, stage: LocalCall["stage"]): LocalCall {
  return {
    ...blankCall(notice.call, notice.line, "in", stage),
    peer: notice.from,
    divertedBy: notice.divertedBy,
    startedUnixMs: wallNow(turn),
  };
}

/** A call of the same conversation takes the place of another without ringing (RFC 3891). */
function takePlace(turn: LocalTurn, notice: Incoming, replaced: LocalCall): void {
  const isHoldWanted = !isActive(replaced);
  const call = arrived(turn, notice, { kind: "answering", isHoldWanted });
  const wasFocused = turn.local.focus === replaced.id;
  setStage(turn, replaced.id, { kind: "replaced" });
  const conference = turn.local.conference?.map((id) => (id === replaced.id ? call.id : id));
  const [first, second] = conference ?? [];
  turn.local = {
    ...turn.local,
    conference: first === undefined || second === undefined ? undefined : [first, second],
  };
  addCall(turn, {
    ...call,
    line: replaced.line,
    purpose: replaced.purpose,
    isEmergency: replaced.isEmergency,
  });
  if (wasFocused) turn.local = { ...turn.local, focus: call.id };
  if (!isHoldWanted) openEar(turn);
}

/** Answers a ringing call; whatever had the ear goes on hold first. */
export function answerCall(turn: LocalTurn, call: LocalCall): void {
  setPreDial(turn, "", undefined);
  park(turn);
  openEar(turn);
  setStage(turn, call.id, { kind: "answering", isHoldWanted: false });
  change(turn, call.id, { remark: undefined });
  focusOn(turn, call);
}

/** The ringing call a key would answer: the one shown, else the oldest. */
export function ringingCall(turn: LocalTurn, line?: number): LocalCall | undefined {
  const ringing = turn.local.calls.filter(
    (call) => call.stage.kind === "ring-in" && (line === undefined || call.line === line),
  );
  return ringing.find(({ id }) => id === turn.local.focus) ?? ringing[0];
}

/** Alert-Info `Bellcore-dr1` … `dr5`, in angle brackets or as file URI or plain, chooses ring and waiting tone. */
export function ringOf(alertInfo: string | undefined): {
  readonly ring: RingName;
  readonly waiting: ToneName;
} {
  const number = /bellcore-dr([1-5])\b/i.exec(alertInfo ?? "")?.[1];
  switch (number) {
    case "2":
      return { ring: "dr2", waiting: "call-waiting-2" };
    case "3":
      return { ring: "dr3", waiting: "call-waiting-3" };
    case "4":
      return { ring: "dr4", waiting: "call-waiting-4" };
    case "5":
      return { ring: "dr5", waiting: "call-waiting" };
    default:
      return { ring: "dr1", waiting: "call-waiting" };
  }
}

/** What is heard for a 180: its Alert-Info may name a tone instead of ringback. */
export function ringbackOf(alertInfo: string | undefined): ToneName {
  const name = /[a-z]+-[a-z0-9]+/i.exec((alertInfo ?? "").replace(/file:\/\//i, ""))?.[0];
  return (name === undefined ? undefined : toneNamed(name)) ?? "alerting";
}

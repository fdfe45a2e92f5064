// From dial tone to a complete number: digits one by one through the dial plan, or a number known as a whole.
import { complete as completeFromLog, lastPlaced } from "#firmware/call/call-log.ts";
import { emit, newCallId, say, setPreDial, wallNow } from "#firmware/call/desk.ts";
import { matchPlan, meaningOfPound } from "#firmware/call/dialplan/match.ts";
import { type Dialled, dialled, isUri } from "#firmware/call/dialplan/rewrite.ts";
import type { ToneName } from "#firmware/call/intents.ts";
import type { PromptCode } from "#firmware/call/view.ts";
import type { DigitKey } from "#hal/contract/panel.ts";
import { later } from "#hal/contract/time.ts";
import { blankCall, isParty, type LocalCall, type Purpose } from "./calls.ts";
import { closeEar, drop, fail, failureToneMs, openEar, park } from "./ear.ts";
import { emergencyTarget, emergencyWait, isEmergencyNumber } from "./emergency.ts";
import {
  activeCall,
  addCall,
  change,
  emergencyCall,
  findCall,
  focusOn,
  type LocalTurn,
  setStage,
} from "./turn.ts";

/** Longest number or URI that can be typed. */
const mostDigits = 255;

/** How long the confirmation of a forward is heard hands-free. */
const confirmationMs = 1_000;

/** Opens a line: dial tone, and a call that collects digits. Everything that had the ear makes way. */
export function openLine(
  turn: LocalTurn,
  line: number,
  purpose: Purpose = { kind: "call" },
): LocalCall | undefined {
  if (emergencyCall(turn) !== undefined) {
    say(turn, "emergency-call");
    return undefined;
  }
  const restriction = restrictionOf(turn, line);
  park(turn);
  openEar(turn);
  const call: LocalCall = {
    ...blankCall(newCallId(turn), line, "out", {
      kind: "dialling",
      dueAt: later(turn.now, turn.desk.settings.firstDigitMs),
      tone: dialTone(turn, line),
    }),
    purpose,
    restriction,
    remark: restriction,
  };
  addCall(turn, call);
  focusOn(turn, call);
  return call;
}

/** Why only emergency numbers can be dialled on a line now. */
function restrictionOf(turn: LocalTurn, line: number): PromptCode | undefined {
  const { settings } = turn.desk;
  if (settings.outgoing === "emergency-only") return "emergency-only";
  if (!settings.lines.some((entry) => entry.line === line && entry.isProvisioned)) return "no-line";
  const calls = turn.local.calls.filter((call) => call.line === line && isParty(call));
  return calls.length >= settings.callsPerLine ? "too-many-calls" : undefined;
}

/** Stutter while messages wait on this line, where that is configured. */
function dialTone(turn: LocalTurn, line: number): ToneName {
  const hasMessages = turn.local.waiting.some((entry) => entry.line === line);
  return hasMessages && turn.desk.settings.hasStutterTone ? "stutter-dial" : "inside-dial";
}

/** A digit for the call that collects them. */
export function addDigit(turn: LocalTurn, call: LocalCall, digit: DigitKey): void {
  const { settings } = turn.desk;
  if (digit === "#") {
    const meaning = meaningOfPound(settings.dialPlan, call.line, call.digits);
    if (meaning === "dial") finishDialling(turn, call.id);
    if (meaning !== "digit") return;
  }
  if (call.digits.length < mostDigits) setDigits(turn, call.id, call.digits + digit);
  consultPlan(turn, call.id);
}

/** Takes the last digit back; with none left it is the dial tone again, as at the beginning. */
export function removeDigit(turn: LocalTurn, call: LocalCall): void {
  setDigits(turn, call.id, call.digits.slice(0, -1));
  consultPlan(turn, call.id);
}

function setDigits(turn: LocalTurn, id: string, digits: string): void {
  change(turn, id, { digits, suggestion: suggestionFor(turn, digits) });
}

/** The number of the logs that is offered behind the cursor. */
export function suggestionFor(turn: LocalTurn, digits: string): string | undefined {
  return turn.desk.settings.hasAutocomplete ? completeFromLog(turn.desk.log, digits) : undefined;
}

/** Another plan may have come while somebody dials: what was typed before it belongs to it too. */
export function consultNewPlan(turn: LocalTurn): void {
  for (const { id, stage, digits } of turn.local.calls)
    if (stage.kind === "dialling" && digits !== "") consultPlan(turn, id);
}

/** What the plan says about the digits now: dial, wait, a secondary tone. */
function consultPlan(turn: LocalTurn, id: string): void {
  const call = findCall(turn, id);
  if (call === undefined) return;
  const { settings } = turn.desk;
  const { line, digits } = call;
  if (digits === "") {
    const dueAt = later(turn.now, settings.firstDigitMs);
    setStage(turn, id, { kind: "dialling", dueAt, tone: dialTone(turn, line) });
    return;
  }
  const match = matchPlan(settings.dialPlan, line, digits);
  const ruleMs = match.kind === "complete" ? seconds(match.found.rule.timeoutSec) : undefined;
  const emergencyMs = call.purpose.kind === "forward" ? undefined : emergencyWait(settings, line, digits);
  const waitMs = emergencyMs ?? ruleMs ?? settings.interDigitMs;
  if (waitMs === 0) finishDialling(turn, id);
  else setStage(turn, id, { kind: "dialling", dueAt: later(turn.now, waitMs), tone: match.tone });
}

const seconds = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : value * 1000;

/** The first-digit or inter-digit time is over. */
export function diallingDue(turn: LocalTurn, call: LocalCall): void {
  if (call.digits !== "") {
    finishDialling(turn, call.id);
    return;
  }
  if (turn.desk.audio.path === "handset")
    setStage(turn, call.id, { kind: "over", tone: "permanent", dueAt: undefined });
  else {
    drop(turn, call.id);
    closeEar(turn);
  }
}

/** The number is complete: off it goes, as the plan makes it, without waiting. */
export function finishDialling(turn: LocalTurn, id: string): void {
  const call = findCall(turn, id);
  if (call === undefined || call.digits === "") return;
  const { settings } = turn.desk;
  const { line, digits } = call;
  const isEmergency = isEmergencyNumber(settings, line, digits);
  if (call.purpose.kind === "forward") {
    finishForward(turn, call, isEmergency);
    return;
  }
  if (call.restriction !== undefined && !isEmergency) {
    fail(turn, id, { tone: "reorder", remark: call.restriction });
    return;
  }
  const number = isEmergency ? emergencyTarget(settings, line, digits) : numberFor(turn, line, digits);
  const { lastDialled } = turn.local;
  turn.local = { ...turn.local, lastDialled: new Map(lastDialled).set(line, digits) };
  change(turn, id, {
    stage: { kind: "placing", dialled: number },
    purpose: isEmergency ? { kind: "call" } : call.purpose,
    peer: { name: "", number: digits, uri: isUri(number.target) ? number.target : "", isAnonymous: false },
    target: number.target,
    suggestion: undefined,
    isEmergency,
    remark: isEmergency ? "emergency-call" : undefined,
    startedUnixMs: wallNow(turn),
  });
}

function numberFor(turn: LocalTurn, line: number, digits: string): Dialled {
  if (isUri(digits)) return { target: digits, route: "url", user: undefined, rule: undefined };
  return dialled(turn.desk.settings.dialPlan, line, digits);
}

/** Calls go there from now on. Emergency services are no place to forward to. */
function finishForward(turn: LocalTurn, call: LocalCall, isEmergency: boolean): void {
  if (isEmergency) {
    fail(turn, call.id, { tone: "reorder", remark: "key-not-active" });
    return;
  }
  const { target } = numberFor(turn, call.line, call.digits);
  setForward(turn, target);
  say(turn, "forwarded-to", { target });
  const isHandset = turn.desk.audio.path === "handset";
  const dueAt = later(turn.now, isHandset ? failureToneMs : confirmationMs);
  change(turn, call.id, { stage: { kind: "over", tone: "confirmation", dueAt }, remark: "forwarded-to" });
}

/** Forwards all calls, or none. */
export function setForward(turn: LocalTurn, target: string | undefined): void {
  turn.local = { ...turn.local, forwardTo: target };
  emit(turn, { kind: "forward", target });
}

/** Dials a number known as a whole: redial, directory, speed dial, messages, console. */
export function dialTarget(turn: LocalTurn, target: string, line: number | undefined): void {
  const digits = cleanTarget(target);
  if (digits === "") return;
  const open = activeCall(turn);
  const collects = open?.stage.kind === "dialling" && open.digits === "" && (line ?? open.line) === open.line;
  const call = collects ? open : openLine(turn, line ?? lineToUse(turn));
  if (call === undefined) return;
  change(turn, call.id, { digits });
  finishDialling(turn, call.id);
}

/** Takes spaces and the like out of a written number; a URI stays as it is. */
function cleanTarget(target: string): string {
  const text = target.trim().slice(0, mostDigits);
  return /^[0-9*#+\s().\-/]+$/.test(text) ? text.replace(/[^0-9*#+]/g, "") : text;
}

/** The selected line, or the first that has a user. */
export function lineToUse(turn: LocalTurn): number {
  const { lines } = turn.desk.settings;
  const selected = lines.find(({ line }) => line === turn.local.selectedLine);
  if (selected?.isProvisioned === true) return selected.line;
  return lines.find(({ isProvisioned }) => isProvisioned)?.line ?? turn.local.selectedLine;
}

/** The number last dialled on the line. */
export function redial(turn: LocalTurn): void {
  const line = lineToUse(turn);
  const target = turn.local.lastDialled.get(line) ?? lastPlaced(turn.desk.log, line);
  if (target === undefined) say(turn, "nothing-to-redial");
  else dialTarget(turn, target, line);
}

/** Digits typed before anything was lifted. */
export function addPreDial(turn: LocalTurn, digit: DigitKey): void {
  const digits = ((turn.desk.preDial?.digits ?? "") + digit).slice(0, mostDigits);
  setPreDial(turn, digits, suggestionFor(turn, digits));
}

/** Dials what was typed on hook. */
export function dialPreDialled(turn: LocalTurn, line: number): void {
  const { preDial } = turn.desk;
  setPreDial(turn, "", undefined);
  if (preDial !== undefined) dialTarget(turn, preDial.digits, line);
}

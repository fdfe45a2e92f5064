// Local calls as the screens see them.
import type { Desk } from "#firmware/call/desk.ts";
import type { KeySettings } from "#firmware/call/settings.ts";
import type {
  CallView,
  LineKeyView,
  PhoneView,
  PromptCode,
  PromptView,
  SoftkeyView,
} from "#firmware/call/view.ts";
import type { LineState } from "#firmware/sip/notices.ts";
import type { LampMode } from "#hal/contract/panel.ts";
import { type LocalCall, type LocalState, type Stage, viewState } from "./calls.ts";
import { localSoftkeys } from "./softkeys.ts";

/** What local control contributes to the view. */
export type LocalView = Pick<
  PhoneView,
  | "lineKeys"
  | "selectedLine"
  | "calls"
  | "softkeys"
  | "prompt"
  | "hasMessages"
  | "isDoNotDisturb"
  | "forwardedTo"
>;

export function localView(desk: Desk, local: LocalState): LocalView {
  const calls = local.calls
    .filter(({ stage }) => stage.kind !== "replaced")
    .map((call) => callView(local, call));
  const softkeys: SoftkeyView[] = localSoftkeys(desk, local).map((id, place) => ({
    id,
    serverLabel: undefined,
    place,
  }));
  return {
    lineKeys: desk.settings.keys.map((key) => lineKey(desk, local, calls, key)),
    selectedLine: local.selectedLine,
    calls,
    softkeys,
    prompt: prompt(desk, local),
    hasMessages: local.waiting.length > 0,
    isDoNotDisturb: local.isDoNotDisturb,
    forwardedTo: local.forwardTo,
  };
}

function callView(local: LocalState, call: LocalCall): CallView {
  const { stage } = call;
  return {
    id: call.id,
    line: call.line,
    state: viewState(call, local.conference?.includes(call.id) === true),
    direction: call.direction,
    peer: call.peer,
    digits: call.digits,
    connectedAt: call.connectedAt,
    isSelected: call.id === local.focus,
    suggestion: call.suggestion,
    divertedBy: call.divertedBy,
    failure: stage.kind === "failed" ? { status: stage.status, reason: stage.reason } : undefined,
  };
}

function lineKey(desk: Desk, local: LocalState, calls: readonly CallView[], key: KeySettings): LineKeyView {
  const nothing = {
    state: { kind: "unprovisioned" } as const,
    lamp: "off",
    hasMessages: false,
    isForwarded: false,
  } as const;
  if (key.kind === "none") return { kind: "none", label: "", ...nothing };
  if (key.kind === "speed-dial") return { kind: "speed-dial", label: key.label, ...nothing };
  const settings = desk.settings.lines.find(({ line }) => line === key.line);
  const provisioned: LineState = { kind: "not-registering" };
  const unknown: LineState = settings?.isProvisioned === true ? provisioned : { kind: "unprovisioned" };
  return {
    kind: "line",
    label: settings?.label ?? "",
    state: local.registrations.get(key.line) ?? unknown,
    lamp: lineLamp(calls.filter(({ line }) => line === key.line)),
    hasMessages: local.waiting.some(({ line }) => line === key.line),
    isForwarded: local.forwardTo !== undefined,
  };
}

/** The lamp of a line from the states of its calls: ringing before talking before held. */
export function lineLamp(calls: readonly CallView[]): LampMode {
  if (calls.some(({ state }) => state === "ring-in")) return "blink";
  const isHeld = ({ state }: CallView): boolean => state === "hold" || state === "transfer";
  if (calls.some((call) => !isHeld(call) && call.state !== "ended")) return "on";
  return calls.some(isHeld) ? "wink" : "off";
}

function code(name: PromptCode, facts: Readonly<Record<string, string | number>> = {}): PromptView {
  return { kind: "code", code: name, facts };
}

function prompt(desk: Desk, local: LocalState): PromptView | undefined {
  const call = local.calls.find(({ id }) => id === local.focus);
  if (desk.preDial !== undefined && call?.stage.kind !== "ring-in") return code("enter-number");
  if (call !== undefined) return callPrompt(local, call);
  if (local.forwardTo !== undefined) return code("forwarded-to", { target: local.forwardTo });
  return local.isDoNotDisturb ? code("do-not-disturb") : undefined;
}

function callPrompt(local: LocalState, call: LocalCall): PromptView | undefined {
  const { stage, purpose, remark, peer } = call;
  if (stage.kind === "failed" && remark === "call-failed") return code(remark, failureFacts(stage));
  if (remark !== undefined && stage.kind !== "talking") return code(remark, forwardFacts(local, remark));
  switch (stage.kind) {
    case "dialling":
      return code(
        (
          {
            call: "enter-number",
            transfer: "enter-transfer-target",
            "blind-transfer": "enter-blind-transfer-target",
            conference: "enter-conference-target",
            forward: "enter-forward-target",
          } as const
        )[purpose.kind],
      );
    case "placing":
    case "proceeding":
      return code("proceeding", { number: call.digits });
    case "ring-out":
      return stage.ringback === undefined ? code("proceeding", { number: call.digits }) : code("ring-out");
    case "ring-in":
      return code("from", callerFacts(peer));
    case "answering":
      return code("connected");
    case "talking":
      return code(call.isEmergency ? "emergency-call" : talkingCode(local, call));
    case "transferring":
    case "joining":
      return code("transferring");
    case "failed":
      return code("call-failed", failureFacts(stage));
    case "over":
    case "replaced":
      return undefined;
  }
}

function talkingCode(local: LocalState, call: LocalCall): PromptCode {
  const state = viewState(call, local.conference?.includes(call.id) === true);
  return state === "hold" || state === "held" || state === "conference" ? state : "connected";
}

const forwardFacts = (local: LocalState, remark: PromptCode): Readonly<Record<string, string>> =>
  remark === "forwarded-to" ? { target: local.forwardTo ?? "" } : {};

/** Name and number; a number alone stands in for the name. */
function callerFacts(peer: LocalCall["peer"]): Readonly<Record<string, string>> {
  const { name, number } = peer ?? { name: "", number: "" };
  if (name === "") return { name: number };
  return number === "" ? { name } : { name, number };
}

/** Status and reason, as far as there are any. */
function failureFacts({
  status,
  reason,
  retryAfterSec,
}: Stage & { kind: "failed" }): Readonly<Record<string, string | number>> {
  return {
    ...(status === undefined ? {} : { status }),
    ...(reason === "" ? {} : { reason }),
    ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
  };
}

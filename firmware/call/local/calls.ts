// Calls as the phone itself controls them (SIP): the stages of one call, and what is on the phone at once.

import type { Dialled } from "#firmware/call/dialplan/rewrite.ts";
import type { CallId, RingName, ToneName } from "#firmware/call/intents.ts";
import { noPorts, type Ports } from "#firmware/call/outputs.ts";
import type { CallState, PromptCode } from "#firmware/call/view.ts";
import type { LineState, NegotiatedMedia, Party } from "#firmware/sip/notices.ts";
import type { MonoMs } from "#hal/contract/time.ts";

/** What the number of a new call is for. The named call waits on hold. */
export type Purpose =
  | { readonly kind: "call" }
  | { readonly kind: "transfer"; readonly of: CallId }
  | { readonly kind: "blind-transfer"; readonly of: CallId }
  | { readonly kind: "conference"; readonly of: CallId }
  | { readonly kind: "forward" };

/** Our own hold: what the person wants, and what the other side has agreed to so far. */
export interface Hold {
  readonly isWanted: boolean;
  readonly now: "active" | "holding" | "held" | "resuming";
  /** An answer that has not come by then is a refusal. */
  readonly answerBy?: MonoMs;
}

export type Stage =
  /** Dial tone or digits; `dueAt`: first-digit or inter-digit time. `tone`: what is heard. */
  | { readonly kind: "dialling"; readonly dueAt: MonoMs; readonly tone: ToneName | undefined }
  /** The number is complete; ports, or another call's hold, are not there yet. */
  | { readonly kind: "placing"; readonly dialled: Dialled }
  | { readonly kind: "proceeding" }
  /** `ringback` is heard unless early media is; undefined: only early media (183). */
  | { readonly kind: "ring-out"; readonly ringback: ToneName | undefined }
  | { readonly kind: "ring-in"; readonly ring: RingName; readonly waiting: ToneName }
  /** Answered here; ports, or another call's hold, are not there yet. */
  | { readonly kind: "answering"; readonly isHoldWanted: boolean }
  | { readonly kind: "talking"; readonly hold: Hold; readonly isHeldByPeer: boolean }
  /**
   * The other party was sent elsewhere; `consultation`: the call it is joined with, undefined for a blind transfer.
   * `hold`: how it stood on the wire, should the transfer fail.
   */
  | {
      readonly kind: "transferring";
      readonly consultation: CallId | undefined;
      readonly hold: Hold["now"];
      /** Nothing final was told by then: it has failed. */
      readonly dueAt: MonoMs;
    }
  /** Waits to be joined with the call that is transferred. */
  | { readonly kind: "joining"; readonly hold: Hold["now"] }
  /** A call of the same dialog took its place; the other side ends it. */
  | { readonly kind: "replaced" }
  | {
      readonly kind: "failed";
      readonly tone: ToneName;
      readonly status: number | undefined;
      readonly reason: string;
      /** The other side says when it is worth to call again. */
      readonly retryAfterSec?: number | undefined;
      /** Then a lifted handset is warned, and a hands-free path closes. */
      readonly dueAt: MonoMs;
    }
  /** Nothing to talk to any more, but the path is still open; `dueAt` as above, undefined: warned already. */
  | { readonly kind: "over"; readonly tone: ToneName | undefined; readonly dueAt: MonoMs | undefined };

export interface LocalCall {
  readonly id: CallId;
  readonly line: number;
  readonly direction: "in" | "out";
  readonly stage: Stage;
  readonly purpose: Purpose;
  readonly peer: Party | undefined;
  readonly divertedBy: Party | undefined;
  /** As typed or called, before the dial plan. */
  readonly digits: string;
  readonly suggestion: string | undefined;
  /** What the dial plan made of it. */
  readonly target: string;
  readonly ports: Ports;
  readonly media: NegotiatedMedia | undefined;
  /** Packets of the other side have come. */
  readonly isHeard: boolean;
  readonly isEmergency: boolean;
  /** Why only an emergency number may be dialled here. */
  readonly restriction: PromptCode | undefined;
  /** What the prompt line says about it, beyond its state. */
  readonly remark: PromptCode | undefined;
  readonly connectedAt: MonoMs | undefined;
  readonly startedUnixMs: number | undefined;
}

/** Messages waiting, as told for a line. */
export interface Waiting {
  readonly line: number;
  readonly newCount: number | undefined;
}

export interface LocalState {
  /** In order of appearance. */
  readonly calls: readonly LocalCall[];
  /** The call shown, whose keys are below the panel. */
  readonly focus: CallId | undefined;
  readonly selectedLine: number;
  /** Two calls mixed here. */
  readonly conference: readonly [CallId, CallId] | undefined;
  /** Two calls to be joined as soon as the second one is on hold too. */
  readonly transfer: { readonly first: CallId; readonly consultation: CallId } | undefined;
  /** Digits last dialled on a line, for redial. */
  readonly lastDialled: ReadonlyMap<number, string>;
  readonly registrations: ReadonlyMap<number, LineState>;
  readonly waiting: readonly Waiting[];
  /** Where all calls go, once a key changed it; until then the settings say. */
  readonly forwardTo: string | undefined;
  readonly isDoNotDisturb: boolean;
  /** Until then anybody may call back after an emergency call. */
  readonly callbackUntil: MonoMs | undefined;
  /** The ringer reminds of a held call until then. */
  readonly remindUntil: MonoMs | undefined;
  /** Handset up and no call: when the warning starts, or that it sounds. */
  readonly forgotten: { readonly warnsAt: MonoMs } | "warning" | undefined;
}

export const talkingNow: Stage = {
  kind: "talking",
  hold: { isWanted: false, now: "active" },
  isHeldByPeer: false,
};

/** A call with nothing known about it yet. */
export function blankCall(id: CallId, line: number, direction: "in" | "out", stage: Stage): LocalCall {
  return {
    id,
    line,
    direction,
    stage,
    purpose: { kind: "call" },
    peer: undefined,
    divertedBy: undefined,
    digits: "",
    suggestion: undefined,
    target: "",
    ports: noPorts,
    media: undefined,
    isHeard: false,
    isEmergency: false,
    restriction: undefined,
    remark: undefined,
    connectedAt: undefined,
    startedUnixMs: undefined,
  };
}

/** Whether this call has the ear: everything that is neither ringing here nor on hold. */
export function isActive({ stage }: LocalCall): boolean {
  switch (stage.kind) {
    case "dialling":
    case "placing":
    case "proceeding":
    case "ring-out":
    case "failed":
    case "over":
      return true;
    case "answering":
      return !stage.isHoldWanted;
    case "talking":
      return !stage.hold.isWanted;
    case "ring-in":
    case "transferring":
    case "joining":
    case "replaced":
      return false;
  }
}

/** Whether it is, or soon will be, a conversation that a person can leave and come back to. */
export function isParty({ stage }: LocalCall): boolean {
  return stage.kind !== "failed" && stage.kind !== "over" && stage.kind !== "replaced";
}

/** The state a screen shows. */
export function viewState(call: LocalCall, isInConference: boolean): CallState {
  const { stage } = call;
  switch (stage.kind) {
    case "dialling":
      return "off-hook";
    case "placing":
    case "proceeding":
      return "proceeding";
    case "ring-out":
      return stage.ringback === undefined ? "proceeding" : "ring-out";
    case "ring-in":
      return "ring-in";
    case "answering":
      return stage.isHoldWanted ? "hold" : "connected";
    case "talking":
      if (stage.hold.isWanted) return "hold";
      if (isInConference) return "conference";
      return stage.isHeldByPeer ? "held" : "connected";
    case "transferring":
    case "joining":
      return "transfer";
    case "failed":
      return stage.tone === "busy" ? "busy" : "failed";
    case "over":
    case "replaced":
      return "ended";
  }
}

/** No calls, the lines as the settings have them. */
export const idleLocal: LocalState = {
  calls: [],
  focus: undefined,
  selectedLine: 1,
  conference: undefined,
  transfer: undefined,
  lastDialled: new Map(),
  registrations: new Map(),
  waiting: [],
  forwardTo: undefined,
  isDoNotDisturb: false,
  callbackUntil: undefined,
  remindUntil: undefined,
  forgotten: undefined,
};

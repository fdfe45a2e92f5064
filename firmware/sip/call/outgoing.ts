// A call of ours until it is answered: calling, proceeding, cancelling (RFC 3261 §13.2, §9.1, §8.1.3.4).
import { go, ignore, type Moment, type Step } from "#firmware/runtime/machine.ts";
import { makeOffer, readAnswer, undescribed } from "#firmware/sip/offer-answer.ts";
import { parseSdp, type SessionDescription } from "#firmware/sip/sdp.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { later } from "#hal/contract/time.ts";
import {
  type Advice,
  type Attempt,
  type CallEffect,
  type CallEvent,
  type CallMedia,
  type CallState,
  type DescriptionSettings,
  ended,
  type MediaPlace,
  notify,
  sideOf,
} from "./state.ts";

export type CallStep = Step<CallState, CallEffect>;
type OutgoingState = Extract<CallState, { kind: "calling" | "proceeding" }>;
type Of<Kind extends CallEvent["kind"]> = Extract<CallEvent, { kind: Kind }>;

export interface OutgoingOptions {
  readonly settings: DescriptionSettings;
  readonly inviteExpiresSec: number;
  /** A number for `o=`, new for every call. */
  readonly sessionId: number;
}

/** Media of a call that has just begun. */
export function newMedia(place: MediaPlace, sessionId: number): CallMedia {
  return { place, local: undescribed(sessionId), agreed: undefined, isHeld: false, isHeldByPeer: false };
}

/** A description that can be read, or undefined: a body that cannot is as good as none. */
export function readSdp(body: Uint8Array | undefined): SessionDescription | undefined {
  if (body === undefined) return undefined;
  try {
    return parseSdp(body);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

export function place(event: Of<"place">, options: OutgoingOptions, { now }: Moment): CallStep {
  const fresh = newMedia(event.place, options.sessionId);
  const media = { ...fresh, local: makeOffer(sideOf(options.settings, fresh), fresh.local) };
  const attempt: Attempt = { uri: event.uri, proxy: undefined, without: [], leastSessionSec: 0 };
  const state: CallState = {
    kind: "calling",
    attempt,
    media,
    giveUpAt: later(now, options.inviteExpiresSec * 1000),
    tried: [event.uri],
    left: [],
    retried: [],
    early: {},
  };
  return go(state, "INVITE", [{ kind: "invite", attempt, sdp: media.local.body }]);
}

/** "The first SDP in a dialog is the answer, later ones are ignored" (§13.2.1, reference row UAC-026). */
export function progressed(state: OutgoingState, event: Of<"progress">, options: OutgoingOptions): CallStep {
  const { status, dialog, alertInfo } = event;
  if (status === 100) return go({ ...state, kind: "proceeding" }, "100");
  const effects: CallEffect[] = [];
  let { early } = state;
  const answer = early[dialog] === undefined ? readSdp(event.sdp) : undefined;
  const agreed =
    answer === undefined
      ? undefined
      : readAnswer(sideOf(options.settings, state.media), state.media.local, answer);
  if (agreed?.kind === "agreed") {
    early = { ...early, [dialog]: agreed.media };
    effects.push(notify({ kind: "media", media: agreed.media }));
  }
  effects.push(notify({ kind: "progress", status, isRinging: status === 180, alertInfo }));
  return go({ ...state, kind: "proceeding", early }, String(status), effects);
}

export function accepted(state: OutgoingState, event: Of<"accepted">, options: OutgoingOptions): CallStep {
  const { dialog, peer, timer } = event;
  const early = state.early[dialog];
  const answer = early === undefined ? readSdp(event.sdp) : undefined;
  const read =
    answer === undefined
      ? undefined
      : readAnswer(sideOf(options.settings, state.media), state.media.local, answer);
  const agreed = early ?? (read?.kind === "agreed" ? read.media : undefined);
  const ack: CallEffect = { kind: "ack", dialog };
  if (agreed === undefined)
    return go({ kind: "ended" }, "answered without usable media", [
      ack,
      { kind: "bye" },
      ended("network", 488),
    ]);
  const isHeldByPeer = read?.kind === "agreed" && read.isHeldByPeer === true;
  const media: CallMedia = { ...state.media, agreed, isHeldByPeer };
  const effects = [ack, notify({ kind: "media", media: agreed }), notify({ kind: "answered", peer })];
  if (isHeldByPeer) effects.push(notify({ kind: "held-by-peer", isHeld: true }));
  return go(
    { kind: "confirmed", media, change: { kind: "none" }, wantsHeld: false, timer, leaveAt: undefined },
    "answered",
    effects,
  );
}

/** Statuses after which one changed request is tried: the offending part left out, or the interval longer. */
function corrected(state: OutgoingState, status: number, advice: Advice): Attempt | undefined {
  if (state.retried.includes(status)) return undefined;
  const { attempt } = state;
  if (status === 420 && advice.unsupported.length > 0)
    return { ...attempt, without: [...attempt.without, ...advice.unsupported] };
  if (status === 422 && advice.leastSessionSec > 0)
    return { ...attempt, leastSessionSec: advice.leastSessionSec };
  return undefined;
}

/** 3xx: contacts not tried yet; 305 names a proxy for the same URI; 380 is followed as the guide says. */
function redirected(state: OutgoingState, status: number, advice: Advice): readonly Attempt[] {
  if (status < 300 || status > 399) return [];
  const { attempt } = state;
  return advice.contacts
    .filter((uri) => !state.tried.includes(uri) && !state.left.some((left) => left.uri === uri))
    .map((uri) => (status === 305 ? { ...attempt, proxy: uri } : { ...attempt, uri, proxy: undefined }));
}

export function rejected(state: OutgoingState, event: Of<"rejected">): CallStep {
  const { status, reason, isLocal, advice } = event;
  const again = corrected(state, status, advice);
  const { media } = state;
  if (again !== undefined) {
    const retried = [...state.retried, status];
    const next: CallState = { ...state, kind: "calling", attempt: again, retried, early: {} };
    return go(next, `${status}, once more`, [{ kind: "invite", attempt: again, sdp: media.local.body }]);
  }
  const [attempt, ...left] = [...redirected(state, status, advice), ...state.left];
  if (attempt !== undefined) {
    const tried = [...state.tried, attempt.proxy ?? attempt.uri];
    const next: CallState = { ...state, kind: "calling", attempt, left, tried, early: {} };
    return go(next, `${status} to ${attempt.uri}`, [{ kind: "invite", attempt, sdp: media.local.body }]);
  }
  return go({ kind: "ended" }, String(status), [
    ended(isLocal ? "network" : "peer", status, reason, advice.retryAfterSec),
  ]);
}

/** The person is free at once; what is still on the wire is ended in silence (§9.1, §15). */
export function hungUp(by: "us" | "network", status?: number): CallStep {
  return go({ kind: "cancelling" }, by === "us" ? "hung up" : "no answer in time", [
    { kind: "cancel" },
    ended(by, status),
  ]);
}

/** After CANCEL: a 2xx that crossed is acknowledged and ended; anything else final is the end. */
export function cancelling(event: CallEvent): CallStep {
  const state: CallState = { kind: "cancelling" };
  if (event.kind === "accepted")
    return go({ kind: "ended" }, "answered too late", [{ kind: "end-extra", dialog: event.dialog }]);
  if (event.kind === "rejected") return go({ kind: "ended" }, String(event.status));
  return ignore(state, event.kind);
}

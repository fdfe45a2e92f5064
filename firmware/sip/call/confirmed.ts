// A call that is up: hold and resume from either side, glare, session refresh, and its end (RFC 3261 §14, §15, RFC 4028).

import { below } from "#firmware/runtime/chance.ts";
import { go, ignore, type Moment, stay, type Timer } from "#firmware/runtime/machine.ts";
import { makeAnswer, makeOffer, readAnswer } from "#firmware/sip/offer-answer.ts";
import type { SessionDescription } from "#firmware/sip/sdp.ts";
import { later } from "#hal/contract/time.ts";
import { glarePauseMs } from "./glare.ts";
import type { IncomingOptions } from "./incoming.ts";
import { type CallStep, readSdp } from "./outgoing.ts";
import { refreshed, refreshSent } from "./session-timer.ts";
import {
  type CallEffect,
  type CallEvent,
  type CallMedia,
  type CallState,
  type Change,
  ended,
  notify,
  sideOf,
} from "./state.ts";

export type Confirmed = Extract<CallState, { kind: "confirmed" }>;
type Of<Kind extends CallEvent["kind"]> = Extract<CallEvent, { kind: Kind }>;

export interface ConfirmedOptions extends IncomingOptions {
  /** We placed the call: its Call-ID is ours. */
  readonly isCallIdOurs: boolean;
}

/**
 * A transferor ends its call itself once it has heard that the transfer came about (RFC 5359 §2.5); one that does not
 * within the time of a transaction is told by BYE.
 */
const leaveMs = 32_000;

const none: Change = { kind: "none" };

export function confirmedTimers(state: Confirmed): readonly Timer[] {
  const list: Timer[] = [];
  if (state.change.kind === "pending") list.push({ name: "glare", at: state.change.at });
  if (state.timer !== undefined) list.push({ name: "session", at: state.timer.at });
  if (state.leaveAt !== undefined) list.push({ name: "leave", at: state.leaveAt });
  return list;
}

/** Sends our offer, if what the person wants differs from what is, or a refresh is due. */
function begin(state: Confirmed, options: ConfirmedOptions, isRefresh: boolean): CallStep {
  const { media, wantsHeld } = state;
  const wanted: CallMedia = { ...media, isHeld: wantsHeld };
  const local = makeOffer(sideOf(options.settings, wanted), media.local, media.agreed?.direction);
  const change: Change = { kind: "offering", media: { ...wanted, local }, isRefresh };
  const what = isRefresh && wantsHeld === media.isHeld ? "refresh" : wantsHeld ? "hold" : "resume";
  return {
    ...stay<CallState, CallEffect>({ ...state, change }, [{ kind: "reinvite", sdp: local.body, isRefresh }]),
    why: what,
  };
}

/** Hold or resume: at once if nothing else is going on, else when that is over. */
function want(state: Confirmed, isHeld: boolean, options: ConfirmedOptions): CallStep {
  const next: Confirmed = { ...state, wantsHeld: isHeld };
  if (next.change.kind !== "none") return stay<CallState, CallEffect>(next);
  if (isHeld === state.media.isHeld)
    return stay<CallState, CallEffect>(next, [notify({ kind: "hold-done", isHeld })]);
  return begin(next, options, false);
}

/** A change is over: the next one, if the person changed their mind meanwhile. */
function settled(state: Confirmed, effects: readonly CallEffect[], options: ConfirmedOptions): CallStep {
  if (state.wantsHeld === state.media.isHeld) return stay<CallState, CallEffect>(state, effects);
  const next = begin(state, options, false);
  return { ...next, effects: [...effects, ...next.effects] };
}

/** A hold that was pressed before the ACK came begins with it. */
export function caughtUp(step: CallStep, options: ConfirmedOptions): CallStep {
  const { state, effects } = step;
  if (state.kind !== "confirmed" || state.wantsHeld === state.media.isHeld) return step;
  return { ...step, ...settled(state, effects, options) };
}

const heldNotice = (before: CallMedia, after: CallMedia): readonly CallEffect[] =>
  before.isHeldByPeer === after.isHeldByPeer
    ? []
    : [notify({ kind: "held-by-peer", isHeld: after.isHeldByPeer })];

const holdNotice = (before: CallMedia, after: CallMedia): readonly CallEffect[] =>
  before.isHeld === after.isHeld ? [] : [notify({ kind: "hold-done", isHeld: after.isHeld })];

function reaccepted(
  state: Confirmed,
  event: Of<"reaccepted">,
  options: ConfirmedOptions,
  moment: Moment,
): CallStep {
  if (state.change.kind !== "offering") return ignore(state, "2xx to nothing");
  const { change, media: before } = state;
  const reack: CallEffect = { kind: "reack" };
  const timer = event.timer ?? refreshed(state.timer, moment.now);
  const answer = readSdp(event.sdp);
  const read =
    answer === undefined
      ? undefined
      : readAnswer(sideOf(options.settings, change.media), change.media.local, answer);
  if (read?.kind !== "agreed") {
    // Accepted, but nothing usable came: what was before stays as it is.
    const kept: Confirmed = { ...state, change: none, wantsHeld: before.isHeld, timer };
    return stay<CallState, CallEffect>(kept, [reack, notify({ kind: "hold-done", isHeld: before.isHeld })]);
  }
  const media: CallMedia = {
    ...change.media,
    agreed: read.media,
    isHeldByPeer: read.isHeldByPeer ?? before.isHeldByPeer,
  };
  const effects = [
    reack,
    notify({ kind: "media", media: read.media }),
    ...holdNotice(before, media),
    ...heldNotice(before, media),
  ];
  return settled({ ...state, media, change: none, timer }, effects, options);
}

/** "A re-INVITE that fails changes nothing", but for 481, 408 and no answer, which end the dialog (§14.1, §12.2.1.2). */
function rerejected(
  state: Confirmed,
  event: Of<"rerejected">,
  options: ConfirmedOptions,
  moment: Moment,
): CallStep {
  if (state.change.kind !== "offering") return ignore(state, "refusal of nothing");
  const { status } = event;
  const { isRefresh } = state.change;
  if (status === 481 || status === 408) return gone(status);
  if (status === 491) {
    const at = later(moment.now, glarePauseMs(options.isCallIdOurs, moment.random));
    return {
      ...stay<CallState, CallEffect>({ ...state, change: { kind: "pending", at, isRefresh } }),
      why: "491",
    };
  }
  const { isHeld } = state.media;
  const failed: Confirmed = { ...state, change: none, wantsHeld: isHeld };
  const effects = isRefresh ? [] : [notify({ kind: "hold-done", isHeld })];
  return { ...stay<CallState, CallEffect>(failed, effects), why: `${status}: unchanged` };
}

function reoffered(
  state: Confirmed,
  event: Of<"reoffered">,
  options: ConfirmedOptions,
  moment: Moment,
): CallStep {
  const { media: before } = state;
  const side = sideOf(options.settings, before);
  const timer = event.timer ?? refreshed(state.timer, moment.now);
  if (event.offer === undefined) {
    const local = makeOffer(side, before.local, before.agreed?.direction);
    const next: Confirmed = {
      ...state,
      media: { ...before, local },
      change: { kind: "answering", isOurOffer: true },
      timer,
    };
    return stay<CallState, CallEffect>(next, [{ kind: "rereply", status: 200, sdp: local.body }]);
  }
  const answered = answerTo(state, event.offer, options);
  if (!answered.isAnswered) return stay<CallState, CallEffect>(state, answered.effects);
  const change: Change = { kind: "answering", isOurOffer: false };
  return stay<CallState, CallEffect>({ ...answered.state, change, timer }, answered.effects);
}

/**
 * "If the UA has made an offer … to which it has not yet received an answer, … 491"; one of theirs not done with: "500
 * … Retry-After … between 0 and 10 seconds" (RFC 3311 §5.2). Without an offer it only refreshes.
 */
function updated(
  state: Confirmed,
  event: Of<"updated">,
  options: ConfirmedOptions,
  { now, random }: Moment,
): CallStep {
  const timer = event.timer ?? refreshed(state.timer, now);
  if (event.offer === undefined)
    return stay<CallState, CallEffect>({ ...state, timer }, [{ kind: "rereply", status: 200 }]);
  if (state.change.kind === "offering")
    return stay<CallState, CallEffect>(state, [{ kind: "rereply", status: 491 }]);
  if (state.change.kind === "answering") {
    const retryAfterSec = below(random, 11);
    return stay<CallState, CallEffect>(state, [{ kind: "rereply", status: 500, retryAfterSec }]);
  }
  const answered = answerTo(state, event.offer, options);
  return stay<CallState, CallEffect>({ ...answered.state, timer }, answered.effects);
}

/** Our answer to an offer inside the call, and what it changes. */
function answerTo(
  state: Confirmed,
  offer: SessionDescription,
  options: ConfirmedOptions,
): { readonly state: Confirmed; readonly effects: readonly CallEffect[]; readonly isAnswered: boolean } {
  const { media: before } = state;
  const answer = makeAnswer(sideOf(options.settings, before), before.local, offer);
  if (answer.kind === "incompatible")
    return { state, effects: [{ kind: "rereply", status: 488, warning: answer.warning }], isAnswered: false };
  const { local, media: agreed, isHeldByPeer } = answer;
  const media: CallMedia = { ...before, local, agreed, isHeldByPeer };
  const effects: CallEffect[] = [
    { kind: "rereply", status: 200, sdp: local.body },
    notify({ kind: "media", media: agreed }),
    ...heldNotice(before, media),
  ];
  return { state: { ...state, media }, effects, isAnswered: true };
}

function reacked(state: Confirmed, event: Of<"acked">, options: ConfirmedOptions): CallStep {
  const { change, media: before } = state;
  if (change.kind !== "answering") return ignore(state, "ACK");
  const done: Confirmed = { ...state, change: none };
  if (!change.isOurOffer) return settled(done, [], options);
  const answer = readSdp(event.sdp);
  const read =
    answer === undefined ? undefined : readAnswer(sideOf(options.settings, before), before.local, answer);
  if (read?.kind !== "agreed") return settled(done, [], options);
  const media: CallMedia = {
    ...before,
    agreed: read.media,
    isHeldByPeer: read.isHeldByPeer ?? before.isHeldByPeer,
  };
  const effects = [notify({ kind: "media", media: read.media }), ...heldNotice(before, media)];
  return settled({ ...done, media }, effects, options);
}

const hungUp: CallStep = go({ kind: "ended" }, "hung up", [{ kind: "bye" }, ended("us")]);

const gone = (status: number): CallStep =>
  go({ kind: "ended" }, `the other side is gone: ${status}`, [{ kind: "bye" }, ended("network", status)]);

function rang(state: Confirmed, name: string, options: ConfirmedOptions, { now }: Moment): CallStep {
  if (name === "glare" && state.change.kind === "pending") {
    const { isRefresh } = state.change;
    const free: Confirmed = { ...state, change: none };
    // "…not at all if the call has gone", nor if the wish has.
    if (!isRefresh && free.wantsHeld === free.media.isHeld) return stay<CallState, CallEffect>(free);
    return begin(free, options, isRefresh);
  }
  if (name === "leave") return hungUp;
  if (name !== "session" || state.timer === undefined) return ignore(state, `timer ${name}`);
  if (state.timer.due === "bye") return gone(408);
  const waiting: Confirmed = { ...state, timer: refreshSent(state.timer, now) };
  return waiting.change.kind === "none"
    ? begin(waiting, options, true)
    : stay<CallState, CallEffect>(waiting);
}

/** Everything that can happen to a call that is up. */
export function confirmed(
  state: Confirmed,
  event: CallEvent | { readonly kind: "timer"; readonly name: string },
  options: ConfirmedOptions,
  moment: Moment,
): CallStep {
  switch (event.kind) {
    case "hold":
      return want(state, true, options);
    case "resume":
      return want(state, false, options);
    case "reaccepted":
      return reaccepted(state, event, options, moment);
    case "rerejected":
      return rerejected(state, event, options, moment);
    case "reoffered":
      return reoffered(state, event, options, moment);
    case "updated":
      return updated(state, event, options, moment);
    case "acked":
      return reacked(state, event, options);
    case "bye":
      return go({ kind: "ended" }, "BYE", [ended("peer")]);
    case "hang-up":
      return hungUp;
    case "replaced":
      return event.isLeftToPeer ? stay({ ...state, leaveAt: later(moment.now, leaveMs) }) : hungUp;
    case "gone":
      return gone(481);
    case "accepted":
      return stay<CallState, CallEffect>(state, [{ kind: "end-extra", dialog: event.dialog }]);
    case "timer":
      return rang(state, event.name, options, moment);
    default:
      return ignore(state, event.kind);
  }
}

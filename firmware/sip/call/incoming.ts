// A call of theirs until it is confirmed: offered, ringing, accepting (RFC 3261 §13.3, §9.2).
import { go, ignore, type Moment, stay } from "#firmware/runtime/machine.ts";
import { makeAnswer, makeOffer, readAnswer } from "#firmware/sip/offer-answer.ts";
import { later } from "#hal/contract/time.ts";
import { type CallStep, newMedia, type OutgoingOptions, readSdp } from "./outgoing.ts";
import { answeredTimer, armed } from "./session-timer.ts";
import {
  type CallEffect,
  type CallEvent,
  type CallMedia,
  type CallState,
  ended,
  notify,
  sideOf,
} from "./state.ts";

type IncomingState = Extract<CallState, { kind: "offered" | "ringing" }>;
type AcceptingState = Extract<CallState, { kind: "accepting" }>;
type Of<Kind extends CallEvent["kind"]> = Extract<CallEvent, { kind: Kind }>;

export interface IncomingOptions extends OutgoingOptions {
  /** Session interval this phone asks for; 0: none. */
  readonly sessionExpiresSec: number;
}

export function invited(event: Of<"invited">, { now }: Moment): CallStep {
  const { offer, expiresSec, timer } = event;
  const expiresAt = expiresSec === undefined ? undefined : later(now, expiresSec * 1000);
  return go({ kind: "offered", offer, expiresAt, timer }, "INVITE");
}

/** Everything that can happen before the phone has answered. */
export function undecided(
  state: IncomingState,
  event: CallEvent | { readonly kind: "timer"; readonly name: string },
  options: IncomingOptions,
  moment: Moment,
): CallStep {
  switch (event.kind) {
    case "ring":
      return go({ ...state, kind: "ringing" }, "180", [{ kind: "reply", status: 180 }]);
    case "answer":
      return answered(state, event, options, moment);
    case "refuse":
      return go({ kind: "ended" }, String(event.status), [
        { kind: "reply", status: event.status },
        ended("us", event.status),
      ]);
    case "given-up":
      return go({ kind: "ended" }, String(event.status), [
        { kind: "reply", status: event.status },
        ended("network", event.status),
      ]);
    case "deflect":
      return go({ kind: "ended" }, "302", [
        { kind: "reply", status: 302, contact: event.uri },
        ended("us", 302),
      ]);
    case "hang-up":
      return go({ kind: "ended" }, "480", [{ kind: "reply", status: 480 }, ended("us", 480)]);
    case "cancelled":
      return go({ kind: "ended" }, "cancelled", [{ kind: "reply", status: 487 }, ended("peer", 487)]);
    case "timer":
      // "…a 487 (Request Terminated) response SHOULD be generated" when the invitation expires (§13.3.1).
      return go({ kind: "ended" }, "expired", [{ kind: "reply", status: 487 }, ended("network", 487)]);
    default:
      return ignore(state, event.kind);
  }
}

function answered(
  state: IncomingState,
  event: Of<"answer">,
  options: IncomingOptions,
  { now }: Moment,
): CallStep {
  const fresh = newMedia(event.place, options.sessionId);
  const side = sideOf(options.settings, fresh);
  const granted = answeredTimer(state.timer, options.sessionExpiresSec);
  const timer =
    granted === undefined ? undefined : armed(granted.intervalSec, granted.refresher === "uas", now);
  if (state.offer === undefined) {
    // "If there is no offer in the INVITE, the 2xx contains one" and the ACK the answer (§13.2.1).
    const media: CallMedia = { ...fresh, local: makeOffer(side, fresh.local) };
    return go({ ...accepted, media, isOurOffer: true, timer }, "200 with an offer", [
      { kind: "reply", status: 200, sdp: media.local.body },
    ]);
  }
  const answer = makeAnswer(side, fresh.local, state.offer);
  if (answer.kind === "incompatible") {
    const effects: CallEffect[] = [{ kind: "reply", status: 488, warning: answer.warning }, ended("us", 488)];
    return go({ kind: "ended" }, `488 ${answer.warning}`, effects);
  }
  const { local, media: agreed, isHeldByPeer } = answer;
  const media: CallMedia = { ...fresh, local, agreed, isHeldByPeer };
  const effects: CallEffect[] = [
    { kind: "reply", status: 200, sdp: local.body },
    notify({ kind: "media", media: agreed }),
  ];
  if (isHeldByPeer) effects.push(notify({ kind: "held-by-peer", isHeld: true }));
  return go({ ...accepted, media, isOurOffer: false, timer }, "200", effects);
}

const accepted = { kind: "accepting", isLeaving: false, wantsHeld: false } as const;

/** Our 200 is out: BYE waits for the ACK, or for the end of 64·T1 (§15). */
export function accepting(state: AcceptingState, event: CallEvent, options: IncomingOptions): CallStep {
  switch (event.kind) {
    case "acked":
      return acked(state, event, options);
    case "ack-missing":
      return go({ kind: "ended" }, "no ACK", [
        { kind: "bye" },
        ...(state.isLeaving ? [] : [ended("network", 408)]),
      ]);
    case "hang-up":
    case "replaced":
      if (state.isLeaving) return ignore(state, "hung up already");
      return stay({ ...state, isLeaving: true }, [ended("us")]);
    case "hold":
      return stay({ ...state, wantsHeld: true });
    case "resume":
      return stay({ ...state, wantsHeld: false }, [notify({ kind: "hold-done", isHeld: false })]);
    case "bye":
      return go({ kind: "ended" }, "BYE", state.isLeaving ? [] : [ended("peer")]);
    default:
      return ignore(state, event.kind);
  }
}

function acked(state: AcceptingState, event: Of<"acked">, options: IncomingOptions): CallStep {
  if (state.isLeaving) return go({ kind: "ended" }, "ACK", [{ kind: "bye" }]);
  const { media, timer, wantsHeld } = state;
  const confirmed = (now: CallMedia): CallState => ({
    kind: "confirmed",
    media: now,
    change: { kind: "none" },
    wantsHeld,
    timer,
    leaveAt: undefined,
  });
  if (!state.isOurOffer) return go(confirmed(media), "ACK");
  const answer = readSdp(event.sdp);
  const read =
    answer === undefined ? undefined : readAnswer(sideOf(options.settings, media), media.local, answer);
  if (read?.kind !== "agreed")
    return go({ kind: "ended" }, "ACK without usable media", [{ kind: "bye" }, ended("network", 488)]);
  const isHeldByPeer = read.isHeldByPeer === true;
  const effects = [notify({ kind: "media", media: read.media })];
  if (isHeldByPeer) effects.push(notify({ kind: "held-by-peer", isHeld: true }));
  return go(confirmed({ ...media, agreed: read.media, isHeldByPeer }), "ACK with the answer", effects);
}

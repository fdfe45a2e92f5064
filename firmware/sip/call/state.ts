// What a call can be, what can happen to it, and what it can want: the vocabulary of the call machine.

import type { EndedBy, NegotiatedMedia, Party, SipNotice } from "#firmware/sip/notices.ts";
import type { LocalDescription, LocalSide } from "#firmware/sip/offer-answer.ts";
import type { SessionDescription } from "#firmware/sip/sdp.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { SessionTimer, TimerAsked } from "./session-timer.ts";

/** Where this phone takes the media of a call. */
export interface MediaPlace {
  readonly rtpPort: number;
  /** For `c=` and `o=`. */
  readonly address: string;
}

/** What is agreed about the media of a call, and what we last said of it. */
export interface CallMedia {
  readonly place: MediaPlace;
  readonly local: LocalDescription;
  readonly agreed: NegotiatedMedia | undefined;
  /** By the person at this phone. */
  readonly isHeld: boolean;
  readonly isHeldByPeer: boolean;
}

/** How an INVITE goes out. */
export interface Attempt {
  readonly uri: string;
  /** The proxy a 305 named for this request. */
  readonly proxy: string | undefined;
  /** Option tags that a 420 turned down. */
  readonly without: readonly string[];
  /** Session interval a 422 wants at least, seconds. */
  readonly leastSessionSec: number;
}

/** A change of the session by re-INVITE. One at a time, both directions counted (RFC 3261 §14.1). */
export type Change =
  | { readonly kind: "none" }
  /** Our offer is out. */
  | { readonly kind: "offering"; readonly media: CallMedia; readonly isRefresh: boolean }
  /** Both asked at once (491): again at `at`. */
  | { readonly kind: "pending"; readonly at: MonoMs; readonly isRefresh: boolean }
  /** Theirs is answered, their ACK awaited; with an offer of ours in the 200 the ACK brings the answer. */
  | { readonly kind: "answering"; readonly isOurOffer: boolean };

/** Waiting for the INVITE of ours to be answered. */
interface Outgoing {
  readonly attempt: Attempt;
  readonly media: CallMedia;
  readonly giveUpAt: MonoMs;
  /** Request-URIs that were tried, and those a redirection left to try. */
  readonly tried: readonly string[];
  readonly left: readonly Attempt[];
  /** Statuses after which the request was already changed and sent again once. */
  readonly retried: readonly number[];
  /** Early dialogs: what the first SDP in each agreed on (RFC 3261 §13.2.1). */
  readonly early: Readonly<Record<string, NegotiatedMedia>>;
}

/** An INVITE of theirs that is not finally answered. */
interface Incoming {
  readonly offer: SessionDescription | undefined;
  readonly expiresAt: MonoMs | undefined;
  readonly timer: TimerAsked;
}

export type CallState =
  | { readonly kind: "idle" }
  | ({ readonly kind: "calling" } & Outgoing)
  | ({ readonly kind: "proceeding" } & Outgoing)
  /** Hung up before the answer; a 2xx that crosses is ended. */
  | { readonly kind: "cancelling" }
  | ({ readonly kind: "offered" } & Incoming)
  | ({ readonly kind: "ringing" } & Incoming)
  /** Answered, the ACK is not here yet; `isLeaving`: BYE follows it (RFC 3261 §15). */
  | {
      readonly kind: "accepting";
      readonly media: CallMedia;
      readonly isOurOffer: boolean;
      readonly isLeaving: boolean;
      /** Hold may be pressed before the ACK is here: its re-INVITE waits for it. */
      readonly wantsHeld: boolean;
      readonly timer: SessionTimer | undefined;
    }
  | {
      readonly kind: "confirmed";
      readonly media: CallMedia;
      readonly change: Change;
      /** What the person wants; a change follows where it differs from what is. */
      readonly wantsHeld: boolean;
      readonly timer: SessionTimer | undefined;
      /** Another call has taken the place of this one; the other side is to end it, until then. */
      readonly leaveAt: MonoMs | undefined;
    }
  | { readonly kind: "ended" };

export type CallEvent =
  | { readonly kind: "place"; readonly uri: string; readonly place: MediaPlace }
  /** 1xx of a dialog; 100 has none. */
  | {
      readonly kind: "progress";
      readonly status: number;
      readonly dialog: string;
      readonly sdp: Uint8Array | undefined;
      readonly alertInfo: string | undefined;
    }
  | {
      readonly kind: "accepted";
      readonly dialog: string;
      readonly sdp: Uint8Array | undefined;
      readonly peer: Party;
      readonly timer: SessionTimer | undefined;
    }
  | {
      readonly kind: "rejected";
      readonly status: number;
      readonly reason: string;
      readonly isLocal: boolean;
      readonly advice: Advice;
    }
  | {
      readonly kind: "invited";
      readonly offer: SessionDescription | undefined;
      readonly expiresSec: number | undefined;
      readonly timer: TimerAsked;
    }
  | { readonly kind: "ring" }
  | { readonly kind: "answer"; readonly place: MediaPlace }
  | { readonly kind: "refuse"; readonly status: number }
  /** The caller cannot be reached with what it demanded (no PRACK). */
  | { readonly kind: "given-up"; readonly status: number }
  | { readonly kind: "deflect"; readonly uri: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "acked"; readonly sdp: Uint8Array | undefined }
  | { readonly kind: "ack-missing" }
  | { readonly kind: "hang-up" }
  | { readonly kind: "hold" }
  | { readonly kind: "resume" }
  | { readonly kind: "bye" }
  /** An UPDATE of theirs: as a re-INVITE, but without an ACK (RFC 3311). */
  | {
      readonly kind: "updated";
      readonly offer: SessionDescription | undefined;
      readonly timer: SessionTimer | undefined;
    }
  /** A re-INVITE of theirs; undefined: without an offer. */
  | {
      readonly kind: "reoffered";
      readonly offer: SessionDescription | undefined;
      readonly timer: SessionTimer | undefined;
    }
  | {
      readonly kind: "reaccepted";
      readonly sdp: Uint8Array | undefined;
      readonly timer: SessionTimer | undefined;
    }
  | { readonly kind: "rerejected"; readonly status: number }
  /** The other side does not know the dialog, or does not answer in it (RFC 3261 §12.2.1.2). */
  | { readonly kind: "gone" }
  /** Another call takes the place of this one. `isLeftToPeer`: it is the other side's to end. */
  | { readonly kind: "replaced"; readonly isLeftToPeer: boolean };

/** What a refusal says about trying again (RFC 3261 §8.1.3.4, §8.1.3.5). */
export interface Advice {
  /** Contacts of a 3xx, the best first. */
  readonly contacts: readonly string[];
  /** Unsupported of a 420. */
  readonly unsupported: readonly string[];
  /** Min-SE of a 422. */
  readonly leastSessionSec: number;
  /** Retry-After: when it is worth to call again. */
  readonly retryAfterSec: number | undefined;
}

export type CallEffect =
  | { readonly kind: "invite"; readonly attempt: Attempt; readonly sdp: Uint8Array | undefined }
  | { readonly kind: "cancel" }
  | { readonly kind: "ack"; readonly dialog: string }
  | { readonly kind: "bye" }
  /** A dialog nobody wants: acknowledged and ended. */
  | { readonly kind: "end-extra"; readonly dialog: string }
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly sdp?: Uint8Array | undefined;
      readonly contact?: string;
      readonly warning?: number;
    }
  | { readonly kind: "reinvite"; readonly sdp: Uint8Array | undefined; readonly isRefresh: boolean }
  | { readonly kind: "reack" }
  | {
      readonly kind: "rereply";
      readonly status: number;
      readonly sdp?: Uint8Array | undefined;
      readonly warning?: number;
      readonly retryAfterSec?: number;
    }
  | { readonly kind: "notify"; readonly notice: CallNotice };

type WithoutCall<T> = T extends { readonly call: string } ? Omit<T, "call"> : never;

/** A notice about this call; whoever passes it on adds which one. */
export type CallNotice = WithoutCall<SipNotice>;

export const notify = (notice: CallNotice): CallEffect => ({ kind: "notify", notice });

/** The call is over, and why. */
export function ended(by: EndedBy, status?: number, reason = "", retryAfterSec?: number): CallEffect {
  const advice = retryAfterSec === undefined ? {} : { retryAfterSec };
  return notify({ kind: "ended", by, status, reason, ...advice });
}

/** The parts of the settings a description is made from. */
export type DescriptionSettings = LocalSide["settings"];

/** This side of a call as `offer-answer.ts` wants it. */
export function sideOf(settings: DescriptionSettings, media: Pick<CallMedia, "place" | "isHeld">): LocalSide {
  return { settings, address: media.place.address, rtpPort: media.place.rtpPort, isHeld: media.isHeld };
}

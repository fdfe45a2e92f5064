// What SIP reports, upward. Codes and data, no words.
import type { MediaDirection, PayloadFormat } from "#hal/contract/media.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";

/** Another party as signalled; text is data from the network and is shown, never interpreted. */
export interface Party {
  readonly name: string;
  /** Number or user part. */
  readonly number: string;
  /** The whole URI, for redial and logs. */
  readonly uri: string;
  readonly isAnonymous: boolean;
}

/** Why a line is not registered. */
export type RegistrationFailure =
  | "no-answer" // every address timed out
  | "refused-by-network" // ICMP or RST
  | "wrong-password" // challenged again after correct use of the password
  | "unknown-line" // 404, or 403 before any challenge
  | "forbidden" // 403
  | "server-error" // 5xx
  | "redirected" // 3xx that led nowhere
  | "rejected" // any other 4xx or 6xx
  | "name-not-found" // DNS
  | "interval-too-brief" // 423 that did not converge
  | "certificate"; // TLS

export type LineState =
  | { readonly kind: "unprovisioned" }
  /** Has a name, but `proxy_register` is 0: may call, does not register. */
  | { readonly kind: "not-registering" }
  | { readonly kind: "registering"; readonly server: Endpoint | undefined }
  | {
      readonly kind: "registered";
      readonly server: Endpoint;
      readonly expiresSec: number;
      readonly isBackup: boolean;
    }
  | {
      readonly kind: "failed";
      readonly failure: RegistrationFailure;
      readonly status: number | undefined;
      /** Reason phrase of the server, as sent. */
      readonly reason: string;
      readonly retryInMs: number;
    };

/** What offer and answer agreed on. */
export interface NegotiatedMedia {
  readonly remote: Endpoint | undefined;
  readonly remoteRtcp: Endpoint | undefined;
  readonly direction: MediaDirection;
  readonly send: PayloadFormat | undefined;
  readonly receive: readonly PayloadFormat[];
  readonly telephoneEvent: PayloadFormat | undefined;
  readonly packetMs: number;
}

export type EndedBy = "peer" | "us" | "network";

export type SipNotice =
  | { readonly kind: "line"; readonly line: number; readonly state: LineState }
  /** Every server of the list failed, on every line that registers. */
  | { readonly kind: "list-exhausted"; readonly failure: RegistrationFailure }
  | {
      readonly kind: "incoming";
      readonly call: string;
      readonly line: number;
      readonly from: Party;
      /** Alert-Info as sent, for distinctive ringing. */
      readonly alertInfo: string | undefined;
      /** Answer at once on the speaker (Call-Info answer-after=0 or Alert-Info auto-answer). */
      readonly isAutoAnswer: boolean;
      readonly isEmergencyCallback: boolean;
      /** The call of ours this one takes the place of (RFC 3891). */
      readonly replaces: string | undefined;
      /** Who it was for first (Diversion, History-Info). */
      readonly divertedBy?: Party;
    }
  /** A provisional response: `isRinging` for 180, early media when SDP came with it. */
  | {
      readonly kind: "progress";
      readonly call: string;
      readonly status: number;
      readonly isRinging: boolean;
      readonly alertInfo: string | undefined;
    }
  | { readonly kind: "media"; readonly call: string; readonly media: NegotiatedMedia }
  | { readonly kind: "answered"; readonly call: string; readonly peer: Party }
  /** The other party's name or number changed (UPDATE, re-INVITE, Remote-Party-ID). */
  | { readonly kind: "party"; readonly call: string; readonly peer: Party }
  | { readonly kind: "held-by-peer"; readonly call: string; readonly isHeld: boolean }
  /** The answer to our own hold or resume: `isHeld` is how the call stands now, whichever was asked. */
  | { readonly kind: "hold-done"; readonly call: string; readonly isHeld: boolean }
  | { readonly kind: "trying-backup"; readonly call: string }
  | {
      readonly kind: "ended";
      readonly call: string;
      readonly by: EndedBy;
      /** Final status, undefined for a BYE. */
      readonly status: number | undefined;
      readonly reason: string;
      /** Retry-After of the refusal, seconds. */
      readonly retryAfterSec?: number;
    }
  /** 202 when the REFER itself was accepted, then what NOTIFY tells: 1xx on the way, 200 done, 300 and up failed. */
  | { readonly kind: "transfer-progress"; readonly call: string; readonly status: number }
  /** NOTIFY with Event: talk or hold; `call` undefined: whichever call is meant by the present state. */
  | {
      readonly kind: "remote-control";
      readonly call: string | undefined;
      readonly action: "talk" | "hold";
    }
  | {
      readonly kind: "messages-waiting";
      readonly line: number;
      readonly isWaiting: boolean;
      readonly newCount: number | undefined;
      readonly oldCount: number | undefined;
    }
  /** NOTIFY check-sync: look for a new configuration when idle. */
  | { readonly kind: "check-sync" }
  /** Date header of a registrar, the last resort for the clock. */
  | { readonly kind: "date"; readonly unixMs: number };

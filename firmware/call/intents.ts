// What is wanted, downward. Two vocabularies: what a person wants of the phone (Intent), and what the local call
// control wants of a session protocol (SessionIntent). With SCCP the server is the call control: it gets Intents.
import type { DigitKey } from "#hal/contract/panel.ts";

/** Names one call inside the phone; never on the wire. */
export type CallId = string;

/** The functions soft keys can have. SCCP servers give labels of their own for the same functions. */
export const softkeyIds = [
  "redial",
  "newCall",
  "hold",
  "resume",
  "transfer",
  "blindTransfer",
  "conference",
  "forwardAll",
  "forwardBusy",
  "forwardNoAnswer",
  "backspace",
  "endCall",
  "answer",
  "dial",
  "cancel",
  "more",
  "info",
  "confirm",
  "park",
  "join",
  "meetMe",
  "pickUp",
  "groupPickUp",
  "remove",
  "callBack",
  "barge",
  "doNotDisturb",
  "conferenceList",
  "select",
  "private",
  "directTransfer",
  "toVoicemail",
  "immediateDivert",
  "voiceMail",
  "switchNumberUrl",
] as const;
export type SoftkeyId = (typeof softkeyIds)[number];

/** What a person wants, after menus and text entry were handled in ui/. Line keys and lines count from 1. */
export type Intent =
  | { readonly kind: "off-hook" }
  | { readonly kind: "on-hook" }
  | { readonly kind: "flash" }
  | { readonly kind: "digit"; readonly digit: DigitKey }
  /** The digit key was released: ends a local DTMF sound. */
  | { readonly kind: "digit-up"; readonly digit: DigitKey }
  | { readonly kind: "line-key"; readonly key: number }
  /** `place` is the position in the set shown, which an SCCP server needs. */
  | { readonly kind: "softkey"; readonly id: SoftkeyId; readonly place: number }
  | { readonly kind: "speaker" }
  | { readonly kind: "headset" }
  | { readonly kind: "mute" }
  | { readonly kind: "volume"; readonly steps: number }
  | { readonly kind: "messages" }
  /** A number or URI from a directory, the call log, a service page or the console. */
  | { readonly kind: "dial"; readonly target: string; readonly line: number | undefined }
  /** Chooses among the calls of the selected line. */
  | { readonly kind: "scroll"; readonly steps: number };

/** Where the phone receives the media of a call, reserved before any offer is made. */
export interface LocalMedia {
  readonly portsId: number;
  readonly rtpPort: number;
}

/** Which servers a call may use. */
export type CallRoute = "default" | "emergency" | "url";

/** Why an incoming call is not taken; the protocol chooses the status code. */
export type RefusalReason = "busy" | "declined" | "do-not-disturb" | "anonymous" | "no-line";

/** What the local call control asks of a session protocol. Ids of incoming calls are made by the protocol. */
export type SessionIntent =
  | {
      readonly kind: "place";
      readonly call: CallId;
      readonly line: number;
      /** Digits, or a URI. */
      readonly target: string;
      readonly route: CallRoute;
      readonly local: LocalMedia;
      readonly isAnonymous: boolean;
    }
  /** An incoming call rings here (180). */
  | { readonly kind: "ring"; readonly call: CallId }
  | { readonly kind: "answer"; readonly call: CallId; readonly local: LocalMedia }
  | { readonly kind: "refuse"; readonly call: CallId; readonly reason: RefusalReason }
  /** Sends an incoming call elsewhere (302). */
  | { readonly kind: "deflect"; readonly call: CallId; readonly target: string }
  | { readonly kind: "hang-up"; readonly call: CallId }
  | { readonly kind: "hold"; readonly call: CallId }
  | { readonly kind: "resume"; readonly call: CallId }
  /** Sends the other party to `target` (REFER). */
  | { readonly kind: "transfer"; readonly call: CallId; readonly target: string }
  /** Joins the other parties of two calls (REFER with Replaces), and leaves. */
  | { readonly kind: "transfer-to-call"; readonly call: CallId; readonly consultation: CallId };

// What is wanted, downward. Two vocabularies: what a person wants of the phone (Intent), and what the local call
// control wants of a session protocol (SessionIntent). With SCCP the server is the call control: it gets Intents.
// Names of tones and rings are here too: both protocols, the call control and the tables of ui/tones speak them.
import type { StreamStatistics } from "#hal/contract/media.ts";
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
  "other", // a function only the server knows; it always has the server's label
  "blank", // an empty place of a server's set
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
      /** Adds `;user=` to the URI made from digits (dial plan `User`); a URI as target carries it already. */
      readonly user?: "phone" | "ip";
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

/** Tones towards the ear, by what they mean; the cadences are tables in ui/tones. */
export const toneNames = [
  "inside-dial",
  "outside-dial", // secondary dial tone
  "stutter-dial", // recall dial tone
  "message-waiting-dial",
  "busy",
  "reorder", // fast busy
  "alerting", // ringback
  "busy-verify",
  "call-waiting",
  "call-waiting-2",
  "call-waiting-3",
  "call-waiting-4",
  "hold", // hold reminder
  "confirmation",
  "permanent", // off-hook warning
  "reminder",
  "reverting",
  "zip",
  "zip-zip",
  "beep-bonk",
  "auto-answer",
  "none", // ordered silence
  "dtmf-0",
  "dtmf-1",
  "dtmf-2",
  "dtmf-3",
  "dtmf-4",
  "dtmf-5",
  "dtmf-6",
  "dtmf-7",
  "dtmf-8",
  "dtmf-9",
  "dtmf-*",
  "dtmf-#",
  "dtmf-A",
  "dtmf-B",
  "dtmf-C",
  "dtmf-D",
] as const;
export type ToneName = (typeof toneNames)[number];

/** How the ringer sounds: the person's own ring in a cadence of GR-506, or a call manager's kinds of ring. */
export const ringNames = [
  "dr1", // the usual cadence
  "dr2",
  "dr3",
  "dr4",
  "dr5", // one splash
  "inside",
  "outside",
  "feature",
  "urgent",
] as const;
export type RingName = (typeof ringNames)[number];

/** The ringer's orders. */
export interface RingOrder {
  readonly name: RingName;
  /** One turn of the cadence, then silence. */
  readonly isOnce: boolean;
}

/** Names one call at a call manager: its line and its reference there. Zero and zero: none in particular. */
export interface CallRef {
  readonly line: number;
  readonly ref: number;
}

/** Why a channel could not be opened for a call manager (SCCP media status). */
export type ChannelFailure = "unknown-codec" | "out-of-sockets" | "address-family" | "failed";

/** What the phone tells a call manager that is the call control (SCCP): presses as they are, and answers to its orders. */
export type StationIntent =
  | { readonly kind: "off-hook"; readonly at: CallRef }
  | { readonly kind: "on-hook"; readonly at: CallRef }
  | { readonly kind: "flash"; readonly at: CallRef }
  | { readonly kind: "digit"; readonly digit: DigitKey; readonly at: CallRef }
  /** `event` is the one stored in the template entry. */
  | { readonly kind: "softkey"; readonly event: number; readonly at: CallRef }
  /** A key of the button template was pressed: `stimulus` is its wire id, `instance` counts from 1 per kind. */
  | { readonly kind: "stimulus"; readonly stimulus: number; readonly instance: number; readonly at: CallRef }
  /** A number the phone knows as a whole, for the call the server just opened. */
  | { readonly kind: "dial"; readonly number: string; readonly at: CallRef }
  | { readonly kind: "headset"; readonly isOn: boolean }
  /** Answer to `open-receive`: receiving on this port, or why not. */
  | {
      readonly kind: "receive-opened";
      readonly party: number;
      readonly at: CallRef;
      readonly rtpPort: number;
    }
  | {
      readonly kind: "receive-failed";
      readonly party: number;
      readonly at: CallRef;
      readonly failure: ChannelFailure;
    }
  /** Answer to `start-send`. */
  | { readonly kind: "send-started"; readonly party: number; readonly at: CallRef; readonly rtpPort: number }
  /** Sound could not be sent to where the server said. */
  | { readonly kind: "send-failed"; readonly party: number; readonly at: CallRef }
  | {
      readonly kind: "multicast-answered";
      readonly party: number;
      readonly at: CallRef;
      readonly isOk: boolean;
    }
  /** Answer to `statistics-request`, which may come after the call. */
  | {
      readonly kind: "statistics";
      readonly number: string;
      readonly ref: number;
      readonly isClearing: boolean;
      readonly statistics: StreamStatistics | undefined;
    };

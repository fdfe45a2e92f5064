// What SCCP reports, upward: how the phone stands with its call managers, and their orders to the terminal as values.
// Meaning only, no wire numbers: the codec's edge has turned ids into names and versions' layouts into one form.
//
// Texts from a server hold label codes (bytes 80 nn and 1E nn) beside plain characters. They travel inside the string
// as private-use characters, U+E000 + nn and U+E100 + nn; ui/ has the words, and shows nothing for codes it lacks.
import type { CallRef, RingName, SoftkeyId, ToneName } from "#firmware/call/intents.ts";
import type { PayloadFormat, SrtpKey } from "#hal/contract/media.ts";
import type { LampMode } from "#hal/contract/panel.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";

/** First of the 256 characters that stand for label codes 80 nn. */
export const labelCodes = 0xe000;
/** First of the 256 characters that stand for label codes 1E nn. */
export const extendedLabelCodes = 0xe100;

/** How the phone stands with its list of servers. */
export type ServerState =
  | { readonly kind: "unregistered" }
  | { readonly kind: "connecting"; readonly server: Endpoint }
  | { readonly kind: "registering"; readonly server: Endpoint }
  | {
      readonly kind: "registered";
      readonly server: Endpoint;
      /** Any but the first of the list. */
      readonly isBackup: boolean;
      readonly keepaliveSec: number;
    }
  | {
      readonly kind: "failed";
      readonly server: Endpoint;
      readonly failure: "no-answer" | "refused-by-network" | "closed" | "rejected" | "certificate";
      /** The server's words where it gave any. */
      readonly text: string;
      readonly retryInMs: number;
    };

/** States a server gives to a call or to a line whose state it reports (reference 0). */
export const serverCallStates = [
  "idle",
  "off-hook",
  "on-hook",
  "ring-out",
  "ring-in",
  "connected",
  "busy",
  "congestion",
  "hold",
  "call-waiting",
  "call-transfer",
  "call-park",
  "proceed",
  "remote-in-use",
  "invalid-number",
  "hold-reversion",
  "whisper",
  "remote-hold",
] as const;
export type ServerCallState = (typeof serverCallStates)[number];

/** One side of a call as a server names it; empty where unknown. */
export interface ServerParty {
  readonly name: string;
  readonly number: string;
}

/** CallInfo in either form. Strings a short form lacks are empty. */
export interface ServerCallInfo {
  readonly direction: "in" | "out" | "forwarded";
  readonly calling: ServerParty;
  readonly called: ServerParty;
  readonly originalCalled: ServerParty;
  readonly lastRedirecting: ServerParty;
  /** Not to be shown: the calling or called party withheld it. */
  readonly isCallingRestricted: boolean;
  readonly isCalledRestricted: boolean;
}

/** One entry of a soft-key set, resolved through the template. */
export interface ServerSoftkey {
  /** Goes back to the server as it is; never derived from the label. */
  readonly event: number;
  readonly label: string;
  /** The function where the label tells it, else `other`. */
  readonly id: SoftkeyId;
}

/** One button of the template, in the order of the keys beside the panel. */
export interface ServerButton {
  readonly kind: "line" | "speed-dial" | "feature" | "service" | "busy-lamp" | "none";
  /** Counts from 1 for each kind. */
  readonly instance: number;
  /** What goes up when the key is pressed (button type = stimulus id). */
  readonly stimulus: number;
}

/** A lamp a server can set. `other` carries features: `stimulus` and `instance` name the button. */
export type LampTarget =
  | { readonly kind: "line"; readonly instance: number }
  /** Message waiting on a line; instance 0 is the handset's own light. */
  | { readonly kind: "messages"; readonly instance: number }
  | { readonly kind: "other"; readonly stimulus: number; readonly instance: number };

/** Where the calls of a line go; undefined: not forwarded. */
export interface ServerForward {
  readonly all: string | undefined;
  readonly busy: string | undefined;
  readonly noAnswer: string | undefined;
}

/** Local date and time as the server tells it, and the moment it means. */
export interface ServerTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly unixMs: number;
}

/** A channel's description. `party` is the key of its close, `conference` is only carried. */
export interface ServerChannel {
  readonly party: number;
  readonly conference: number;
  readonly at: CallRef;
  /** Undefined: a payload id the phone does not know. */
  readonly format: PayloadFormat | undefined;
  readonly packetMs: number;
  /** For digits as RFC 4733 events; undefined: none. */
  readonly telephoneEvent: PayloadFormat | undefined;
  readonly key?: SrtpKey;
}

/** What a call manager orders the terminal to do. Orders for calls that do not exist change nothing. */
export type ServerOrder =
  // calls
  | { readonly kind: "call-state"; readonly at: CallRef; readonly state: ServerCallState }
  | { readonly kind: "call-info"; readonly at: CallRef; readonly info: ServerCallInfo }
  | { readonly kind: "dialled-number"; readonly at: CallRef; readonly number: string }
  | { readonly kind: "backspace"; readonly at: CallRef }
  | { readonly kind: "call-selected"; readonly at: CallRef; readonly isSelected: boolean }
  | {
      readonly kind: "call-history";
      readonly at: CallRef;
      readonly as: "ignore" | "placed" | "received" | "missed" | "unknown";
    }
  /** Shows that line's calls; undefined: the idle view. */
  | { readonly kind: "call-plane"; readonly line: number | undefined }
  // sound
  | {
      readonly kind: "tone";
      readonly at: CallRef;
      readonly tone: ToneName;
      readonly direction: "user" | "network" | "both";
    }
  | { readonly kind: "tone-stop"; readonly at: CallRef }
  /** `silent` only flashes the light. */
  | {
      readonly kind: "ringer";
      readonly at: CallRef;
      readonly mode: RingName | "off" | "silent";
      readonly isOnce: boolean;
    }
  | { readonly kind: "speaker"; readonly isOn: boolean }
  | { readonly kind: "microphone"; readonly isOn: boolean }
  // lamps and keys
  | { readonly kind: "lamp"; readonly target: LampTarget; readonly mode: LampMode }
  /** Every set by its index; an undefined slot is blank and keeps its place. */
  | {
      readonly kind: "softkey-sets";
      readonly sets: readonly (readonly (ServerSoftkey | undefined)[])[];
    }
  /** Bit n of `mask` enables slot n of the set; a slot that is off is dropped. Line 0, reference 0: idle. */
  | { readonly kind: "softkeys"; readonly at: CallRef; readonly set: number; readonly mask: number }
  | { readonly kind: "buttons"; readonly buttons: readonly ServerButton[] }
  | {
      readonly kind: "line-info";
      readonly instance: number;
      readonly number: string;
      readonly name: string;
      /** What to show: the label, else the name, else the number. */
      readonly label: string;
    }
  | {
      readonly kind: "speed-dial";
      readonly instance: number;
      readonly number: string;
      readonly label: string;
    }
  | {
      readonly kind: "feature";
      readonly instance: number;
      readonly stimulus: number;
      readonly label: string;
      /** As sent: for busy lamps 1 idle, 2 in use, 3 do not disturb, 4 alerting; for others 0 off, 1 on. */
      readonly status: number;
    }
  | { readonly kind: "service"; readonly instance: number; readonly url: string; readonly label: string }
  | { readonly kind: "forward"; readonly line: number; readonly forward: ServerForward }
  // texts; a timeout of 0 stays until it is cleared
  | { readonly kind: "prompt"; readonly at: CallRef; readonly text: string; readonly timeoutSec: number }
  | { readonly kind: "clear-prompt"; readonly at: CallRef }
  /** `priority` undefined: a plain notify, below every priority. */
  | {
      readonly kind: "notify";
      readonly priority: number | undefined;
      readonly text: string;
      readonly timeoutSec: number;
    }
  | { readonly kind: "clear-notify"; readonly priority: number | undefined }
  | { readonly kind: "display-text"; readonly text: string }
  | { readonly kind: "clear-display" }
  // time
  | { readonly kind: "time"; readonly time: ServerTime }
  /** E.g. `D/M/YA`; a final `A` asks for the 12-hour clock. */
  | { readonly kind: "date-template"; readonly template: string }
  // media
  | {
      readonly kind: "open-receive";
      readonly channel: ServerChannel;
      /** An IPv6 address is asked for, nothing else will do. */
      readonly isIp6Wanted: boolean;
    }
  | { readonly kind: "close-receive"; readonly party: number; readonly at: CallRef }
  | {
      readonly kind: "start-send";
      readonly channel: ServerChannel;
      readonly remote: Endpoint;
      /** The whole TOS byte asked for. */
      readonly tos: number;
      readonly hasSilenceSuppression: boolean;
    }
  | { readonly kind: "stop-send"; readonly party: number; readonly at: CallRef }
  | { readonly kind: "open-multicast"; readonly channel: ServerChannel; readonly group: Endpoint }
  | { readonly kind: "close-multicast"; readonly party: number; readonly at: CallRef }
  | {
      readonly kind: "statistics-request";
      readonly number: string;
      readonly ref: number;
      readonly isClearing: boolean;
    };

export type SccpNotice =
  | { readonly kind: "server"; readonly state: ServerState }
  /** Every server of the list failed, or the list ended in rejections. */
  | { readonly kind: "list-exhausted"; readonly text: string }
  /** Everything the server tells after registration has been asked for; nothing waits for it. */
  | { readonly kind: "configured" }
  /** Deferred by whoever hears it while a call is up. */
  | { readonly kind: "reset"; readonly how: "reset" | "restart" | "apply-configuration" }
  /** The load the server wants; empty: none in particular. */
  | { readonly kind: "wanted-load"; readonly name: string }
  /** XML for the services part, joined from its pieces. */
  | {
      readonly kind: "user-data";
      readonly application: number;
      readonly at: CallRef;
      readonly transaction: number;
      readonly data: string;
    }
  | { readonly kind: "order"; readonly order: ServerOrder };

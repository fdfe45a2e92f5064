// The phone view: everything a screen may show, as one plain value. Codes and data; ui/ chooses the words.
// Equal views cause no work.

import type { BootView } from "#firmware/boot/notices.ts";
import type { LineState, Party } from "#firmware/sip/notices.ts";
import type { AudioPath } from "#hal/contract/audio.ts";
import type { LampMode } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { CallId, SoftkeyId } from "./intents.ts";

export type CallState =
  | "off-hook" // dial tone or collecting digits
  | "proceeding" // sent, nothing heard yet
  | "ring-out"
  | "ring-in"
  | "connected"
  | "hold" // by us
  | "held" // by the other party
  | "busy"
  | "failed"
  | "remote-in-use"
  | "transfer"
  | "conference"
  | "ended";

export interface CallView {
  readonly id: CallId;
  readonly line: number;
  readonly state: CallState;
  readonly direction: "in" | "out";
  readonly peer: Party | undefined;
  /** Digits typed or the number called. */
  readonly digits: string;
  /** When it was connected; the screen counts from it. */
  readonly connectedAt: MonoMs | undefined;
  readonly isSelected: boolean;
  /** Best match from earlier calls for the digits typed so far, the whole number; `scroll` takes it. */
  readonly suggestion: string | undefined;
  /** Who the call was for before it was sent on (Diversion, original called party). */
  readonly divertedBy: Party | undefined;
  /** Final status and reason phrase of a failed call. */
  readonly failure: { readonly status: number | undefined; readonly reason: string } | undefined;
}

export type LineKeyKind = "line" | "speed-dial" | "feature" | "service" | "none";

/** What stands beside one line key. */
export interface LineKeyView {
  readonly kind: LineKeyKind;
  readonly label: string;
  readonly state: LineState;
  readonly lamp: LampMode;
  readonly hasMessages: boolean;
  readonly isForwarded: boolean;
}

/** One soft key. A label from a server is shown as sent; without one ui/ names the function. */
export interface SoftkeyView {
  readonly id: SoftkeyId;
  readonly serverLabel: string | undefined;
  /** Position in the server's set. */
  readonly place: number;
}

/** Everything the phone itself can say on the prompt line; ui/ has a sentence for each. */
export const promptCodes = [
  "your-options", // nothing in particular
  "not-ready", // no configuration or no server yet: keys start no call
  "no-line", // the line has no user
  "enter-number",
  "enter-transfer-target",
  "enter-blind-transfer-target",
  "enter-conference-target",
  "enter-forward-target",
  "proceeding",
  "ring-out",
  "being-forwarded", // 181
  "queued", // 182
  "from", // name, number
  "connected",
  "hold",
  "held",
  "conference",
  "busy",
  "call-failed", // status, reason, retryAfterSec
  "ended-by-peer",
  "trying-backup",
  "hold-refused",
  "resume-refused",
  "transferring",
  "transferred",
  "transfer-failed", // status
  "forwarded-to", // target
  "forward-cancelled",
  "do-not-disturb",
  "do-not-disturb-off",
  "preference-locked", // fixed by the configuration
  "no-messages-number",
  "nothing-to-redial",
  "too-many-calls",
  "no-ports", // no RTP ports left
  "emergency-call",
  "emergency-only", // locked or safe mode: only emergency numbers can be dialled
  "key-not-active",
  "call-kept", // the server is gone, the call goes on
] as const;
export type PromptCode = (typeof promptCodes)[number];

/**
 * A text on the prompt line: a code of ours, or a server's words. In a server's words U+E000 + n and U+E100 + n stand
 * for its label codes 80 n and 1E n (firmware/sccp/notices.ts); so do they in soft-key labels and names.
 */
export type PromptView =
  | {
      readonly kind: "code";
      readonly code: PromptCode;
      readonly facts: Readonly<Record<string, string | number>>;
    }
  | { readonly kind: "text"; readonly text: string };

export interface AudioView {
  readonly path: AudioPath | undefined;
  readonly isMuted: boolean;
  /** 0–100, of the path in use. */
  readonly volume: number;
}

/** Local date and time to show; undefined until a server told the time. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** One entry of the call logs. */
export interface LogEntry {
  readonly line: number;
  readonly peer: Party;
  /** What to dial to call again: the digits as typed for a placed call, else the number or URI. */
  readonly target: string;
  /** Undefined when nobody had told the time. */
  readonly atUnixMs: number | undefined;
  /** 0 when it was never connected. */
  readonly durationSec: number;
}

/** The three directories of past calls, newest first. */
export interface CallLog {
  readonly missed: readonly LogEntry[];
  readonly received: readonly LogEntry[];
  readonly placed: readonly LogEntry[];
}

export interface PhoneView {
  readonly boot: BootView;
  readonly lineKeys: readonly LineKeyView[];
  readonly selectedLine: number;
  readonly calls: readonly CallView[];
  readonly softkeys: readonly SoftkeyView[];
  readonly prompt: PromptView | undefined;
  readonly audio: AudioView;
  readonly isOffHook: boolean;
  readonly time: LocalTime | undefined;
  readonly dateFormat: string;
  readonly is24Hour: boolean;
  readonly phoneLabel: string;
  readonly hasMessages: boolean;
  readonly isDoNotDisturb: boolean;
  readonly forwardedTo: string | undefined;
  /** SCCP DisplayText, or other text for the middle of the idle screen. */
  readonly idleText: string | undefined;
  readonly log: CallLog;
}
